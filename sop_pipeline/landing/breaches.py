"""Which staged rows break which rule of their own: type, plausible dates, contract, key. What happens to them is decided in quarantine."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import polars as pl
from pandera.errors import SchemaErrors

from sop_pipeline.contracts import ColumnSpec, Table, rule_of
from sop_pipeline.landing.canonical import cast_fails
from sop_pipeline.landing.facts import FACT_DATE
from sop_pipeline.landing.judged import judged_columns
from sop_pipeline.landing.mapping import SOURCE_COLUMNS, data_columns
from sop_pipeline.warehouse import quoted

# Pandera needs a frame; a million rows at a time keep it small and cost no time
BATCH_ROWS = 1_000_000
EARLIEST_YEAR, LATEST_YEAR = 1901, 9998

BREACH_SCHEMA: dict[str, type[pl.DataType]] = {
    "row": pl.Int64,
    "column_name": pl.String,
    "rule": pl.String,
    "severity": pl.String,
    "hint": pl.String,
    "value": pl.String,
}
TYPE_HINTS = {
    "date": "Write {name} as 2026-01-31, or give format.date in sop.yaml.",
    "timestamp": "Write {name} as 2026-01-31 14:30:00.",
    "quantity": "Write {name} as a number such as 1234.5, or give format.decimal and format.thousands in sop.yaml.",
    "money": "Write {name} as a number such as 1234.5, or give format.decimal and format.thousands in sop.yaml.",
    "ratio": "Write {name} as a number such as 0.15 for 15 %, or give format.decimal in sop.yaml.",
    "count": "Write {name} as a whole number.",
    "flag": "Write {name} as true or false, or map the codes in sop.yaml under values.",
}


@dataclass(frozen=True)
class KeyBreaches:
    """`breaches`: rows with a key that is not theirs alone. `repeated`: rows that say once more, or earlier, what another row says.

    `replaced`: rows by file that a later file replaces.
    """

    breaches: pl.DataFrame
    repeated: pl.Series
    replaced: dict[str, int]


def type_breaches(con: duckdb.DuckDBPyConnection, extract: str, specs: Sequence[ColumnSpec]) -> pl.DataFrame:
    """Texts of some columns of `raw.<extract>` that their type cannot hold; schema BREACH_SCHEMA, severity error."""
    failing = {spec.name: test for spec in data_columns(specs) if (test := cast_fails(quoted(spec.name), spec))}
    if not failing:
        return breach_frame()
    tests = ", ".join(f"{test} as {quoted(name)}" for name, test in failing.items())
    anything = " or ".join(f"({test})" for test in failing.values())
    bad = con.sql(f"select {tests}, source_file, source_line from raw.{quoted(extract)} where {anything}").pl()
    if not bad.height:
        return breach_frame()
    long = (
        with_row(con, extract, bad)
        .unpivot(list(failing), index="row", variable_name="column_name", value_name="fails")
        .filter("fails")
        .select("row", "column_name")
    )
    hints = {spec.name: TYPE_HINTS[spec.kind].format(name=spec.name) for spec in specs if spec.name in failing}
    return _breaches(
        long.with_columns(
            pl.concat_str("column_name", pl.lit("_type")).alias("rule"),
            pl.lit("error").alias("severity"),
            pl.col("column_name").replace_strict(hints, return_dtype=pl.String).alias("hint"),
        )
    )


def date_breaches(con: duckdb.DuckDBPyConnection, extract: str, specs: Sequence[ColumnSpec], landed_on: dt.date) -> pl.DataFrame:
    """Dates that stand for "none" (1900-01-01, 9999-12-31 and beyond), and facts dated after the day their file was landed.

    The first is an error in a column that must be filled, because the row cannot be placed in time, and a warning elsewhere.
    """
    found = [breach_frame()]
    fact = FACT_DATE.get(extract)
    for spec in specs:
        if spec.kind != "date":
            continue
        name = quoted(spec.name)
        severity = "warning" if spec.is_optional else "error"
        hint = f"{spec.name} is no real day; leave it empty or write the day."
        rows = _rows(con, extract, f"{name} < make_date({EARLIEST_YEAR}, 1, 1) or {name} > make_date({LATEST_YEAR}, 12, 31)")
        found.append(_same_breach(rows, spec.name, f"{spec.name}_plausible", severity, hint))
        if fact is not None and fact.column == spec.name:
            hint = f"{spec.name} lies after the day the file was landed; a fact cannot. Correct the date."
            rows = _rows(con, extract, f"{name} > $landed_on and {name} <= make_date({LATEST_YEAR}, 12, 31)", {"landed_on": landed_on})
            found.append(_same_breach(rows, spec.name, f"{spec.name}_after_landing", "warning", hint))
    return pl.concat(found)


def character_breaches(con: duckdb.DuckDBPyConnection, extract: str, specs: Sequence[ColumnSpec]) -> pl.DataFrame:
    """Texts that hold U+FFFD: a byte there means nothing in the encoding of its file. The row is used, with a warning."""
    found = [breach_frame()]
    for spec in data_columns(specs):
        if spec.kind == "text":
            rows = _rows(con, extract, f"contains({quoted(spec.name)}, chr({0xFFFD}))")
            hint = f"A character of {spec.name} is lost; give format.encoding in sop.yaml, or send the file as UTF-8."
            found.append(_same_breach(rows, spec.name, "unreadable_character", "warning", hint))
    return pl.concat(found)


def contract_breaches(con: duckdb.DuckDBPyConnection, extract: str, contract: type[Table], rows: int) -> pl.DataFrame:
    """Rows of `staging.<extract>` that break a rule of their contract. Raises SchemaErrors when the table itself is not as agreed."""
    found = [breach_frame()]
    judged = judged_columns(con, f"staging.{quoted(extract)}", contract)
    for start in range(0, max(rows, 1), BATCH_ROWS):
        batch = con.sql(
            f"select rowid as staged_row, {judged.looked_at} from staging.{quoted(extract)} "
            f"where rowid >= {start} and rowid < {start + BATCH_ROWS}"
        ).pl()
        shown = batch.with_columns(judged.known_good).select(judged.order)
        try:
            contract.validate(shown, lazy=True)
        except SchemaErrors as error:
            cases = error.failure_cases
            if cases.get_column("index").null_count():
                raise
            found.append(_of_cases(cases, batch.get_column("staged_row"), contract))
    return pl.concat(found)


def key_breaches(
    con: duckdb.DuckDBPyConnection, extract: str, contract: type[Table], refused: pl.Series, files: Sequence[str]
) -> KeyBreaches:
    """Rows of `staging.<extract>` that share their key, `refused` ones left out.

    Identical rows of a file count once: the first stays, the others are repeated (info). Different rows of a file are all set aside
    (error): nobody can say which is right. In several files (`files`, in name order) the row of the last file stays and the others are
    repeated (info, one line a file).
    """
    key = [quoted(name) for name in contract.key_columns()]
    nothing = KeyBreaches(breach_frame(), pl.Series("row", [], pl.Int64), {})
    if not key:
        return nothing
    data = [quoted(name) for name in contract.to_schema().columns if name not in SOURCE_COLUMNS]
    keys = ", ".join(key)
    con.register("refused_rows", refused.alias("row").to_frame().to_arrow())
    try:
        shared = con.sql(
            f"""
            with hashed as (
                select rowid as row, hash({keys}) as key_hash
                from staging.{quoted(extract)}
            ),
            shared as (select key_hash from hashed group by key_hash having count(*) > 1),
            candidates as (
                select hashed.row, {", ".join(f"staged.{column}" for column in data)}, staged.source_file, staged.source_line,
                    list_position($files, staged.source_file) as file_rank
                from hashed
                join shared using (key_hash)
                join staging.{quoted(extract)} as staged on staged.rowid = hashed.row
                where hashed.row not in (select row from refused_rows)
            ),
            ranked as (
                select *, hash({", ".join(data)}) as content, max(file_rank) over (partition by {keys}) as last_rank
                from candidates
            )
            select
                row,
                source_file,
                file_rank < last_rank as is_replaced,
                min(content) over same_file <> max(content) over same_file as differs,
                row_number() over (same_file order by source_line) as place,
                count(*) over same_file as rows_of_key
            from ranked
            window same_file as (partition by {keys}, file_rank)
            """,
            params={"files": list(files)},
        ).pl()
    finally:
        con.unregister("refused_rows")
    if not shared.height:
        return nothing
    columns = ", ".join(contract.key_columns())
    last = shared.filter(~pl.col("is_replaced"))
    different = last.filter(pl.col("differs")).get_column("row")
    same = last.filter(~pl.col("differs") & (pl.col("place") > 1)).get_column("row")
    replaced = shared.filter("is_replaced")
    breaches = pl.concat(
        [
            _same_breach(different, columns, "key_unique", "error", "Rows with this key differ and all are set aside; keep one of them."),
            _same_breach(same, columns, "key_repeated", "info", "The same row stands above; it counts once."),
        ]
    )
    by_file = dict(replaced.group_by("source_file").len().sort("source_file").iter_rows())
    return KeyBreaches(breaches, pl.concat([same, replaced.get_column("row")]).sort(), by_file)


def breach_frame() -> pl.DataFrame:
    """No breach: BREACH_SCHEMA without rows."""
    return pl.DataFrame(schema=BREACH_SCHEMA)


def with_row(con: duckdb.DuckDBPyConnection, extract: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Add the row number in `staging.<extract>` to rows known by file and line."""
    con.register("rows_of_lines", frame.to_arrow())
    try:
        return con.sql(
            f"select staged.rowid as row, given.* from staging.{quoted(extract)} as staged "
            "join rows_of_lines as given on staged.source_file = given.source_file and staged.source_line = given.source_line"
        ).pl()
    finally:
        con.unregister("rows_of_lines")


def _of_cases(cases: pl.DataFrame, rows: pl.Series, contract: type[Table]) -> pl.DataFrame:
    """Pandera's failure cases as breaches: `index` is the position in the batch."""
    columns = set(contract.to_schema().columns)
    kinds = cases.select("column", "check").unique()
    named = []
    for column, check in kinds.iter_rows():
        rule = rule_of(contract, column if column in columns else None, check)
        named.append((column, check, rule.column, rule.name, rule.severity, rule.hint))
    rules = pl.DataFrame(
        named, schema=["column", "check", "column_name", "rule", "severity", "hint"], orient="row", infer_schema_length=None
    ).cast(pl.String)
    return _breaches(
        cases.select("column", "check", rows.gather(cases.get_column("index")).alias("row"))
        .join(rules, on=["column", "check"], nulls_equal=True)
        .unique(["row", "rule"], maintain_order=True)
    )


def _rows(con: duckdb.DuckDBPyConnection, extract: str, where: str, values: dict[str, dt.date] | None = None) -> pl.Series:
    found = con.sql(f"select rowid as row from staging.{quoted(extract)} where {where}", params=values or {}).pl()
    return found.get_column("row")


def _same_breach(rows: pl.Series, column_name: str, rule: str, severity: str, hint: str) -> pl.DataFrame:
    same = {"column_name": column_name, "rule": rule, "severity": severity, "hint": hint}
    return _breaches(rows.alias("row").to_frame().with_columns(pl.lit(text).alias(name) for name, text in same.items()))


def _breaches(frame: pl.DataFrame) -> pl.DataFrame:
    """In the schema; `value` stays empty where the rule has no words of its own, and the text as received is told."""
    return frame.with_columns(pl.lit(None, pl.String).alias("value")).select(
        pl.col(name).cast(dtype) for name, dtype in BREACH_SCHEMA.items()
    )
