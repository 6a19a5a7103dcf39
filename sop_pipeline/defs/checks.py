"""Asset checks made from contracts and rule files. The rules themselves live in contracts and in `sql/checks/`."""

from collections.abc import Mapping
from typing import Any

import dagster as dg
import duckdb
import polars as pl

from sop_pipeline import warehouse
from sop_pipeline.contracts import CONTRACTS
from sop_pipeline.contracts.validation import validate
from sop_pipeline.sql_files import SqlFile

SHOWN_ROWS = 20


def asset_key(address: str) -> dg.AssetKey:
    return dg.AssetKey(address.split("."))


def contract_spec(address: str) -> dg.AssetCheckSpec:
    return dg.AssetCheckSpec("contract", asset=asset_key(address), blocking=True, description=f"{address} keeps its contract")


def rule_spec(rule: SqlFile) -> dg.AssetCheckSpec:
    """The check of one rule file; only a rule of severity stop blocks what is downstream."""
    table = ruled_table(rule)
    others = [asset_key(upstream) for upstream in rule.upstream if upstream != table]
    return dg.AssetCheckSpec(
        rule_name(rule),
        asset=asset_key(table),
        additional_deps=others,
        blocking=rule.header["severity"] == "stop",
        description=rule.grain,
        metadata={"owner": rule.header["owner"], "hint": rule.header["hint"]},
    )


def ruled_table(rule: SqlFile) -> str:
    """`core.family_history__closes` judges `core.family_history`."""
    return rule.address.split("__")[0]


def rule_name(rule: SqlFile) -> str:
    return rule.address.split("__", 1)[1]


def check_contract(con: duckdb.DuckDBPyConnection, address: str) -> dg.AssetCheckResult:
    """Hold the whole table against its contract; the first failing rows go into the metadata."""
    frame = warehouse.read(con, address)
    verdict = validate(CONTRACTS[address], frame)
    metadata: dict[str, Any] = {"rows": frame.height}
    if verdict.structure:
        metadata["structure"] = dg.MetadataValue.md("\n".join(f"- {line}" for line in verdict.structure))
    if not verdict.failures.is_empty():
        counts = verdict.failures.group_by("rule", "column_name").len("rows").sort("rows", descending=True)
        sample = verdict.failures.head(SHOWN_ROWS)
        rows = frame[sample["row_index"].to_list()].with_columns(pl.all().cast(pl.String))
        metadata["broken_rules"] = markdown(counts)
        # a table may have a column called rule itself
        named = sample.select(broken_rule="rule", broken_column="column_name")
        metadata["failing_rows"] = markdown(pl.concat([named, rows], how="horizontal"))
    return dg.AssetCheckResult(
        asset_key=asset_key(address),
        check_name="contract",
        passed=verdict.passed,
        severity=dg.AssetCheckSeverity.ERROR,
        metadata=metadata,
    )


def check_rule(con: duckdb.DuckDBPyConnection, rule: SqlFile, values: Mapping[str, Any]) -> dg.AssetCheckResult:
    """Run one rule; its failing rows go into the metadata. Anything milder than error shows as a warning."""
    failing = warehouse.failing_rows(con, rule, values)
    severe = rule.header["severity"] in ("error", "stop")
    metadata: dict[str, Any] = {"failing_row_count": failing.height, "severity": rule.header["severity"], "hint": rule.header["hint"]}
    if not failing.is_empty():
        metadata["failing_rows"] = markdown(failing.head(SHOWN_ROWS))
    return dg.AssetCheckResult(
        asset_key=asset_key(ruled_table(rule)),
        check_name=rule_name(rule),
        passed=failing.is_empty(),
        severity=dg.AssetCheckSeverity.ERROR if severe else dg.AssetCheckSeverity.WARN,
        metadata=metadata,
    )


def markdown(frame: pl.DataFrame) -> dg.MarkdownMetadataValue:
    """A frame as a table the UI shows."""
    cells = frame.with_columns(pl.all().cast(pl.String).fill_null("").str.replace_all("|", "\\|", literal=True))
    lines = ["| " + " | ".join(frame.columns) + " |", "|" + "---|" * frame.width]
    lines += ["| " + " | ".join(row) + " |" for row in cells.iter_rows()]
    return dg.MetadataValue.md("\n".join(lines))
