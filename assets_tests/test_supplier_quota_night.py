"""A night whose suppliers state what they can deliver of a component: from its quota to the plan, the orders and the telling."""

import datetime as dt
from pathlib import Path

import pytest
from click.testing import CliRunner
from nights import planned, rows, run
from worked_example.company import AS_OF, HORIZON, SITE, worked_example_rows, write_extract, write_worked_example

from sop_pipeline.cli import main

SEAL = {"item_id": "SEAL", "item_name": "Shaft seal", "item_type": "raw", "family_id": None, "unit_of_measure": "pc", "sourcing": "buy"}
QUOTA = "quota:SEAL"
DELIVERIES = (600, 380)  # of two suppliers a month: 980 seals are 700 pumps
ON_HAND = 70


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pumps by chase to a target of 1000; P-100 takes one shaft seal, P-200 two, a pump of the mix 1.4 of them."""
    folder = write_worked_example(tmp_path_factory.mktemp("supplier_quota") / "company", "chase")
    sent = worked_example_rows("chase")
    write_extract(folder, "items", [*sent["items"], SEAL])
    takes = (("P-100", 0.9, 0.1), ("P-200", 2, 0))
    write_extract(
        folder,
        "bill_of_materials",
        [{"parent_item_id": item, "component_item_id": "SEAL", "quantity_per": per, "scrap_ratio": scrap} for item, per, scrap in takes],
    )
    suppliers = ("NORTH", "SOUTH")
    write_extract(folder, "suppliers", [{"supplier_id": name, "supplier_name": name.title()} for name in suppliers])
    terms = {"item_id": "SEAL", "lead_time_days": 0, "price": 3, "currency": "EUR"}
    write_extract(folder, "supplier_items", [terms | {"supplier_id": name, "share_ratio": 0.5} for name in suppliers])
    write_extract(
        folder,
        "supplier_capacity",
        [
            {"supplier_id": name, "item_id": item, "period_start": month, "maximum_quantity": most}
            for name, item, most in zip(suppliers, ("SEAL", None), DELIVERIES, strict=True)
            for month in HORIZON
        ],
    )
    counted = {"snapshot_date": AS_OF - dt.timedelta(days=1), "site_id": SITE, "item_id": "SEAL", "stock_status": "unrestricted"}
    write_extract(folder, "inventory", [*sent["inventory"], counted | {"quantity": ON_HAND}])
    assert run(folder).succeeded
    return folder


def test_a_family_is_made_of_the_components_that_are_there_or_can_come(night: Path) -> None:
    # 70 seals are 50 pumps, 980 a month 700; demand 1150, 1200, 1250, 1100, 1000, 1100 out of a stock of 1060
    assert planned(night, "PUMPS", "production_quantity") == pytest.approx([750, 700, 700, 700, 700, 700], abs=1e-3)
    assert planned(night, "PUMPS", "closing_inventory_quantity") == pytest.approx([660, 160, 0, 0, 0, 0], abs=1e-3)
    assert planned(night, "PUMPS", "closing_shortage_quantity") == pytest.approx([0, 0, 390, 790, 1090, 1490], abs=1e-2)


def test_the_quota_stands_in_the_resource_plan_under_the_name_of_its_component(night: Path) -> None:
    found = rows(night, f"from sop.resource_plan where resource_id = '{QUOTA}' order by period_start")
    assert set(found["resource_name"]) == {"Supplier quota of component SEAL (Shaft seal)"}
    assert set(found["capacity_unit"]) == {"pc"}
    assert found["regular_capacity"].to_list() == pytest.approx([1050, *[980] * 5], abs=1e-2)
    assert found["required_capacity"].to_list() == pytest.approx([1050, *[980] * 5], abs=1e-2)
    assert set(found["load_status"]) == {"full"}
    assert found["marginal_value_amount"].max() > 0  # type: ignore[operator]
    nature = rows(night, f"select is_storable, is_stock_based from sop.dim_resource where resource_id = '{QUOTA}'")
    assert nature.row(0) == (True, False)
    usage = rows(night, f"from sop.bill_of_resources where resource_id = '{QUOTA}'")
    assert usage.select("family_id", "usage_per_unit").rows() == [("PUMPS", pytest.approx(1.4))]
    assert planned(night, "PUMPS", "binding_resource_id")[2] == QUOTA


def test_a_shortage_hangs_on_the_quota_and_explain_says_that_it_is_used_up(night: Path) -> None:
    pegs = rows(night, "from sop.shortage_pegs where family_id = 'PUMPS' order by period_start")
    assert set(pegs["resource_id"]) == {QUOTA}
    told = " ".join(CliRunner().invoke(main, ["explain", "PUMPS", "2026-06", "--company", str(night)]).output.split())
    assert "390 pc wait or are lost because Supplier quota of component SEAL (Shaft seal) is used up from" in told


def test_what_is_ordered_stays_within_what_each_supplier_delivers(night: Path) -> None:
    material = rows(night, "from sop.material_plan where item_id = 'SEAL' order by period_start")
    assert material["planned_order_quantity"].to_list() == pytest.approx([980] * 6, abs=1)
    # Half of it each would be 490, which SOUTH cannot deliver: NORTH, which has room for 600, takes over.
    orders = rows(night, "from sop.supplier_plan where item_id = 'SEAL' order by period_start")
    for supplier, scope, most in (("NORTH", "item", 600), ("SOUTH", "supplier", 380)):
        own = orders.filter(supplier_id=supplier)
        assert set(own["limit_scope"]) == {scope}
        assert set(own["supplier_limit_quantity"]) == {most}
        assert own["planned_order_quantity"].to_list() == pytest.approx([most] * 6, abs=1)
        assert own["over_limit_quantity"].to_list() == pytest.approx([0] * 6, abs=1)
