"""What Dagster is told about a table: key, group, kinds, owner, description, columns, upstream. Nothing is computed here."""

import functools
from collections.abc import Iterable
from typing import Any

import dagster as dg
import duckdb

from sop_pipeline.contracts import CONTRACTS
from sop_pipeline.defs.checks import asset_key
from sop_pipeline.extracts import EXTRACTS

PLANNING_TEAM = "team:planning"
TYPE_NAMES = {"String": "text", "Date": "date", "Float64": "number", "Int64": "count", "Boolean": "bool"}


def table_spec(
    address: str, *, upstream: Iterable[str], description: str, kinds: set[str], code_version: str, owner: str = PLANNING_TEAM
) -> dg.AssetSpec:
    """The spec of one table. Owner and department of a staged or raw table are those of its extract."""
    schema, table = address.split(".")
    extract = EXTRACTS.get(table) if schema in ("raw", "staging") else None
    metadata: dict[str, Any] = {"dagster/table_name": address}
    if address in CONTRACTS:
        metadata["dagster/column_schema"] = column_schema(address)
    return dg.AssetSpec(
        key=asset_key(address),
        deps=[asset_key(name) for name in upstream],
        description=description,
        group_name=schema,
        kinds=kinds,
        owners=[extract.owner if extract else owner],
        tags={"domain": extract.department if extract else "planning"},
        code_version=code_version,
        metadata=metadata,
    )


@functools.cache
def column_schema(address: str) -> dg.TableSchema:
    """Columns of a table as its contract describes them."""
    contract = CONTRACTS[address]
    columns = [
        dg.TableColumn(
            name,
            type=TYPE_NAMES.get(str(column.dtype.type), str(column.dtype.type)),
            description=column.description,
            constraints=dg.TableColumnConstraints(nullable=column.nullable, unique=contract.key_columns() == (name,)),
        )
        for name, column in contract.to_schema().columns.items()
    ]
    return dg.TableSchema(columns)


def table_metadata(con: duckdb.DuckDBPyConnection, address: str, rows: int) -> dict[str, Any]:
    """What a built table says about itself in the UI."""
    described = con.execute(f"describe {address}").fetchall()
    built = dg.TableSchema([dg.TableColumn(name, type=str(kind)) for name, kind, *_ in described])
    schema = column_schema(address) if address in CONTRACTS else built
    return {"dagster/row_count": rows, "dagster/column_schema": schema}
