"""A schema of SQL files as one stage: a subsettable multi-asset with its checks. What the SQL says stays in `sql/`."""

from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg
import duckdb

from sop_pipeline import warehouse
from sop_pipeline.defs.checks import asset_key, check_contract, check_rule, contract_spec, rule_spec, ruled_table
from sop_pipeline.defs.night import Night, parameters
from sop_pipeline.defs.progress import table_done
from sop_pipeline.defs.specs import table_metadata, table_spec
from sop_pipeline.sql_files import SqlFile, in_build_order


def sql_stage(schema: str, files: Mapping[str, SqlFile], rules: Mapping[str, SqlFile]) -> dg.AssetsDefinition:
    """The stage of a schema: every table an asset, its contract and rules checks of the same step."""
    ordered = in_build_order(files)

    @dg.multi_asset(
        name=schema,
        specs=[
            table_spec(
                file.address,
                upstream=file.upstream,
                description=file.grain,
                kinds={"duckdb", "sql"},
                code_version=file.digest,
            )
            for file in ordered
        ],
        check_specs=[*(contract_spec(file.address) for file in ordered), *(rule_spec(rule) for rule in rules.values())],
        can_subset=True,
    )
    def stage(context: dg.AssetExecutionContext, night: Night) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
        company = night.company()
        with night.connect(company) as con:
            values = parameters(con, company)
            for file in ordered:
                if asset_key(file.address) in context.selected_asset_keys:
                    yield build_table(con, file, values)
            for rule in rules.values():
                if asset_key(ruled_table(rule)) in context.selected_asset_keys:
                    yield check_rule(con, rule, values)

    return stage


def build_table(con: duckdb.DuckDBPyConnection, file: SqlFile, values: Mapping[str, Any]) -> dg.MaterializeResult:
    """Build one table and hold it against its contract."""
    rows = warehouse.build(con, file, values)
    table_done(file.address, rows)
    return dg.MaterializeResult(
        asset_key=asset_key(file.address),
        metadata=table_metadata(con, file.address, rows),
        check_results=[check_contract(con, file.address)],
    )
