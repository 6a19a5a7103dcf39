"""The first stage: extracts into raw and staging, with checks that tell whether each can be used. How that is done stays in landing."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import dagster as dg
import duckdb
import polars as pl

from sop_pipeline import warehouse
from sop_pipeline.company import Company, now_utc
from sop_pipeline.contracts import contract_of
from sop_pipeline.cycles import tampered
from sop_pipeline.defs.checks import SHOWN_ROWS, asset_key, check_contract, contract_spec, markdown, rule_spec
from sop_pipeline.defs.night import Night, versions_of_night
from sop_pipeline.defs.progress import table_done
from sop_pipeline.defs.specs import table_metadata, table_spec
from sop_pipeline.extracts import EXTRACTS
from sop_pipeline.landing.all_extracts import stage_all
from sop_pipeline.landing.quarantine import Staged
from sop_pipeline.landing.rules import RuleResult
from sop_pipeline.landing.status import ExtractStatus, status_frame
from sop_pipeline.record import FILES, read_record, versions_known
from sop_pipeline.sql_files import SqlFile

RECORDED = {f"raw.recorded_{name}": name for name in FILES}
PLANS = "raw.recorded_plans"
ISSUES, STATUS = "staging.quality_issues", "staging.extract_status"


def landing_stage(files: Mapping[str, SqlFile], rules: Mapping[str, SqlFile]) -> dg.AssetsDefinition:
    """Raw and staging as one stage: when rows turn out unusable, the last good load takes their place in both."""
    names = sorted(EXTRACTS)

    @dg.multi_asset(
        name="landing",
        specs=[*_specs(names, files)],
        check_specs=[
            *_check_specs(names),
            *(rule_spec(rule) for rule in rules.values()),
            contract_spec(ISSUES),
            contract_spec(STATUS),
            dg.AssetCheckSpec(
                "versions_unchanged",
                asset=asset_key(PLANS),
                blocking=True,
                description="Every frozen and approved version is byte for byte what its manifest says",
            ),
        ],
        can_subset=True,
    )
    def stage_extracts(context: dg.AssetExecutionContext, night: Night) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
        def wanted(address: str) -> bool:
            return asset_key(address) in context.selected_asset_keys

        chosen = [name for name in names if wanted(f"raw.{name}") or wanted(f"staging.{name}")]
        company = night.begin(context.run.run_id, afresh=chosen == names)
        with night.connect(company) as con:
            versions = versions_of_night(con, company)
            for table, name in RECORDED.items():
                rows = warehouse.write(con, table, read_record(company.cycles, name, company.as_of_date, versions))
                if wanted(table):
                    table_done(table, rows)
                    checks = [_versions_result(company)] if table == PLANS else []
                    yield dg.MaterializeResult(asset_key=asset_key(table), metadata=table_metadata(con, table, rows), check_results=checks)
            landed = stage_all(con, company, chosen, files, landed_at=now_utc(), staged_one=table_done)
            _write(con, ISSUES, chosen, landed.issues)
            _write(con, STATUS, chosen, status_frame(list(landed.statuses.values())))
            for name, item in landed.staged.items():
                if wanted(f"raw.{name}"):
                    yield _raw_result(con, item, landed.statuses[name])
                if wanted(f"staging.{name}"):
                    yield _staging_result(con, item, landed.issues.filter(pl.col("extract") == name))
            for result in landed.rules.results:
                if wanted(f"staging.{result.rule.extract}"):
                    yield _rule_result(result, landed.issues)
            for table in (ISSUES, STATUS):
                if wanted(table):
                    rows = warehouse.count(con, table)
                    table_done(table, rows)
                    metadata = table_metadata(con, table, rows)
                    yield dg.MaterializeResult(asset_key=asset_key(table), metadata=metadata, check_results=[check_contract(con, table)])

    return stage_extracts


def _specs(names: Sequence[str], files: Mapping[str, SqlFile]) -> Iterator[dg.AssetSpec]:
    for table in RECORDED:
        yield table_spec(table, upstream=(), description=contract_of(table).grain(), kinds={"parquet"}, code_version="1")
    for name in names:
        file = files[f"staging.{name}"]
        description = f"{name} as {EXTRACTS[name].department.replace('_', ' ')} sent it: all text, with file and line."
        yield table_spec(f"raw.{name}", upstream=(), description=description, kinds={"csv", "parquet"}, code_version="1")
        yield table_spec(file.address, upstream=file.upstream, description=file.grain, kinds={"duckdb", "sql"}, code_version=file.digest)
    staging = [f"staging.{name}" for name in names]
    for table in (ISSUES, STATUS):
        yield table_spec(table, upstream=staging, description=contract_of(table).grain(), kinds={"python", "duckdb"}, code_version="1")


def _check_specs(names: Iterable[str]) -> Iterator[dg.AssetCheckSpec]:
    for name in names:
        raw = asset_key(f"raw.{name}")
        yield dg.AssetCheckSpec("usable", asset=raw, blocking=True, description="There is a load to plan with, or the plan can do without")
        yield dg.AssetCheckSpec("fresh", asset=raw, description="The load is tonight's, not the last good one")
        yield contract_spec(f"staging.{name}")


def _write(con: duckdb.DuckDBPyConnection, table: str, staged: Iterable[str], frame: pl.DataFrame) -> None:
    """Replace what the table says about the staged extracts, and keep what it says about others."""
    if table in warehouse.table_names(con):
        others = warehouse.read(con, table).filter(~pl.col("extract").is_in(list(staged)))
        frame = pl.concat([others.cast(frame.schema), frame])
    warehouse.write(con, table, frame)


def _raw_result(con: duckdb.DuckDBPyConnection, staged: Staged, status: ExtractStatus) -> dg.MaterializeResult:
    load = staged.load
    address = f"raw.{load.extract}"
    metadata = {
        **table_metadata(con, address, staged.rows_read),
        "status": load.status,
        "reason": load.reason or "none",
        "files": dg.MetadataValue.json([file.name for file in load.files]),
        "fingerprint": load.fingerprint or "none",
        "next_step": status.next_step or "none",
    }
    said = {"status": load.status, "reason": load.reason or "none", "next_step": status.next_step or "none"}
    return dg.MaterializeResult(
        asset_key=asset_key(address),
        metadata=metadata,
        check_results=[
            dg.AssetCheckResult(asset_key=asset_key(address), check_name="usable", passed=load.status != "unusable", metadata=said),
            dg.AssetCheckResult(asset_key=asset_key(address), check_name="fresh", passed=load.status != "stale", metadata=said),
        ],
    )


def _staging_result(con: duckdb.DuckDBPyConnection, staged: Staged, found: pl.DataFrame) -> dg.MaterializeResult:
    """The contract's check warns when rows were set aside: what stays in the table keeps the contract."""
    address = f"staging.{staged.load.extract}"
    broken = {name: rows for name, rows in staged.rules.items() if rows}
    metadata: dict[str, Any] = {
        "rows_read": staged.rows_read,
        "rows_rejected": staged.rows_rejected,
        "rows_after_as_of": staged.rows_after_as_of,
        "broken_rules": dg.MetadataValue.json(broken),
    }
    if not found.is_empty():
        metadata["failing_rows"] = _shown(found)
    return dg.MaterializeResult(
        asset_key=asset_key(address),
        metadata=table_metadata(con, address, staged.rows_accepted),
        check_results=[
            dg.AssetCheckResult(
                asset_key=asset_key(address),
                check_name="contract",
                passed=staged.rows_rejected == 0 and not broken,
                severity=dg.AssetCheckSeverity.WARN,
                metadata=metadata,
            )
        ],
    )


def _versions_result(company: Company) -> dg.AssetCheckResult:
    """Identity 8: a file of a frozen or approved version that was changed, removed or added stops the night and is named."""
    said = tampered(company.cycles, versions_known(company.cycles, company.as_of_date))
    metadata: dict[str, Any] = {"changed_files": len(said)}
    if said:
        metadata["what_changed"] = "; ".join(said)
        metadata["next_step"] = "Put the folder of the version back from a backup, as it was: frozen and approved plans never change."
    return dg.AssetCheckResult(asset_key=asset_key(PLANS), check_name="versions_unchanged", passed=not said, metadata=metadata)


def _rule_result(result: RuleResult, issues: pl.DataFrame) -> dg.AssetCheckResult:
    """A rule across extracts: red where it set rows aside or stops the night, yellow where it only tells."""
    rule = result.rule
    found = issues.filter((pl.col("extract") == rule.extract) & (pl.col("rule") == rule.name))
    severe = rule.severity in ("error", "stop")
    metadata: dict[str, Any] = {"severity": rule.severity, "hint": rule.hint, "rows": result.rows or 0, "was_run": result.rows is not None}
    if not found.is_empty():
        metadata["failing_rows"] = _shown(found)
    return dg.AssetCheckResult(
        asset_key=asset_key(f"staging.{rule.extract}"),
        check_name=rule.name,
        passed=not result.rows,
        severity=dg.AssetCheckSeverity.ERROR if severe else dg.AssetCheckSeverity.WARN,
        metadata=metadata,
    )


def _shown(issues: pl.DataFrame) -> dg.MarkdownMetadataValue:
    return markdown(
        issues.head(SHOWN_ROWS).select("source_file", "source_line", "source_cell", "column_name", "value", "rule", "severity", "hint")
    )
