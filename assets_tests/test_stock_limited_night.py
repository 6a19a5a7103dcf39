"""A night on extracts with a store and a limit of working capital: from capacity rows to stock, status, price and explanation."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from nights import planned, rows, run
from worked_example.company import SITE, worked_example_rows, write_extract, write_worked_example

from sop_pipeline.cli import main

STORE = {"resource_id": "STORE", "resource_name": "Store", "site_id": SITE, "resource_type": "facility", "capacity_unit": "pallets"}
CAPITAL = {"resource_id": "CAPITAL", "resource_name": "Working capital", "resource_type": "material", "capacity_unit": "EUR"}


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Chase to a target of 1000 pumps, half a pallet and 62 EUR each, with room for 960 and money for 1000 of them."""
    folder = write_worked_example(tmp_path_factory.mktemp("stock_limits") / "company", "chase")
    sent = worked_example_rows("chase")
    limits = [STORE | {"number_of_units": 480}, CAPITAL | {"number_of_units": 62000}]
    write_extract(folder, "resources", [*sent["resources"], *limits])
    write_extract(folder, "items", [item | {"storage_pallets": 0.5} for item in sent["items"]])
    assert run(folder).succeeded
    return folder


def test_stock_stops_at_the_room_of_the_store(night: Path) -> None:
    # opening 1060; demand 1150, 1200, 1250, 1100, 1000, 1100
    assert planned(night, "PUMPS", "closing_inventory_quantity") == pytest.approx([960] * 6, abs=1e-3)
    assert planned(night, "PUMPS", "production_quantity") == pytest.approx([1050, 1200, 1250, 1100, 1000, 1100], abs=1e-3)


def test_room_and_money_stand_in_the_resource_plan_with_their_price(night: Path) -> None:
    found = rows(night, "from sop.resource_plan where resource_id in ('STORE', 'CAPITAL') order by resource_id, period_start")
    capital, store = found.filter(resource_id="CAPITAL"), found.filter(resource_id="STORE")
    assert store["required_capacity"].to_list() == pytest.approx([480] * 6, abs=1e-3)
    assert store["regular_capacity"].to_list() == [480] * 6
    assert set(store["load_status"]) == {"full"}
    assert store["marginal_value_amount"].min() > 0  # type: ignore[operator]
    assert capital["required_capacity"].to_list() == pytest.approx([960 * 62] * 6, abs=0.1)
    assert capital["load_ratio"].to_list() == pytest.approx([0.96] * 6, abs=1e-5)
    assert capital["marginal_value_amount"].to_list() == [0] * 6


def test_explain_tells_what_one_more_pallet_would_save(night: Path) -> None:
    told = CliRunner().invoke(main, ["explain", "PUMPS", "2026-06", "--company", str(night)]).output
    assert "One more pallet of Store would save" in told
    assert "Working capital would save" not in told
