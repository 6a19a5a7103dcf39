"""Landing: which files, what is kept, what stands in for an unusable extract."""

import datetime as dt
import re
from pathlib import Path

import pytest
from landing_case import AS_OF, FAMILIES, NIGHT, company_of, take

from sop_pipeline import warehouse
from sop_pipeline.company import Company, ConfigurationError, load_company
from sop_pipeline.extracts import EXTRACTS
from sop_pipeline.landing.land import land
from sop_pipeline.landing.status import extract_status, status_frame

ITEMS = "extracts/engineering/items.csv"
HEADER = "item_id,item_name,item_type,family_id,unit_of_measure,sourcing\n"


def item_rows(count: int, name: str = "Pump") -> str:
    return HEADER + "".join(f"I{number},{name} {number},finished,P,pc,make\n" for number in range(count))


def night(company: Company, days: int = 0):
    """Take the items of a company some days after the first night."""
    with warehouse.connect(None) as con:
        return take(con, company, "items", NIGHT + dt.timedelta(days=days))


def test_a_file_is_kept_once_and_its_rows_carry_file_and_line(tmp_path: Path):
    company = company_of(tmp_path, {ITEMS: item_rows(3)})
    first, again = night(company), night(company)
    assert first.rows.select("item_id", "source_file", "source_line").rows() == [(f"I{n}", ITEMS, n + 2) for n in range(3)]
    assert again.rows.equals(first.rows)
    assert len(list((tmp_path / "landed" / "items").glob("*.parquet"))) == 1


def test_several_files_are_one_extract_whatever_the_order_of_their_columns(tmp_path: Path):
    files = {
        "extracts/engineering/items_1.csv": HEADER + "A,Pump,finished,P,pc,make\n",
        "extracts/engineering/items_2.csv": "sourcing,item_id,unit_of_measure,item_type,item_name\nbuy,B,kg,raw,Steel\n",
    }
    rows = night(company_of(tmp_path, files)).rows
    assert rows.select("item_id", "sourcing", "unit_of_measure", "family_id").rows() == [("A", "make", "pc", "P"), ("B", "buy", "kg", None)]


def test_an_optional_extract_without_a_file_is_not_supplied_and_its_table_is_empty(tmp_path: Path):
    with warehouse.connect(None) as con:
        taken = take(con, company_of(tmp_path, {}), "promotions")
    assert (taken.staged.load.status, taken.rows.height) == ("not_supplied", 0)


def test_a_required_extract_without_any_load_stops_the_night(tmp_path: Path):
    load = night(company_of(tmp_path, {})).staged.load
    assert load.status == "unusable"
    assert re.search(r"No file extracts/engineering/items….csv[^\n]*sop.yaml", load.reason)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "No file"),
        (b"", "the file is empty"),
        (b"I1,Pump,finished,P,pc,make\n", "no header"),
        (b"item_id,item_name\nI1,Pump\n", "no column item_type, unit_of_measure, sourcing"),
        (HEADER.encode(), "no rows, the last good load had 10"),
        (item_rows(3).encode(), "3 rows, below 40 %"),
        (b"\x1f\x8b damaged", "no header"),
    ],
)
def test_the_last_good_load_stands_in_for_an_unusable_extract(tmp_path: Path, content: bytes | None, reason: str):
    company = company_of(tmp_path, {ITEMS: item_rows(10)})
    night(company)
    (tmp_path / ITEMS).unlink()
    if content is not None:
        (tmp_path / ITEMS).write_bytes(content)
    taken = night(company, days=1)
    assert taken.staged.load.status == "stale"
    assert reason in taken.staged.load.reason
    assert taken.staged.load.last_good_load_at == NIGHT
    assert taken.rows.height == 10
    status = extract_status(taken.staged)
    assert (status.rows_accepted, status.hours_since_landed) == (10, 24.0)


def test_more_rejected_rows_than_allowed_make_an_extract_unusable_and_both_loads_are_told(tmp_path: Path):
    settings = "extracts: {items: {files: items*.csv}}\n"
    bad = HEADER + "".join(f"I{n},Pump,finished,P,pc,{'make' if n > 4 else 'steal'}\n" for n in range(10))
    company = company_of(tmp_path, {"items.csv": item_rows(10)}, settings)
    text = (tmp_path / "sop.yaml").read_text().replace("{rejected_rows_ratio: 1}", "{rejected_rows_ratio: 0.4}")
    (tmp_path / "sop.yaml").write_text(text)
    night(company)
    (tmp_path / "items.csv").write_text(bad)
    taken = night(load_company(tmp_path), days=1)
    assert taken.staged.load.status == "stale"
    assert "5 of 10 rows set aside (50.0%, allowed 40.0%): sourcing_list 5" in taken.staged.load.reason
    assert taken.rows.get_column("sourcing").unique().to_list() == ["make"]
    assert taken.staged.issues.filter(rule="sourcing_list").height == 5


def test_if_unusable_fail_stops_even_where_a_good_load_exists(tmp_path: Path):
    company = company_of(tmp_path, {ITEMS: item_rows(10)}, "extracts: {items: {if_unusable: fail}}\n")
    night(company)
    (tmp_path / ITEMS).write_text(HEADER)
    assert night(company).staged.load.status == "unusable"


def test_an_empty_extract_is_believed_when_nothing_came_before_or_the_mapping_says_so(tmp_path: Path):
    company = company_of(tmp_path, {ITEMS: HEADER})
    assert night(company).staged.load.status == "fresh"
    allowed = company_of(tmp_path, {ITEMS: item_rows(3)}, "extracts: {items: {allow_empty: true}}\n")
    night(allowed)
    (tmp_path / ITEMS).write_text(HEADER)
    assert night(allowed).staged.load.status == "fresh"


def test_yesterdays_file_sent_again_is_recognised_whatever_its_name(tmp_path: Path):
    settings = "extracts: {items: {files: 'in/*.csv', stale_after_hours: 26}}\n"
    company = company_of(tmp_path, {"in/items_0201.csv": item_rows(3)}, settings)
    night(company)
    (tmp_path / "in/items_0201.csv").rename(tmp_path / "in/items_0202.csv")
    assert night(company, days=1).staged.load.status == "fresh"
    taken = night(company, days=2)
    assert taken.staged.load.status == "stale"
    assert "The same content since 2026-11-02 02:30 UTC, 48 hours" in taken.staged.load.reason
    assert taken.rows.get_column("source_file").unique().to_list() == ["in/items_0202.csv"]


def on_day(folder: Path, day: str) -> Company:
    """The company with another day of its own."""
    text = (folder / "sop.yaml").read_text()
    (folder / "sop.yaml").write_text(re.sub(r"as_of_date: \S+", f"as_of_date: {day}", text))
    return load_company(folder)


def test_a_daily_extract_that_comes_again_the_next_day_is_told_however_often_the_night_is_run(tmp_path: Path):
    first = company_of(tmp_path, {ITEMS: item_rows(3)})
    assert [issue[3] for issue in night(first).issues] == []
    assert [issue[3] for issue in night(first).issues] == [], "the same night again is no second sending"
    (tmp_path / ITEMS).rename(tmp_path / ITEMS.replace("items", "items_1103"))
    for _ in range(2):
        taken = night(on_day(tmp_path, "2026-11-03"), days=1)
        assert taken.issues == [("extracts/engineering/items_1103.csv", None, None, "sent_again", "warning")]
        assert "The content is that of the night of 2026-11-02" in taken.staged.issues["hint"][0]
        assert taken.rows.height == 3
    (tmp_path / ITEMS.replace("items", "items_1103")).write_text(item_rows(4))
    assert night(on_day(tmp_path, "2026-11-04"), days=2).issues == []


def test_a_master_that_changes_on_demand_may_come_again_every_day(tmp_path: Path):
    company_of(tmp_path, {"extracts/engineering/product_families.csv": FAMILIES})
    for day in ("2026-11-02", "2026-11-03"):
        with warehouse.connect(None) as con:
            assert take(con, on_day(tmp_path, day), "product_families").issues == []


def test_a_night_run_again_tells_the_same_of_a_changed_file(tmp_path: Path):
    night(company_of(tmp_path, {ITEMS: item_rows(10)}))
    (tmp_path / ITEMS).write_text(item_rows(15).replace("sourcing", "sourcing,colour", 1).replace(",make", ",make,red"))
    told = [night(on_day(tmp_path, "2026-11-03"), days=1).issues for _ in range(2)]
    assert told[0] == told[1]
    assert {issue[3] for issue in told[0]} == {"column_added", "unknown_column", "rows_unlike_last_load"}


def test_a_replayed_night_reads_its_own_copies_and_a_night_without_copies_todays_files(tmp_path: Path):
    night(company_of(tmp_path, {ITEMS: item_rows(3, "Old")}))
    (tmp_path / ITEMS).write_text(item_rows(3, "New"))
    text = (tmp_path / "sop.yaml").read_text().replace("2026-11-02", "2026-11-05")
    (tmp_path / "sop.yaml").write_text(text)
    assert night(load_company(tmp_path), days=3).rows["item_name"][0] == "New 0"
    assert night(load_company(tmp_path, AS_OF), days=3).rows["item_name"][0] == "Old 0"
    assert night(load_company(tmp_path, dt.date(2026, 11, 4)), days=3).rows["item_name"][0] == "New 0"


def test_a_replayed_night_tells_again_how_its_file_differed_from_the_load_before(tmp_path: Path):
    company = company_of(tmp_path, {ITEMS: item_rows(10)})
    night(company)
    (tmp_path / ITEMS).write_text(HEADER.strip() + ",colour\n" + "".join(f"I{n},Pump,finished,P,pc,make,red\n" for n in range(15)))
    told = night(company).staged.issues
    assert {"rows_unlike_last_load", "column_added", "unknown_column"} == set(told["rule"])
    replayed = Company(company.folder, company.settings, AS_OF, replays_night=True)
    assert night(replayed, days=3).staged.issues.equals(told)


def test_a_replayed_night_knows_that_an_extract_was_not_supplied(tmp_path: Path):
    company = company_of(tmp_path, {})
    with warehouse.connect(None) as con:
        assert take(con, company, "prices").staged.load.status == "not_supplied"
    (tmp_path / "extracts/finance").mkdir(parents=True)
    (tmp_path / "extracts/finance/prices.csv").write_text("item_id,valid_from,net_price,currency\nI1,2026-01-01,5,EUR\n")
    replayed = Company(company.folder, company.settings, AS_OF, replays_night=True)
    with warehouse.connect(None) as con:
        assert take(con, replayed, "prices").staged.load.status == "not_supplied"
        assert take(con, company, "prices").rows.height == 1
        assert take(con, replayed, "prices").rows.height == 1  # what the night of the day itself came to have


def test_a_rerun_of_the_companys_own_day_reads_the_corrected_file(tmp_path: Path):
    company = company_of(tmp_path, {ITEMS: item_rows(3, "Old")})
    night(company)
    (tmp_path / ITEMS).write_text(item_rows(3, "New"))
    assert night(company).rows["item_name"][0] == "New 0"


def test_a_load_of_unusual_size_and_other_columns_is_told(tmp_path: Path):
    company = company_of(tmp_path, {ITEMS: item_rows(10)})
    night(company)
    header = "item_name,item_id,item_type,family_id,unit_of_measure,sourcing,colour\n"
    (tmp_path / ITEMS).write_text(header + "".join(f"Pump,I{n},finished,P,pc,make,red\n" for n in range(15)))
    taken = night(company)
    assert taken.issues == [
        (ITEMS, 1, "colour", "column_added", "info"),
        (ITEMS, 1, "colour", "unknown_column", "info"),
        (ITEMS, 1, None, "columns_reordered", "info"),
        (None, None, None, "rows_unlike_last_load", "warning"),
    ]


def test_files_outside_the_companys_folders_are_refused(tmp_path: Path):
    own = tmp_path / "own"
    own.mkdir()
    (tmp_path / "items.csv").write_text(item_rows(1))
    for settings in ("extracts: {items: {files: ../items.csv}}\n", f"extracts: {{items: {{files: {tmp_path}/items.csv}}}}\n"):
        with pytest.raises(ConfigurationError, match="lies outside the company folder"):
            night(company_of(own, {}, settings))
    (own / "extracts" / "engineering").mkdir(parents=True)
    (own / ITEMS).symlink_to(tmp_path / "items.csv")
    with pytest.raises(ConfigurationError, match="lies outside the company folder"):
        night(company_of(own, {}))
    assert night(company_of(own, {}, "read_from: [..]\n")).rows.height == 1


def test_a_mapping_of_a_column_that_does_not_exist_is_refused(tmp_path: Path):
    company = company_of(tmp_path, {ITEMS: item_rows(1)}, "extracts: {items: {columns: {itemid: Material}}}\n")
    with pytest.raises(ConfigurationError, match=r"extracts.items.columns.itemid: no such column; known: item_id"):
        night(company)


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        ('format: {skip_rows_like: "("}', "extracts.items.format.skip_rows_like: '(' is no pattern: missing )"),
        ('format: {skip_rows_like: "(?=x)"}', "extracts.items.format.skip_rows_like: '(?=x)' is no pattern"),
        ('format: {date: ["%d.%m.%Y", "%q"]}', "extracts.items.format.date: '%q' is no pattern"),
        ("shift_days: {introduction_date: 1, item_id: 1}", "sop.yaml: extracts.items.shift_days.item_id: days can be added to dates only"),
    ],
)
def test_a_pattern_that_means_nothing_is_a_mistake_of_the_settings_whatever_the_file_holds(tmp_path: Path, mapping: str, said: str):
    with pytest.raises(ConfigurationError) as error:
        night(company_of(tmp_path, {ITEMS: item_rows(2)}, f"extracts: {{items: {{{mapping}}}}}\n"))
    assert said in str(error.value)


def test_a_query_that_reaches_outside_is_told_where_it_may_read(tmp_path: Path):
    load = night(company_of(tmp_path, {}, "extracts: {items: {query: \"select *\\n from read_csv('other.csv')\"}}\n")).staged.load
    assert load.reason.endswith(f"below {tmp_path.resolve()} only; add a folder under read_from in sop.yaml.")
    assert "\n" not in load.reason


def test_a_query_reads_files_of_its_folders_and_nothing_else(tmp_path: Path):
    own = tmp_path / "own"
    own.mkdir()
    (tmp_path / "secret.csv").write_text("a\n1\n")
    query = "select code as item_id, 'Pump' as item_name, 'finished' as item_type, 'pc' as unit_of_measure, 'make' as sourcing"
    company = company_of(
        own, {"codes.csv": "code\n007\n"}, f"extracts: {{items: {{query: \"{query} from read_csv('{own}/codes.csv')\"}}}}\n"
    )
    taken = night(company)
    assert taken.rows.select("item_id", "source_file", "source_line").rows() == [("007", "items (query)", 1)]
    for attempt in (
        f"{query}, 1 from read_csv('{tmp_path}/secret.csv')",
        f"{query}, 1 from read_text('{own}/../secret.csv')",
        "install httpfs",
        "select 1; select 2",
        "copy (select 1) to 'x.csv'",
        "attach 'x.duckdb'",
        "set threads = 4",
    ):
        load = night(company_of(own, {}, f'extracts: {{items: {{query: "{attempt}"}}}}\n')).staged.load
        assert load.status == "stale", attempt
        assert "extracts.items.query" in load.reason


def test_the_status_of_an_extract_counts_every_row_once(tmp_path: Path):
    content = item_rows(3) + "I0,Pump 0,finished,P,pc,make\nI9,Bad,finished,P,pc,steal\nI8,Short\n"
    taken = night(company_of(tmp_path, {ITEMS: content}))
    status = extract_status(taken.staged)
    assert (status.rows_read, status.rows_accepted, status.rows_rejected, status.rows_repeated, status.rows_after_as_of) == (6, 3, 2, 1, 0)
    frame = status_frame([status])
    assert frame.row(0, named=True)["next_step"] == "Correct 2 rows with engineering; see quality_issues."
    assert frame["last_good_load_at"].to_list() == [NIGHT.replace(tzinfo=None)]


def test_landing_records_nothing_before_the_rows_are_judged(tmp_path: Path):
    company = company_of(tmp_path, {ITEMS: item_rows(1)})
    with warehouse.connect(None) as con:
        land(con, company, EXTRACTS["items"], as_of_date=AS_OF, landed_at=NIGHT)
    assert not (tmp_path / "landed" / "loads.jsonl").exists()


def test_lines_stay_right_however_many_ragged_ones_lie_between(tmp_path: Path):
    is_short = [number * number % 17 == 4 or number in {0, 1, 1999} for number in range(2000)]
    rows = [f"I{number},Pump" if short else f"I{number},Pump,finished,P,pc,make" for number, short in enumerate(is_short)]
    taken = night(company_of(tmp_path, {ITEMS: HEADER + "\n".join(rows) + "\n"}))
    kept = [(f"I{number}", number + 2) for number, short in enumerate(is_short) if not short]
    assert taken.staged.load.files[0].reading.first_line == 2, "the file is meant to be read at once"
    assert sorted(taken.rows.select("item_id", "source_line").rows(), key=lambda row: row[1]) == kept
    ragged = taken.staged.issues.filter(rule="row_shape")
    assert ragged["source_line"].to_list() == [number + 2 for number, short in enumerate(is_short) if short]
    assert set(ragged["value"]) == {rows[number] for number, short in enumerate(is_short) if short}


def test_the_file_last_in_name_order_wins_a_key_and_the_others_are_told_once_a_file(tmp_path: Path):
    files = {
        "extracts/engineering/items_2025.csv": item_rows(3, "Old"),
        "extracts/engineering/items_2026.csv": item_rows(2, "New"),
    }
    taken = night(company_of(tmp_path, files))
    assert sorted(taken.rows.select("item_id", "item_name").rows()) == [("I0", "New 0"), ("I1", "New 1"), ("I2", "Old 2")]
    told = taken.staged.issues.select("source_file", "value", "rule", "severity").rows()
    assert told == [("extracts/engineering/items_2025.csv", "2 rows", "key_in_later_file", "info")]
    assert (taken.staged.rows_repeated, taken.staged.rows_rejected) == (2, 0)


def test_a_last_good_load_under_other_names_than_sop_yaml_now_gives_cannot_stand_in(tmp_path: Path):
    company = company_of(tmp_path, {ITEMS: item_rows(10)})
    night(company)
    (tmp_path / ITEMS).write_text(item_rows(3).replace("item_id", "Material"))
    load = night(company_of(tmp_path, {}, "extracts: {items: {columns: {item_id: Material}}}\n")).staged.load
    assert load.status == "unusable"
    assert "3 rows, below 40 %" in load.reason
    assert "The last good load has no column 'Material' (item_id)" in load.reason
