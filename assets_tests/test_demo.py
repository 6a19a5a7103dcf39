"""The demo company: the same bytes for the same seed, any size, and numbers that close when they are added up without its own code."""

import csv
import datetime as dt
import functools
import io
import itertools
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sop_pipeline.company import load_company
from sop_pipeline.contracts import contract_of
from sop_pipeline.demo import DEFAULT_SEED, demo_files, write_demo
from sop_pipeline.demo.archetypes import BOTTLENECK, RESOURCES
from sop_pipeline.demo.tables_production import hours_by_month, rated_capacity
from sop_pipeline.demo.timeline import Timeline, easter_sunday
from sop_pipeline.demo.world import simulate
from sop_pipeline.extracts import EXTRACTS, extract_of_file

COMMITTED = Path(__file__).parent.parent / "data" / "demo"
GERMAN = {"Stichtag": "snapshot_date", "Werk": "site_id", "Material": "item_id", "Bestandsart": "stock_status", "Menge": "quantity"}

Row = dict[str, str]
Files = Mapping[str, bytes]


@functools.cache
def default_files() -> Files:
    return demo_files(families=12, items=300, years=4, seed=DEFAULT_SEED)


def small_files(families: int, items: int, years: int, seed: int = 7) -> Files:
    return demo_files(families=families, items=items, years=years, seed=seed)


def dirty_lines(files: Files) -> dict[str, set[int]]:
    """Lines of each file that the README lists as dirty."""
    found: dict[str, set[int]] = defaultdict(set)
    for path, line in re.findall(r"^\| (\S+\.csv) \| (\d+) \|", files["README.md"].decode(), re.MULTILINE):
        found[f"extracts/{path}"].add(int(line))
    return found


def rows_of_file(content: bytes) -> Iterator[tuple[int, Row]]:
    """Physical line and row of a file, in ours or the German dialect; a total row is left out. No cell holds a line break."""
    is_german = content.startswith(b"Stichtag")
    text = content.decode("cp1252" if is_german else "utf-8-sig")
    reader = csv.reader(io.StringIO(text), delimiter=";" if is_german else ",")
    names = next(reader)
    for line, cells in enumerate(reader, start=2):
        if cells[0] == "Summe":
            continue
        row = dict(zip(names, cells, strict=False))
        if is_german:
            row = {GERMAN[name]: value for name, value in row.items()}
            row["snapshot_date"] = "-".join(reversed(row["snapshot_date"].split(".")))
            row["quantity"] = row["quantity"].replace(".", "").replace(",", ".")
        yield line, row


def rows_of(files: Files, extract: str) -> Iterator[tuple[str, int, Row]]:
    """File, line and row of every row of an extract, dirt included."""
    for path, content in sorted(files.items()):
        if path.endswith(".csv") and getattr(extract_of_file(Path(path).name), "name", None) == extract:
            yield from ((path, line, row) for line, row in rows_of_file(content))


def clean_rows(files: Files, extract: str) -> Iterator[Row]:
    dirty = dirty_lines(files)
    return (row for path, line, row in rows_of(files, extract) if line not in dirty[path])


Cell = tuple[str, str]


def unclosed(files: Files) -> dict[tuple[str, str, str], Decimal]:
    """What is left of closing − (opening + flows), by item, site and month, where it is not 0: a plain loop over the rows."""
    stock: dict[str, dict[Cell, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for row in clean_rows(files, "inventory"):
        if row["stock_status"] != "gesperrt":
            stock[row["snapshot_date"]][row["item_id"], row["site_id"]] += Decimal(row["quantity"])
    flows: dict[str, dict[Cell, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    sources = (
        ("production_history", "completion_date", "good_quantity", 1),
        ("purchase_receipts", "received_date", "quantity", 1),
        ("inventory_movements", "movement_date", "quantity", 1),
        ("shipments", "ship_date", "shipped_quantity", -1),
    )
    for extract, date, quantity, sign in sources:
        for row in clean_rows(files, extract):
            flows[row[date][:7]][row["item_id"], row["site_id"]] += sign * Decimal(row[quantity])
    days = sorted(stock)[:-1]  # the last one is the day before the as-of date, the month end again
    found = {}
    for before, after in itertools.pairwise(days):
        month = flows[after[:7]]
        for cell in {*stock[before], *stock[after], *month}:
            if difference := stock[after][cell] - stock[before][cell] - month[cell]:
                found[(*cell, after[:7])] = difference
    return found


def test_the_committed_company_is_what_the_default_seed_writes():
    files = default_files()
    on_disk = {path.relative_to(COMMITTED).as_posix() for path in COMMITTED.glob("extracts/*/*")} | {"sop.yaml", "README.md"}
    assert on_disk == set(files)
    different = [path for path, content in files.items() if (COMMITTED / path).read_bytes() != content]
    assert different == [], (
        "write it again: python -c 'from pathlib import Path; from sop_pipeline.demo import write_demo; write_demo(Path(\"data/demo\"))'"
    )


def test_the_committed_company_is_small_enough_to_keep_in_a_repository():
    sizes = [len(content) for path, content in default_files().items() if path.endswith(".csv")]
    assert sum(sizes) < 8_000_000
    assert max(sizes) < 2_000_000


def test_another_seed_is_another_company():
    one, other = small_files(2, 10, 1, seed=1), small_files(2, 10, 1, seed=2)
    assert set(one) == set(other)
    assert one["extracts/sales/sales_orders_2026.csv"] != other["extracts/sales/sales_orders_2026.csv"]
    assert one == small_files(2, 10, 1, seed=1)


def test_flows_close_for_every_item_site_and_month_but_where_the_readme_says():
    files = default_files()
    told = re.search(r"\*\*Differences nobody booked\.\*\* (.*?)\. Booked", files["README.md"].decode())
    assert told is not None
    listed = {(item, month): Decimal(quantity) for item, quantity, month in re.findall(r"(\S+) ([+-]\d+) \((\S+)\)", told[1])}
    assert {(item, month): difference for (item, _, month), difference in unclosed(files).items()} == listed
    assert len(listed) == 4


@settings(max_examples=6, deadline=None)
@given(families=st.integers(1, 14), items_a_family=st.integers(1, 12), years=st.integers(1, 3), seed=st.integers(0, 10_000))
def test_flows_close_at_any_size(families, items_a_family, years, seed):
    files = demo_files(families=families, items=families * items_a_family, years=years, seed=seed)
    assert {item for item, _, _ in unclosed(files)} <= {"00700002", "00700005", "CE-1001", "VA-1004"}
    assert all(Decimal(row["quantity"]) > 0 for row in clean_rows(files, "inventory"))


@pytest.mark.parametrize(("families", "items", "years"), [(1, 1, 1), (2, 10, 4), (12, 96, 1), (25, 60, 2)])
def test_a_company_of_any_size_has_every_file_and_settings_that_load(tmp_path, families, items, years):
    write_demo(tmp_path, families=families, items=items, years=years)
    written = {extract.name for path in tmp_path.glob("extracts/*/*.csv") if (extract := extract_of_file(path.name)) is not None}
    assert written == set(EXTRACTS) - {"fiscal_calendar"}
    assert load_company(tmp_path).as_of_date == dt.date(2026, 11, 2)
    sold = [row for _, row in rows_of_file((tmp_path / "extracts/engineering/items.csv").read_bytes()) if row["family_id"]]
    assert len(sold) == items


@pytest.mark.parametrize(("families", "items", "years"), [(0, 10, 1), (5, 4, 1), (1, 1, 0)])
def test_a_company_that_cannot_be_is_refused_with_the_reason(tmp_path, families, items, years):
    with pytest.raises(ValueError, match=f"families {families}, items {items}, years {years}: no company can be made of that"):
        write_demo(tmp_path, families=families, items=items, years=years)
    assert not list(tmp_path.iterdir())


def test_every_file_has_columns_of_its_contract_only_and_all_that_must_be_there():
    mapping = load_company(COMMITTED).mapping("inventory").columns
    for path, content in default_files().items():
        if not path.endswith(".csv"):
            continue
        extract = extract_of_file(Path(path).name)
        assert extract is not None
        assert path.startswith(f"extracts/{extract.department}/")
        is_german = extract.name == "inventory"
        header = content.decode("cp1252" if is_german else "utf-8-sig").splitlines()[0].split(";" if is_german else ",")
        if is_german:
            theirs = {theirs: ours for ours, theirs in mapping.items()}
            header = [theirs[name] for name in header]
        columns = contract_of(f"staging.{extract.name}").to_schema().columns
        assert set(header) <= set(columns), path
        missing = {name for name, column in columns.items() if not column.nullable} - set(header) - {"source_file", "source_line"}
        defaults = {name for name, column in columns.items() if (column.metadata or {}).get("default")}
        assert missing <= defaults, path


def test_keys_are_unique_but_for_the_line_that_is_labelled_a_duplicate():
    files, repeated = default_files(), []
    for extract in sorted(set(EXTRACTS) - {"fiscal_calendar"}):
        key = contract_of(f"staging.{extract}").key_columns()
        seen: set[tuple[str, ...]] = set()
        for path, line, row in rows_of(files, extract):
            value = tuple(row.get(name, "") for name in key)
            if value in seen:
                repeated.append((path, line))
            seen.add(value)
    readme = files["README.md"].decode()
    told = re.findall(r"^\| (\S+) \| (\d+) \|.*duplicated line", readme, re.MULTILINE)
    assert repeated == [(f"extracts/{path}", int(line)) for path, line in told]
    assert len(repeated) == 1


def test_the_readme_tells_every_finding_of_a_company_of_full_size_in_figures():
    readme = default_files()["README.md"].decode()
    assert len(re.findall(r"^\*\*.+\.\*\* \S", readme, re.MULTILINE)) == 13
    assert "{" not in readme
    assert not re.search(r"\bnan\b", readme)


def test_labelled_dirt_stands_where_the_readme_says_and_is_rare():
    files = default_files()
    labels = re.findall(r"^\| (\S+\.csv) \| (\d+) \| (\S+) \| (.+?) \|", files["README.md"].decode(), re.MULTILINE)
    assert len(labels) >= 12
    for path, line, column, value in labels:
        content = files[f"extracts/{path}"]
        lines = content.decode("cp1252" if b";" in content.split(b"\n")[0] else "utf-8").splitlines()
        if value == "`byte-order mark`":
            assert content.startswith(b"\xef\xbb\xbf")
        elif value == "(missing)":
            assert lines[int(line) - 1].count(",") < lines[0].count(",")
        else:
            separator = ";" if ";" in lines[0] else ","
            cells = dict(zip(lines[0].split(separator), lines[int(line) - 1].split(separator), strict=True))
            assert cells[column] == value.strip("`")
        assert len(dirty_lines(files)[f"extracts/{path}"]) < 0.005 * len(lines) or value == "`byte-order mark`"


def test_order_lines_say_what_was_shipped_of_them():
    files = default_files()
    shipped: dict[Cell, Decimal] = defaultdict(Decimal)
    last: dict[Cell, str] = {}
    for row in clean_rows(files, "shipments"):
        line = row["order_id"], row["order_line"]
        shipped[line] += Decimal(row["shipped_quantity"])
        last[line] = max(last.get(line, ""), row["ship_date"])
    wrong = []
    for row in clean_rows(files, "sales_orders"):
        line = row["order_id"], row["order_line"]
        per_unit = 10 if row["unit_of_measure"] == "BOX" else 1
        ordered, gone = Decimal(row["ordered_quantity"]), Decimal(row["shipped_quantity"])
        cancelled = Decimal(row["cancelled_quantity"] or 0)
        sign = -1 if row["order_type"] == "return" else 1
        status = "cancelled" if cancelled == ordered else "closed" if gone + cancelled == ordered else "open"
        is_right = gone * per_unit * sign == shipped[line] and row["order_status"] == status and gone + cancelled <= ordered
        if not is_right or (row["last_ship_date"] or "") != last.get(line, ""):
            wrong.append(row)
    labelled = [row for row in wrong if row["order_id"].startswith("SO-X")]
    assert wrong == labelled
    assert shipped.keys() <= {(row["order_id"], row["order_line"]) for _, _, row in rows_of(files, "sales_orders")}


def test_nothing_is_ordered_shipped_or_made_on_or_after_the_as_of_date_and_nothing_leaves_before_it_is_ordered():
    files = default_files()
    taken = {(row["order_id"], row["order_line"]): row["order_date"] for _, _, row in rows_of(files, "sales_orders")}
    for row in clean_rows(files, "shipments"):
        assert taken[row["order_id"], row["order_line"]] <= row["ship_date"] < "2026-11-02"
    assert max(taken.values()) == "2026-11-01"
    assert max(row["completion_date"] for row in clean_rows(files, "production_history")) < "2026-11-01"
    assert max(row["snapshot_date"] for row in clean_rows(files, "inventory")) == "2026-11-01"


def test_stock_never_falls_below_zero_on_any_day():
    world = simulate(12, 300, 4, DEFAULT_SEED)
    stock = world.opening.copy()
    changes = np.zeros_like(world.stock)
    gone = world.deliveries.day < world.timeline.as_of_day
    for line, day, quantity in zip(world.deliveries.line[gone], world.deliveries.day[gone], world.deliveries.quantity[gone], strict=True):
        changes[world.lines.item[line], day] -= quantity
    for item, day, good in zip(world.lots.item, world.lots.day, world.lots.good, strict=True):
        if day < world.timeline.as_of_day:
            changes[item, day] += good
    for events in (world.adjustments, world.blocked, world.unexplained, world.issues):
        for item, day, quantity in zip(events.item, events.day, events.quantity, strict=True):
            changes[item, day] += quantity
    for day in range(world.timeline.as_of_day):
        stock += changes[:, day]
        assert stock.min() >= 0
        assert (stock == world.stock[:, day]).all()


def test_only_the_test_benches_lack_hours_next_summer():
    world = simulate(12, 300, 4, DEFAULT_SEED)
    summer = world.now + np.array([7, 8, 9])
    for resource in RESOURCES:
        load = hours_by_month(world, resource.resource_id)[summer] / rated_capacity(world, resource)[summer]
        if resource.resource_id == BOTTLENECK:
            assert load.min() > 1 + resource.overtime_ratio
        else:
            assert load.max() < 1 + resource.overtime_ratio, resource.resource_id


def test_costs_prices_and_orders_fit_each_other():
    files = default_files()
    prices = {(row["item_id"], row["valid_from"][:4]): Decimal(row["net_price"]) for row in clean_rows(files, "prices")}
    costs = {(row["item_id"], row["valid_from"][:4]): Decimal(row["total_cost"]) for row in clean_rows(files, "standard_costs")}
    dearer = [cell for cell in prices if cell in costs and costs[cell] >= prices[cell]]
    assert dearer == []
    checked, ordered, by_price = 0, Decimal(0), Decimal(0)
    for row in clean_rows(files, "sales_orders"):
        if row["order_type"] != "standard":
            continue
        per_unit = 10 if row["unit_of_measure"] == "BOX" else 1
        net_price = prices[row["item_id"], row["order_date"][:4]] * per_unit * (Decimal("1.10") if row["currency"] == "USD" else 1)
        assert Decimal("0.93") < Decimal(row["net_unit_price"]) / net_price < Decimal("1.08")
        ordered += Decimal(row["ordered_quantity"]) * Decimal(row["net_unit_price"])
        by_price += Decimal(row["ordered_quantity"]) * net_price
        checked += 1
    assert checked > 10_000
    # What is planned at these prices goes on from what was invoiced.
    assert Decimal("0.98") < ordered / by_price < Decimal("1.02")


@pytest.mark.parametrize(
    ("year", "day"), [(2022, "04-17"), (2024, "03-31"), (2025, "04-20"), (2026, "04-05"), (2027, "03-28"), (2038, "04-25")]
)
def test_easter_falls_on_the_day_the_almanac_gives(year, day):
    assert str(easter_sunday(year)) == f"{year}-{day}"


def test_working_days_leave_out_the_holidays_of_each_state():
    timeline = Timeline(48)
    month = {str(value): number for number, value in enumerate(timeline.months)}
    kiel, ulm = timeline.site_working_days("KIEL"), timeline.site_working_days("ULM")
    assert (kiel[month["2027-05"]], ulm[month["2027-05"]]) == (19, 18)  # 21 weekdays, Ascension and Whit Monday; Corpus Christi in Ulm
    assert (kiel[month["2025-01"]], ulm[month["2025-01"]]) == (22, 21)  # 23 weekdays, New Year; Epiphany in Ulm
    assert (kiel[month["2026-12"]], ulm[month["2026-12"]]) == (20, 20)  # 23 weekdays, Thursday 24 and 31, Friday 25


@pytest.mark.parametrize(("families", "items", "years"), [(1, 1, 2), (4, 40, 3), (12, 12, 2), (3, 150, 2)])
def test_a_demo_company_of_any_size_has_less_dirt_than_makes_an_extract_unusable(families: int, items: int, years: int) -> None:
    files = small_files(families, items, years)
    set_aside: dict[str, int] = defaultdict(int)
    for path, severity in re.findall(r"^\| (\S+\.csv) \|.*\| (\w+) \|$", files["README.md"].decode(), re.MULTILINE):
        set_aside[path] += severity == "error"
    for path, errors in set_aside.items():
        assert errors <= 0.02 * (files[f"extracts/{path}"].count(b"\n") - 1), path
