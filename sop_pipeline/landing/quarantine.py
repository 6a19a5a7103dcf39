"""One extract into `staging`: cast, check every row, set aside what breaks a rule, count it. Rules across extracts are in `rules.py`."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

import duckdb
import polars as pl

from sop_pipeline import warehouse
from sop_pipeline.company import Company
from sop_pipeline.contracts import ColumnSpec, Table, column_specs, contract_of, rule_specs
from sop_pipeline.extracts import Extract
from sop_pipeline.landing.breaches import character_breaches, contract_breaches, date_breaches, key_breaches, type_breaches
from sop_pipeline.landing.facts import FACT_DATE
from sop_pipeline.landing.issues import Issue, issue_frame, together
from sop_pipeline.landing.land import fall_back, show_raw
from sop_pipeline.landing.raw import RawView, empty_cells
from sop_pipeline.landing.records import Load
from sop_pipeline.landing.sources.base import Ragged
from sop_pipeline.landing.worth import issues_of_rows
from sop_pipeline.sql_files import SqlFile
from sop_pipeline.warehouse import quoted


@dataclass(frozen=True)
class Staged:
    """One extract after staging.

    rows_read = rows_accepted + rows_rejected + rows_after_as_of + rows_repeated. `load`: what was staged in the end. `issues`: schema
    `issues.ISSUE_SCHEMA`, with ragged lines and the load's notes. `rules`: rows that break each rule of the contract, 0 where it holds.
    """

    load: Load
    rows_read: int
    rows_accepted: int
    rows_rejected: int
    rows_after_as_of: int
    rows_repeated: int
    issues: pl.DataFrame
    rules: dict[str, int]


def stage(con: duckdb.DuckDBPyConnection, company: Company, extract: Extract, load: Load, sql_file: SqlFile) -> Staged:
    """Build `staging.<extract>` from its SQL file and move the rows that break an error rule out of it, into issues.

    A fresh load of which more than `tolerances.rejected_rows_ratio` is set aside is unusable: the last good load is staged in its place, or
    the status of `load` says what follows. Raises ValueError when the SQL file does not give every row of `raw` once.
    """
    staged = _stage_once(con, company, extract, load, sql_file)
    allowed = company.settings.tolerances.rejected_rows_ratio
    if load.status != "fresh" or staged.rows_rejected <= allowed * staged.rows_read:
        return staged
    share = staged.rows_rejected / staged.rows_read
    reason = (
        f"{staged.rows_rejected} of {staged.rows_read} rows set aside ({share:.1%}, allowed {allowed:.1%}): "
        f"{_commonest(staged.issues)}. Correct the extract or its mapping in sop.yaml."
    )
    instead = fall_back(company, extract, load, reason)
    again = _stage_once(con, company, extract, instead, sql_file)
    if instead.has_rows_to_stage:
        return replace(again, issues=together([again.issues, staged.issues]).unique(maintain_order=True))
    return replace(again, rows_read=staged.rows_read, rows_rejected=staged.rows_rejected, issues=staged.issues, rules=staged.rules)


def _stage_once(con: duckdb.DuckDBPyConnection, company: Company, extract: Extract, load: Load, sql_file: SqlFile) -> Staged:
    name = extract.name
    contract = contract_of(sql_file.address)
    specs = column_specs(contract)
    view = show_raw(con, company, load)
    rows = warehouse.build(con, sql_file, {"as_of_date": load.as_of_date})
    received = warehouse.count(con, f"raw.{quoted(name)}")
    if rows != received:
        raise ValueError(f"{sql_file.path}: gives {rows} rows for {received} of raw.{name}; it must give every row once")
    own = _once_each(
        [
            type_breaches(con, name, _doubtful(con, view, load.rows, rows)),
            date_breaches(con, name, specs, _landed_on(company, load)),
            contract_breaches(con, name, contract, rows),
        ]
    )
    files = [file.name for file in load.files]
    if any(file.reading.has_unreadable_characters for file in load.files):
        own = pl.concat([own, character_breaches(con, name, specs)])
    of_keys = key_breaches(con, name, contract, _rows_with_errors(own), files)
    breaches = pl.concat([own, of_keys.breaches])
    odd = _ragged_lines(con, view, load)
    issues = together([issue_frame(_load_issues(load, odd, of_keys.replaced)), issues_of_rows(con, view, breaches)])
    rejected = _rows_with_errors(breaches)
    _leave_out(con, name, specs, breaches)
    remove_rows(con, name, pl.concat([rejected, of_keys.repeated]))
    later = _remove_later_facts(con, name, load.as_of_date)
    return Staged(
        load,
        rows_read=rows + len(odd),
        rows_accepted=warehouse.count(con, sql_file.address),
        rows_rejected=rejected.len() + len(odd),
        rows_after_as_of=later,
        rows_repeated=of_keys.repeated.len(),
        issues=issues,
        rules=_rule_counts(contract, issues),
    )


def _doubtful(con: duckdb.DuckDBPyConnection, view: RawView, landed_rows: int, rows: int) -> list[ColumnSpec]:
    """Columns that may hold a text their type cannot: those with more empty cells in staging than in the file.

    A failed cast leaves an empty cell, and nothing fills one but the mapping's values; so where the numbers agree every text was cast, and
    the texts need not be looked at again.
    """
    if rows != landed_rows:
        return list(view.specs)
    counts = ", ".join(f"count(*) - count({quoted(spec.name)})" for spec in view.specs)
    empty = con.execute(f"select {counts} from staging.{quoted(view.extract)}").fetchall()[0]
    landed = empty_cells(view)
    return [
        spec
        for spec, cells in zip(view.specs, empty, strict=True)
        if spec.name in view.mapping.values or cells != landed.get(spec.name, cells)
    ]


def remove_rows(con: duckdb.DuckDBPyConnection, extract: str, rows: pl.Series) -> None:
    """Take rows, by their number, out of `staging.<extract>`."""
    if not rows.len():
        return
    con.register("rows_to_remove", rows.alias("row").to_frame().to_arrow())
    try:
        con.execute(f"delete from staging.{quoted(extract)} where rowid in (select row from rows_to_remove)")
    finally:
        con.unregister("rows_to_remove")


def _leave_out(con: duckdb.DuckDBPyConnection, extract: str, specs: Sequence[ColumnSpec], breaches: pl.DataFrame) -> None:
    """Let cells out of a range that only warns count as not given: one impossible figure must not cost the whole row."""
    for spec in specs:
        rows = breaches.filter((pl.col("rule") == f"{spec.name}_range") & (pl.col("severity") == "warning")).get_column("row")
        if not rows.len():
            continue
        con.register("rows_to_change", rows.alias("row").to_frame().to_arrow())
        try:
            con.execute(
                f"update staging.{quoted(extract)} set {quoted(spec.name)} = $instead where rowid in (select row from rows_to_change)",
                {"instead": spec.default},
            )
        finally:
            con.unregister("rows_to_change")


def _once_each(frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """All breaches but those that follow from an earlier one: a value that does not cast is not also missing, nor out of range.

    A value that sets its row aside is not also told as odd, whichever was found first.
    """
    breaches = pl.concat(frames).sort(~pl.col("severity").is_in(["error", "stop"]), maintain_order=True)
    by_column = breaches.filter(pl.col("column_name").is_not_null()).unique(["row", "column_name"], keep="first", maintain_order=True)
    return pl.concat([by_column, breaches.filter(pl.col("column_name").is_null())])


def _rows_with_errors(breaches: pl.DataFrame) -> pl.Series:
    return breaches.filter(pl.col("severity").is_in(["error", "stop"])).get_column("row").unique().sort()


def _remove_later_facts(con: duckdb.DuckDBPyConnection, extract: str, as_of_date: dt.date) -> int:
    """Facts of the as-of date and after are not read; returns how many there are."""
    fact = FACT_DATE.get(extract)
    if fact is None:
        return 0
    later = ">" if fact.counts_on_the_day else ">="
    done = con.execute(f"delete from staging.{quoted(extract)} where {quoted(fact.column)} {later} $as_of_date", {"as_of_date": as_of_date})
    return int(done.fetchall()[0][0])


def _landed_on(company: Company, load: Load) -> dt.date:
    """The day the content came, in the company's zone; the as-of date where that is later, so that planning ahead is no mistake."""
    moment = load.content_landed_at or load.landed_at
    return max(moment.astimezone(ZoneInfo(company.settings.time_zone)).date(), load.as_of_date)


def _ragged_lines(con: duckdb.DuckDBPyConnection, view: RawView, load: Load) -> list[tuple[str, Ragged]]:
    """Ragged lines by file but those that `skip_rows_like` leaves out: a footer has fewer cells than the header."""
    lines = [(file.name, line) for file in load.files for line in file.reading.ragged]
    pattern = view.mapping.format.skip_rows_like
    if not (lines and pattern):
        return lines
    texts = [line.text for _, line in lines]
    query = "select list_transform($texts::varchar[], lambda text: regexp_matches(text, $pattern))"
    skipped = con.execute(query, {"pattern": pattern, "texts": texts}).fetchall()[0][0]
    return [line for line, is_skipped in zip(lines, skipped, strict=True) if not is_skipped]


def _load_issues(load: Load, odd: Sequence[tuple[str, Ragged]], replaced: Mapping[str, int]) -> Iterator[Issue]:
    yield from load.notes
    for file_name, line in odd:
        hint = f"The line has {line.problem}; correct it, or put quotes around the cell that holds the delimiter."
        yield Issue(load.extract, file_name, line.source_line, None, line.text, "row_shape", "error", hint)
    for name, rows in replaced.items():
        hint = "A file later in name order, or the review workbook of a later night, has rows with the same keys; those count."
        yield Issue(load.extract, name, None, None, f"{rows} rows", "key_in_later_file", "info", hint)


def _commonest(issues: pl.DataFrame) -> str:
    errors = issues.filter(pl.col("severity") == "error").group_by("rule").len().sort(["len", "rule"], descending=[True, False])
    return ", ".join(f"{rule} {count}" for rule, count in errors.head(3).iter_rows())


def _rule_counts(contract: type[Table], issues: pl.DataFrame) -> dict[str, int]:
    broken = dict(issues.group_by("rule").len().sort("rule").iter_rows())
    return {**{rule.name: 0 for rule in rule_specs(contract)}, **broken}
