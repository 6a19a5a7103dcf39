"""What a new company folder is filled with, as text: headers, examples, data dictionary, settings. Writing files is the command's."""

import json
from importlib import resources
from pathlib import Path

from sop_pipeline.contracts import ColumnSpec, column_specs, contract_of
from sop_pipeline.contracts.specs import Kind
from sop_pipeline.extracts import EXTRACTS, Extract

POINTERS = ("source_file", "source_line")  # written by the pipeline, never sent

KIND_WORDS: dict[Kind, str] = {
    "text": "text",
    "date": "date",
    "quantity": "quantity",
    "money": "money",
    "ratio": "ratio or factor",
    "count": "whole number",
    "flag": "true or false",
}

CONVENTIONS = """\
- A file belongs to the extract whose name it begins with: `sales_orders_2026.csv` is sales_orders. `.csv`, `.tsv`, `.txt`, `.parquet` and
  `.xlsx`, each also with `.gz` behind it. Several files are one extract.
- Columns are found by name, in any order. Other names, formats and codes are mapped in `sop.yaml`; columns not listed here are reported and
  left alone.
- Text is trimmed and otherwise kept as it is, leading zeros too. Dates are written `2026-11-02`. Quantities and money keep four decimals.
  A ratio of 0.15 is 15 %. Currencies are ISO 4217 codes such as EUR.
- A row keyed by item is in the item's unit, or in the row's own `unit_of_measure`; a row keyed by family or company is in the family's
  planning unit.
- A column that may be empty may also be missing. A missing value is never taken as zero. An empty column of the key is one more value of
  it; an empty `valid_from` is since ever. A row holds from its `valid_from` until the next one of the same key.
- Within one file, identical rows of a key count once and different ones are all set aside; of several files, the last by name wins.
- `period_start` is the first day of a planning period: the first of a month, or of a period of `fiscal_calendar`.
- error: the row is set aside and counted with its quantity and value. warning: the row is used and listed."""

SETTINGS = """\
# Settings and mapping of one company. Every key but the first two has a default, and the values below are the defaults.
# ${NAME} is replaced by the environment variable NAME; `sop schema` prints a JSON Schema for editors.

company: @COMPANY@
reporting_currency: @CURRENCY@         # ISO 4217; every amount of the plan is in it

as_of_date: null                # null: today, read once a night; a date makes a run of that day, and later facts are not read
horizon_periods: 24             # periods planned, counting the one that holds the as-of date
look_ahead_periods: 6           # demand planned further, so that days of supply are known at the end of the horizon
history_periods: 36             # periods of history published; forecasts use all history there is
calendar: months                # months, or fiscal: the periods of the extract fiscal_calendar
time_zone: Europe/Berlin
schedule: "30 3 * * *"          # minute, hour, day, month, weekday of the night, in the time zone above

forecast:
  engine: standard              # express, standard or max: more models, more time
  levels: [80, 95]              # prediction intervals, in percent
  backtest_origins: 12          # past dates each model has to forecast from before it is chosen
  workers: 2                    # processes
  distributed: null             # dask, ray or spark

supply:                         # where the extract supply_policies says nothing
  strategy: least_cost          # level, chase, hybrid or least_cost
  whole_heads: false            # false, optimal, nearest or up
  minimum_runs: false           # true: a family is made in a run of its items' smallest lots, or not at all; takes longer
  idle_hours: allowed           # allowed or none
  holding_cost_on: closing      # closing or average inventory
  holding_cost_above: zero      # zero or minimum: cost of all inventory, or of what exceeds the minimum
  level_block_periods: 12       # periods that share one rate under level
  stability_weight: 1.0         # hybrid: how dear a change of the daily rate is
  slushy_fence_periods: null    # periods after a family's planning time fence that stay near the approved plan; null: as many again
  slushy_multiple: 10.0         # how many times dearer leaving the approved plan is in those periods
  gap: 1.0e-4                   # relative gap at which the solver may stop
  node_limit: 100000

costs:                          # where the extract planning_costs says nothing
  inventory_carrying_rate_per_year: 0.18    # of standard cost
  backorder_cost_ratio: 0.25                # of standard cost, per period
  lost_sale_cost_ratio: 1.0                 # of net price

inventory_statuses: [unrestricted, quality, transit]    # stock the balance counts
business_plan_version: null     # null: the latest approved one
read_from: []                   # folders beside this one that files and queries may read, such as [${ERP_EXPORTS}]

tolerances:
  rejected_rows_ratio: 0.02     # an extract with more rows set aside is unusable
  control_total_ratio: 0.01     # difference to the ledger that is accepted
  unexplained_ratio: 0.005      # inventory change without a cause that is accepted

exceptions:                     # from where on a deviation is told to the meeting
  negligible_ratio: 0.005       # a limit of stock, backlog or heads missed by less is not told
  lead_time_tolerance_days: 1.0 # working days a new order may wait beyond its target
  schedule_off_plan_ratio: 0.1  # open work orders against planned production of the first periods
  schedule_periods: 1           # periods, the current one included, that work orders are held against
  sales_plan_periods: 3         # periods, the current one included, sales should submit
  unexplained_periods: 3        # closed periods in which unexplained stock is told
  bias_ratio: 0.1               # bias of the forecast one period ahead, from the backtest

publish:
  storage_version: v1.2.0       # oldest DuckDB a reader may have
  keep_previous: 3              # published files kept to go back to
  parquet: true
  workbook: true
  html: true

# Without an entry here an extract is read from extracts/<department>/<extract>*.csv under our column names.
extracts: {}
# extracts:
#   sales_orders:
#     files: exports/va05_*.csv             # glob or s3:// gs:// abfs:// sftp:// address; several files are one extract
#     format: {delimiter: ";", decimal: ",", thousands: ".", date: "%d.%m.%Y", encoding: cp1252, header_row: 1}
#     columns: {order_id: Order, item_id: Material, ordered_quantity: Quantity}    # ours: theirs
#     constants: {currency: @CURRENCY@, order_type: standard}
#     values: {order_status: {"C": closed, "A": open}}                             # theirs: ours
#     stale_after_hours: 26                 # older content is stamped stale
#     if_unusable: use_last_good            # or fail
#   items:
#     query: select ... from read_parquet('${ERP_EXPORTS}/items.parquet')          # DuckDB SQL over files
#   inventory:
#     database: ${ERP_URI}                  # postgresql://, mysql://, mssql://, oracle://, sqlite:///, duckdb:///
#     query: select ...
"""


def sent_columns(extract: str) -> tuple[ColumnSpec, ...]:
    """The columns a department sends, in the order of the contract. Raises KeyError for a name that is no extract."""
    return tuple(spec for spec in column_specs(contract_of(f"staging.{extract}")) if spec.name not in POINTERS)


def template_csv(extract: str) -> str:
    """The header of an extract and no rows."""
    return ",".join(spec.name for spec in sent_columns(extract)) + "\n"


def example_csv(extract: str) -> str:
    """The extract filled by an imaginary maker of pumps; the examples of all extracts belong together."""
    return resources.files("sop_pipeline").joinpath("examples", f"{extract}.csv").read_text(encoding="utf-8")


def commented_sop_yaml(company_name: str, currency: str) -> str:
    """A `sop.yaml` that states every key with its default and what it does. `currency` is the reporting currency."""
    # a JSON string is a YAML string, whatever characters the name holds
    return SETTINGS.replace("@COMPANY@", json.dumps(company_name, ensure_ascii=False)).replace("@CURRENCY@", currency)


def data_dictionary_markdown() -> str:
    """Every extract with its grain, columns and rules, by department."""
    departments = dict.fromkeys(extract.department for extract in EXTRACTS.values())
    sections = [_department(department, [e for e in EXTRACTS.values() if e.department == department]) for department in departments]
    return "\n\n".join(["# Data dictionary of the extracts", CONVENTIONS, *sections]) + "\n"


def _department(department: str, extracts: list[Extract]) -> str:
    return "\n\n".join([f"## {department.replace('_', ' ').capitalize()}", *(_dictionary_entry(extract) for extract in extracts)])


def _dictionary_entry(extract: Extract) -> str:
    contract = contract_of(f"staging.{extract.name}")
    need = "Required: without it nothing is planned." if extract.is_required else "Optional."
    cadence = "when something changes" if extract.cadence == "on_change" else extract.cadence
    rows = [f"| {_name(spec)} | {KIND_WORDS[spec.kind]} | {_emptiness(spec)} | {_meaning(spec)} |" for spec in sent_columns(extract.name)]
    table = ["| column | type | may be empty | meaning |", "|---|---|---|---|", *rows]
    rules = [f"- {name}: {rule.hint} ({rule.severity})" for name, rule in contract.row_rules().items()]
    paragraphs = [
        f"### {extract.name}",
        f"{contract.grain()} {need} Sent {cadence}. Key: {', '.join(contract.key_columns())}.",
        "\n".join(table),
        "\n".join(rules),
    ]
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph)


def _name(spec: ColumnSpec) -> str:
    return f"**{spec.name}**" if spec.is_key else spec.name


def _emptiness(spec: ColumnSpec) -> str:
    if spec.default is not None:
        return f"yes: {spec.default}"
    return "yes" if spec.is_optional else "no"


def _meaning(spec: ColumnSpec) -> str:
    details = [spec.description]
    if spec.allowed_values:
        details.append("one of " + ", ".join(spec.allowed_values))
    if spec.bounds:
        details.append(spec.bounds)
    return "; ".join(details)


def write_company(directory: Path, *, company_name: str, currency: str) -> None:
    """Write a new company folder: sop.yaml, empty places for the extracts, and beside them templates, examples and the data dictionary.

    Templates and examples stand outside `extracts/`: what stands there is read every night.
    """
    for extract in EXTRACTS.values():
        for folder, text in (("templates", template_csv(extract.name)), ("examples", example_csv(extract.name))):
            path = directory / folder / extract.department / f"{extract.name}.csv"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        (directory / "extracts" / extract.department).mkdir(parents=True, exist_ok=True)
    (directory / "data_dictionary.md").write_text(data_dictionary_markdown(), encoding="utf-8")
    (directory / "sop.yaml").write_text(commented_sop_yaml(company_name, currency), encoding="utf-8")
