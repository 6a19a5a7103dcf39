"""The company folder and sop.yaml: what is accepted, and what an error says."""

import datetime as dt
import importlib.util
import json
import re
from pathlib import Path

import dagster as dg
import jsonschema
import pytest
from ruamel.yaml import YAML

from sop_pipeline.company import Company, ConfigurationError, load_company, parse_settings, settings_schema
from sop_pipeline.settings import ExtractMapping, Settings, nearest
from sop_pipeline.templates import commented_sop_yaml

HERE = Path("sop.yaml")
DEMO = Path(__file__).parents[1] / "data" / "demo"
BASIS = "company: Acme\nreporting_currency: EUR\n"

EVERYTHING = """
company: Demo Pumps                      # with ${UNSET_IN_A_COMMENT}
reporting_currency: EUR
as_of_date: null
horizon_periods: 24
look_ahead_periods: 6
history_periods: 36
calendar: months
time_zone: Europe/Berlin
schedule: "30 3 * * *"
forecast: {engine: standard, levels: [80, 95], backtest_origins: 12, workers: 2, distributed: null}
supply: {strategy: least_cost, whole_heads: false, idle_hours: allowed, holding_cost_on: closing, holding_cost_above: zero,
         level_block_periods: 12, stability_weight: 1.0, gap: 1.0e-4, node_limit: 100000}
costs: {inventory_carrying_rate_per_year: 0.18, backorder_cost_ratio: 0.25, lost_sale_cost_ratio: 1.0}
inventory_statuses: [unrestricted, quality, transit]
business_plan_version: null
read_from: [${ADVENTUREWORKS_DIR}]
tolerances: {rejected_rows_ratio: 0.02, control_total_ratio: 0.01, unexplained_ratio: 0.005}
publish: {storage_version: v1.2.0, keep_previous: 3, parquet: true, workbook: true, html: true}
extracts:
  sales_orders:
    files: exports/va05_*.csv
    format: {delimiter: ";", decimal: ",", thousands: ".", date: "%d.%m.%Y", encoding: cp1252, header_row: 1,
             skip_rows_like: "^(Summe|Total)"}
    columns: {order_id: Auftrag, item_id: Material, ordered_quantity: Menge}
    constants: {currency: EUR, order_type: standard}
    values: {order_status: {"C": closed, "A": open, 1: cancelled, Y: open}}
    stale_after_hours: 26
    allow_empty: false
    if_unusable: use_last_good
    shift_days: {order_date: -1}
  items:
    query: select * from read_parquet('${ADVENTUREWORKS_DIR}/Production.Product.parquet')
  inventory:
    database: ${ERP_URI}
    query: select 1
"""
ENVIRONMENT = {"ADVENTUREWORKS_DIR": "/data/aw", "ERP_URI": "postgresql://me:secret@erp/db"}


def written(tmp_path: Path, text: str) -> Path:
    (tmp_path / "sop.yaml").write_text(text, encoding="utf-8")
    return tmp_path


def test_every_documented_key_is_read():
    settings = parse_settings(EVERYTHING, HERE, ENVIRONMENT)
    orders = settings.extracts["sales_orders"]
    assert settings.read_from == ("/data/aw",)
    assert orders.files == ("exports/va05_*.csv",)
    assert orders.format.date == ("%d.%m.%Y",)
    assert orders.values["order_status"] == {"C": "closed", "A": "open", "1": "cancelled", "Y": "open"}
    assert settings.extracts["items"].query == "select * from read_parquet('/data/aw/Production.Product.parquet')"
    assert settings.supply.whole_heads is False


def test_all_keys_but_two_have_the_documented_default():
    everything = parse_settings(EVERYTHING, HERE, ENVIRONMENT).model_copy(update={"read_from": (), "extracts": {}})
    assert parse_settings("company: Demo Pumps\nreporting_currency: EUR\n", HERE, {}) == everything


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (BASIS + "horizon_period: 12\n", "sop.yaml:3: horizon_period: unknown key. Did you mean horizon_periods?"),
        (
            BASIS + "forecast:\n  engine: standard\n  level: [80]\n",
            "sop.yaml:5: forecast.level: unknown key. Did you mean levels?",
        ),
        (
            BASIS + "extracts:\n  items:\n    file: a.csv\n",
            "sop.yaml:5: extracts.items.file: unknown key. Did you mean files?",
        ),
        (
            BASIS + "extracts:\n  items:\n    format: {delimeter: ','}\n",
            "sop.yaml:5: extracts.items.format.delimeter: unknown key. Did you mean delimiter?",
        ),
        (BASIS + "extracts:\n  itms: {}\n", "sop.yaml:4: extracts.itms: no extract has this name. Did you mean items?"),
        (
            BASIS + "supply:\n  strategy: cheapest\n",
            "sop.yaml:4: supply.strategy: Input should be 'level', 'chase', 'hybrid' or 'least_cost' (it says 'cheapest')",
        ),
        (
            BASIS + "horizon_periods: 0\n",
            "sop.yaml:3: horizon_periods: Input should be greater than or equal to 1 (it says 0)",
        ),
        (BASIS + "time_zone: Europe/Berln\n", "Did you mean Europe/Berlin?"),
        (BASIS + "schedule: daily\n", "sop.yaml:3: schedule: a schedule has five fields"),
        (BASIS + 'schedule: "x 3 * * *"\n', "sop.yaml:3: schedule: 'x' is no minute"),
        (BASIS + 'schedule: "0 24 * * *"\n', "sop.yaml:3: schedule: '24' is no hour"),
        (BASIS + 'schedule: "0 3 * * fri-mon"\n', "sop.yaml:3: schedule: 'fri-mon' is no weekday"),
        (BASIS + "as_of_date: 2026-13-01\n", "sop.yaml:3: as_of_date: "),
        (BASIS + "forecast: {levels: []}\n", "sop.yaml:3: forecast.levels: "),
        (BASIS + "inventory_statuses: []\n", "sop.yaml:3: inventory_statuses: "),
        (
            BASIS + "extracts:\n  items:\n    format: {encoding: klingon}\n",
            "sop.yaml:5: extracts.items.format.encoding: no such encoding; such as utf-8, utf-16, cp1252 (it says 'klingon')",
        ),
        (BASIS + "extracts:\n  items:\n    format: {encoding: base64}\n", "extracts.items.format.encoding: no such encoding"),
        (
            BASIS + "extracts:\n  items:\n    format: {date: dd.mm.yyyy}\n",
            "sop.yaml:5: extracts.items.format.date: 'dd.mm.yyyy' is no strptime format; such as %d.%m.%Y for 31.01.2026",
        ),
        (BASIS + 'extracts:\n  items:\n    files: ""\n', "sop.yaml:5: extracts.items.files: "),
        (BASIS + 'extracts:\n  items:\n    query: ""\n', "sop.yaml:5: extracts.items.query: "),
        (BASIS + "company: Twice\n", "sop.yaml:3: found duplicate key"),
        (BASIS + "forecast: [\n", "sop.yaml:4: "),
        ("reporting_currency: EUR\n", "sop.yaml:1: company: missing"),
        ("- a\n- b\n", "sop.yaml:1: expected settings"),
        ("company: A\nreporting_currency: Euro\n", "sop.yaml:2: reporting_currency: "),
        (BASIS + "read_from:\n  - ${NOWHERE}\n", "sop.yaml:4: the environment variable NOWHERE is not set"),
        (
            BASIS + "extracts:\n  items:\n    files: a.csv\n    query: select 1\n",
            "sop.yaml:4: extracts.items: files and query are both given",
        ),
        (
            BASIS + "extracts:\n  items:\n    format: {thousands: ','  , decimal: ','}\n",
            "decimal and thousands are both ','",
        ),
    ],
)
def test_a_mistake_is_named_with_file_line_and_key(text: str, said: str):
    with pytest.raises(ConfigurationError) as error:
        parse_settings(text, HERE, {})
    assert said in str(error.value)


def test_a_section_whose_lines_are_all_commented_out_is_the_default():
    text = BASIS + "forecast:\n# engine: max\nhorizon_periods:\nextracts:\n  items:\n  inventory: {format: }\n"
    bare = Settings(company="Acme", reporting_currency="EUR").model_dump(exclude={"extracts"})
    settings = parse_settings(text, HERE, {})
    assert settings.model_dump(exclude={"extracts"}) == bare
    assert settings.extracts == {"items": ExtractMapping(), "inventory": ExtractMapping()}


@pytest.mark.parametrize("schedule", ["30 3 * * *", "*/15 3-5 1,15 * MON-FRI", "0 22 * jan-jun/2 0,7", "5/10 * 31 12 *"])
def test_a_schedule_may_say_what_cron_understands(schedule: str):
    assert parse_settings(f'{BASIS}schedule: "{schedule}"\n', HERE, {}).schedule == schedule
    dg.ScheduleDefinition(name="nightly", job_name="night", cron_schedule=schedule)


def test_a_date_among_codes_is_its_characters():
    text = (
        BASIS + "extracts:\n  items:\n    values: {item_name: {2026-01-31: 2026-02-03}}\n    constants: {item_type: 2026-01-31 10:00:00}\n"
    )
    items = parse_settings(text, HERE, {}).extracts["items"]
    assert items.values == {"item_name": {"2026-01-31": "2026-02-03"}}
    assert items.constants == {"item_type": "2026-01-31 10:00:00"}


def test_all_mistakes_are_named_at_once():
    with pytest.raises(ConfigurationError) as error:
        parse_settings(BASIS + "horizon_periods: 0\ncalendar: weeks\n", HERE, {})
    assert [line.split(":")[1] for line in str(error.value).splitlines()] == ["3", "4"]


def test_a_secret_never_shows_in_settings_errors_or_digest_input():
    settings = parse_settings(EVERYTHING, HERE, ENVIRONMENT)
    assert "secret" not in repr(settings) + settings.model_dump_json()
    with pytest.raises(ConfigurationError) as error:
        parse_settings(BASIS + "horizon_periods: ${KEY}\n", HERE, {"KEY": "secret"})
    assert "sop.yaml:3" in str(error.value)
    assert "secret" not in str(error.value)


def test_a_value_of_the_environment_is_one_value_whatever_it_holds():
    settings = parse_settings("company: ${NAME}\nreporting_currency: EUR\n", HERE, {"NAME": "a: b # ${C}\nhorizon_periods: 3"})
    assert settings.company == "a: b # ${C}\nhorizon_periods: 3"
    assert settings.horizon_periods == 24


def test_the_paths_of_the_folder_are_those_of_the_layout(tmp_path: Path):
    company = load_company(written(tmp_path, BASIS + "as_of_date: 2026-11-02\n"))
    assert company == Company(
        tmp_path,
        Settings(company="Acme", reporting_currency="EUR", as_of_date=dt.date(2026, 11, 2)),
        dt.date(2026, 11, 2),
    )
    relative = [
        path.relative_to(tmp_path).as_posix()
        for path in (
            company.extracts,
            company.landed,
            company.cycles,
            company.warehouse_file,
            company.dagster_home,
            company.published,
        )
    ]
    assert relative == ["extracts", "landed", "cycles", "warehouse/warehouse.duckdb", "warehouse/dagster", "published"]


def test_only_an_earlier_date_than_the_companys_own_today_replays_a_night(tmp_path: Path):
    folder = written(tmp_path, BASIS + "as_of_date: 2026-11-02\n")
    assert not load_company(folder).replays_night
    assert not load_company(folder, dt.date(2026, 11, 2)).replays_night
    replay = load_company(folder, dt.date(2026, 11, 1))
    assert replay.replays_night
    assert replay.as_of_date == dt.date(2026, 11, 1)


def test_a_folder_without_settings_is_refused_with_the_next_step(tmp_path: Path):
    with pytest.raises(ConfigurationError, match=r"holds no sop.yaml.*--company"):
        load_company(tmp_path)
    with pytest.raises(ConfigurationError, match="is no folder"):
        load_company(tmp_path / "nowhere")


def test_settings_saved_in_another_encoding_are_refused_with_the_line(tmp_path: Path):
    (tmp_path / "sop.yaml").write_bytes("reporting_currency: EUR\r\ncompany: Größe\r\n".encode("cp1252"))
    with pytest.raises(ConfigurationError, match=r"sop\.yaml:2: a character that is not UTF-8\. Save the file as UTF-8"):
        load_company(tmp_path)


def test_a_readable_folder_must_exist_and_is_resolved(tmp_path: Path):
    (tmp_path / "own").mkdir()
    (tmp_path / "far").mkdir()
    (tmp_path / "own" / "link").symlink_to(tmp_path / "far")
    company = load_company(written(tmp_path / "own", BASIS + "read_from: [link, ../far]\n"))
    assert company.readable_folders == (tmp_path / "own", tmp_path / "far")
    with pytest.raises(ConfigurationError, match=r"read_from: \.\./near is no folder"):
        load_company(written(tmp_path / "own", BASIS + "read_from: [../near]\n"))


def test_the_schema_knows_every_key_and_refuses_others():
    schema = settings_schema()
    assert set(schema["properties"]) == set(Settings.model_fields)
    assert schema["additionalProperties"] is False
    assert "skip_rows_like" in schema["$defs"]["Format"]["properties"]


@pytest.mark.parametrize("text", [EVERYTHING, (DEMO / "sop.yaml").read_text(encoding="utf-8"), commented_sop_yaml("Acme", "EUR")])
def test_the_schema_accepts_what_the_command_accepts(text: str):
    quoted = re.sub(r"\$\{(\w+)\}", r"\1", text)  # an editor's YAML takes braces in a list for a mapping
    document = json.loads(json.dumps(YAML(typ="safe").load(quoted), default=str))
    jsonschema.validate(document, settings_schema(), jsonschema.Draft202012Validator)


@pytest.mark.parametrize(
    "mistake", [{"horizon_period": 3}, {"extracts": {"items": {"files": 3}}}, {"extracts": {"items": {"format": {"date": [1]}}}}]
)
def test_the_schema_refuses_what_the_command_refuses(mistake: dict[str, object]):
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"company": "Acme", "reporting_currency": "EUR", **mistake}, settings_schema())


def test_the_nearest_name_is_told_and_without_one_all_there_are():
    assert nearest("horizon_period", iter(["calendar", "horizon_periods"])) == ". Did you mean horizon_periods?"
    assert nearest("NOPE", iter(["PUMPS", "MOTORS"])) == "; known: MOTORS, PUMPS"


def test_a_folder_in_a_variable_is_relative_to_where_the_command_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "erp").mkdir()
    (tmp_path / "deep" / "company").mkdir(parents=True)
    (tmp_path / "deep" / "company" / "sop.yaml").write_text("company: X\nreporting_currency: EUR\nread_from: ['${ERP}']\n")
    monkeypatch.chdir(tmp_path / "deep")
    monkeypatch.setenv("ERP", "../erp")
    assert load_company(tmp_path / "deep" / "company").readable_folders[1] == (tmp_path / "erp").resolve()


@pytest.mark.parametrize(
    ("key", "value", "module"),
    [("engine", "max", "lightgbm"), ("distributed", "dask", "dask"), ("distributed", "ray", "ray"), ("distributed", "spark", "pyspark")],
)
def test_an_extra_that_is_missing_is_named_before_the_night(key: str, value: str, module: str) -> None:
    text = BASIS + f"forecast:\n  workers: 1\n  {key}: {value}\n"
    if importlib.util.find_spec(module):
        assert getattr(parse_settings(text, HERE, {}).forecast, key) == value
        return
    with pytest.raises(ConfigurationError, match=rf"sop.yaml:5: forecast.{key}: {module} is not installed; .*sop-pipeline\[{value}\]"):
        parse_settings(text, HERE, {})
