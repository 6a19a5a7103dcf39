"""A schema computed by Python functions as one stage: frames read, a pure function called, frames written and checked."""

import contextlib
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
import duckdb
import polars as pl

from sop_pipeline import planning, warehouse
from sop_pipeline.company import Company
from sop_pipeline.contracts import contract_of
from sop_pipeline.defs.checks import asset_key, check_contract, check_rule, contract_spec, rule_spec, ruled_table
from sop_pipeline.defs.night import Night, parameters
from sop_pipeline.defs.progress import table_done
from sop_pipeline.defs.specs import table_metadata, table_spec
from sop_pipeline.sql_files import SqlFile

Frames = Mapping[str, pl.DataFrame]


@dataclass(frozen=True)
class Model:
    """Tables that one function computes together: `compute(frames by address, company)` returns a frame per table.

    `starts_processes`: it may start processes of its own; the warehouse is closed meanwhile, so that none of them holds it.
    """

    tables: tuple[str, ...]
    reads: tuple[str, ...]
    compute: Callable[[Frames, Company], Frames]
    kinds: frozenset[str]
    starts_processes: bool = False


def model_stage(schema: str, models: Sequence[Model], rules: Mapping[str, SqlFile]) -> dg.AssetsDefinition:
    """The stage of a schema written by Python: every table an asset; a model runs when any of its tables is selected."""
    tables = [table for model in models for table in model.tables]
    version = planning_digest()

    @dg.multi_asset(
        name=schema,
        specs=[
            table_spec(
                table,
                upstream=model.reads,
                description=contract_of(table).grain(),
                kinds={"python", *model.kinds},
                code_version=version,
            )
            for model in models
            for table in model.tables
        ],
        check_specs=[*(contract_spec(table) for table in tables), *(rule_spec(rule) for rule in rules.values())],
        can_subset=True,
    )
    def stage(context: dg.AssetExecutionContext, night: Night) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
        company = night.company()

        def wanted(address: str) -> bool:
            return asset_key(address) in context.selected_asset_keys

        with contextlib.ExitStack() as held:
            con = held.enter_context(night.connect(company))
            running = [model for model in models if any(wanted(table) for table in model.tables)]
            read: dict[str, pl.DataFrame] = {}
            for position, model in enumerate(running):
                chosen = [table for table in model.tables if wanted(table)]
                frames = {address: read[address] if address in read else warehouse.read(con, address) for address in model.reads}
                # what a later model reads as well is read once
                later = {address for following in running[position + 1 :] for address in following.reads}
                read = {address: frame for address, frame in (read | frames).items() if address in later}
                if model.starts_processes:
                    held.close()
                results = model.compute(frames, company)
                if model.starts_processes:
                    con = held.enter_context(night.connect(company))
                yield from _write(con, {table: results[table] for table in chosen})
            values = parameters(con, company)
            for rule in rules.values():
                if wanted(ruled_table(rule)):
                    yield check_rule(con, rule, values)

    return stage


def _write(con: duckdb.DuckDBPyConnection, computed: Frames) -> Iterator[dg.MaterializeResult]:
    for table, frame in computed.items():
        contract = contract_of(table)
        rows = warehouse.write(con, table, frame.select(list(contract.to_schema().columns)).sort(contract.key_columns()))
        table_done(table, rows)
        yield dg.MaterializeResult(
            asset_key=asset_key(table), metadata=table_metadata(con, table, rows), check_results=[check_contract(con, table)]
        )


def planning_digest() -> str:
    """Digest of the source of the planning functions: the code version of the tables they write."""
    folder = Path(planning.__file__).parent
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
