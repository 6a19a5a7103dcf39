"""Contracts of what landing itself says of a night: the issues of rows and the status of extracts. The extracts' own contracts stay out."""

from sop_pipeline.contracts.base import SEVERITIES, Count, Flag, Number, Table, Text, Timestamp, column


class LandedIssues(Table):
    """One row per source row and rule it breaks, tonight."""

    extract: Text = column("Extract")
    source_file: Text = column("File or query", optional=True)
    source_line: Count = column("Line of the file", optional=True)
    source_cell: Text = column("Cell of the workbook, such as Overrides!H6, or its row; empty for a file of another kind", optional=True)
    column_name: Text = column("Column the rule is about", optional=True)
    value: Text = column("Value as received", optional=True)
    rule: Text = column("Rule")
    severity: Text = column("info, warning (row used), error (row set aside) or stop", isin=SEVERITIES)
    hint: Text = column("What to do", optional=True)
    quantity: Number = column("Quantity of the row", optional=True)
    value_amount: Number = column("Money of the row, in its own currency", optional=True)
    currency: Text = column("Currency of that money", optional=True)
    row_key: Text = column("Key of the row as received", optional=True)
    row_json: Text = column("The row as received", optional=True)


class LandedExtracts(Table, key=("extract",)):
    """One row per extract the pipeline knows, tonight."""

    extract: Text = column("Extract")
    department: Text = column("Department that sends it")
    owner: Text = column("Who can mend it")
    is_required: Flag = column("The pipeline cannot plan without it")
    status: Text = column("fresh, stale, not_supplied or unusable", isin=("fresh", "stale", "not_supplied", "unusable"))
    reason: Text = column("Why it is not fresh", optional=True)
    files: Text = column("Files or query read", optional=True)
    fingerprint: Text = column("Digest of their content", optional=True)
    rows_read: Count = column("Rows read", ge=0)
    rows_accepted: Count = column("Rows used", ge=0)
    rows_rejected: Count = column("Rows set aside", ge=0)
    rows_repeated: Count = column("Rows sent more than once, used once", ge=0)
    rows_after_as_of: Count = column("Rows dated after the as-of date, not read", ge=0)
    last_good_load_at: Timestamp = column("When the load in use was landed", optional=True)
    hours_since_landed: Number = column("Age of its content", optional=True)
    next_step: Text = column("What to do", optional=True)


TABLES: dict[str, type[Table]] = {"staging.quality_issues": LandedIssues, "staging.extract_status": LandedExtracts}
