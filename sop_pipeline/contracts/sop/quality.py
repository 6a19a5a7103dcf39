"""Contracts of what the night says about itself: the run, the extracts, the rows that could not be used. The plan stays out."""

from sop_pipeline.contracts.base import SEVERITIES, Amount, Count, Date, Flag, Number, Table, Text, Timestamp, column
from sop_pipeline.contracts.staging.finance import CONTROL_MEASURES

LOAD_STATUSES = ("fresh", "stale", "not_supplied")


class QualityIssues(Table, key=("issue_key",)):
    """One row per source row and rule it breaks."""

    issue_key: Text = column(
        "Digest of extract, rule, column and the row's own key: the same row keeps it from night to night, file to file"
    )
    extract: Text = column("Extract")
    department: Text = column("Department that sends it")
    owner: Text = column("Who can mend it")
    source_file: Text = column("File, relative to the company folder, or query; empty where it is about the whole extract", optional=True)
    source_line: Count = column("Line of the file; empty where the rule is about more than a row", optional=True)
    source_cell: Text = column("Cell of the workbook, such as Overrides!H6, or its row; empty for a file of another kind", optional=True)
    column_name: Text = column("Column the rule is about; empty for a rule about the whole row", optional=True)
    value: Text = column("Value as received", optional=True)
    rule: Text = column("Rule")
    severity: Text = column("info, warning (row used), error (row set aside) or stop", isin=SEVERITIES)
    hint: Text = column("What to do", optional=True)
    quantity: Number = column("Quantity of the row", optional=True)
    value_amount: Amount = column("Money of the row, in its own currency", optional=True)
    currency: Text = column("Currency of that money", optional=True)
    first_seen: Date = column("As-of date of the first night that saw it")
    last_seen: Date = column("As-of date of the last night that saw it")
    is_resolved: Flag = column("An earlier night saw it, this one does not")


class QualityScorecard(Table, key=("department",)):
    """One row per department: which of its rows wait to be mended, and how many it mended."""

    department: Text = column("Department that sends the extracts")
    owner: Text = column("Who can mend them")
    extracts_stale: Count = column("Extracts whose last good load stands in", ge=0)
    rows_open: Count = column("Rows with an issue of severity warning, error or stop, each once", ge=0)
    rows_set_aside: Count = column("Of them, rows the plan does without: severity error or stop", ge=0)
    rows_resolved: Count = column("Rows an earlier night named that are in order now", ge=0)
    quantity_affected: Number = column(
        "Quantity of the open rows, each in its own unit; empty where no row states one", optional=True, ge=0
    )
    value_affected_amount: Amount = column(
        "Money of the open rows at the last actual rates; empty where no row states any", optional=True, ge=0
    )
    currency: Text = column("Reporting currency")
    rows_without_value: Count = column("Open rows that state no money, or money without a rate", ge=0)
    oldest_first_seen: Date = column("As-of date of the first night that saw the oldest open row", optional=True)
    oldest_days_open: Count = column("Calendar days since", optional=True, ge=0)
    oldest_issue: Text = column("Extract, rule and place of that row", optional=True)


class ExtractStatus(Table, key=("extract",)):
    """One row per extract the pipeline knows."""

    extract: Text = column("Extract")
    department: Text = column("Department that sends it")
    owner: Text = column("Who can mend it")
    is_required: Flag = column("The pipeline cannot plan without it")
    load_status: Text = column("fresh, stale (last good load used) or not_supplied", isin=LOAD_STATUSES)
    reason: Text = column("Why it is stale or not supplied", optional=True)
    files: Text = column("Files or query read, joined by a comma", optional=True)
    rows_read: Count = column("Rows read", ge=0)
    rows_accepted: Count = column("Rows used", ge=0)
    rows_rejected: Count = column("Rows set aside", ge=0)
    rows_repeated: Count = column("Rows sent more than once, used once", ge=0)
    rows_after_as_of: Count = column("Rows dated after the as-of date, not read", ge=0)
    quantity_rejected: Number = column("Quantity of the rows set aside", optional=True)
    value_rejected_amount: Amount = column("Money of the rows set aside, in their own currencies", optional=True)
    last_good_load_at_utc: Timestamp = column("When the load in use was landed", optional=True)
    hours_since_landed: Number = column("Age of the load in use", optional=True)
    next_step: Text = column("What to do", optional=True)


class ControlTotals(Table, key=("measure", "period_start", "family_id")):
    """One row per control total sent: what the ledger or the warehouse system says against what the extracts add up to."""

    measure: Text = column("What was totalled", isin=CONTROL_MEASURES)
    period_start: Date = column("First day of the period")
    family_id: Text = column("Family it is the total of; * is the company")
    period_label: Text = column("Period; empty where none begins on this day", optional=True)
    stated_value: Number = column("What was sent; money in the reporting currency at the last rate of the period", optional=True)
    computed_value: Number = column("What the extracts add up to; empty where it cannot be compared", optional=True)
    difference_value: Number = column("Computed − stated", optional=True)
    difference_ratio: Number = column("Difference ÷ what was sent", optional=True)
    tolerance_ratio: Number = column("Difference accepted, as a ratio: tolerances.control_total_ratio", ge=0)
    unit: Text = column("Reporting currency or planning unit", optional=True)
    verdict: Text = column("agrees, differs or not_comparable", isin=("agrees", "differs", "not_comparable"))
    note: Text = column("Why it cannot be compared", optional=True)
    source_file: Text = column("File, relative to the company folder, or query")
    source_line: Count = column("Line of the file", optional=True)


class Run(Table, key=("run_id",)):
    """One row: the night that published this file."""

    run_id: Text = column("Dagster run")
    company: Text = column("Company")
    as_of_date: Date = column("As-of date")
    cycle_id: Text = column("Planning cycle")
    started_at_utc: Timestamp = column("Start")
    finished_at_utc: Timestamp = column("End of the computation, before the swap")
    code_version: Text = column("Version of sop_pipeline")
    schema_version: Text = column("Version of these tables; the first number changes when a column does")
    input_digest: Text = column("Digest of all extracts as landed, settings and record")
    run_status: Text = column("complete, or complete_with_stale_extracts", isin=("complete", "complete_with_stale_extracts"))


TABLES: dict[str, type[Table]] = {
    "sop.quality_issues": QualityIssues,
    "sop.quality_scorecard": QualityScorecard,
    "sop.extract_status": ExtractStatus,
    "sop.control_totals": ControlTotals,
    "sop.run": Run,
}
