"""The contract of every table, found by the table's address."""

from sop_pipeline.contracts import core, forecast, plan
from sop_pipeline.contracts.base import Table

CONTRACTS: dict[str, type[Table]] = {**core.TABLES, **forecast.TABLES, **plan.TABLES}
