"""Contracts of schema staging: the extracts as typed tables, one module per department."""

from sop_pipeline.contracts.base import Table
from sop_pipeline.contracts.staging import engineering, finance, marketing, planning, production, sales, supply_chain

TABLES: dict[str, type[Table]] = {
    **sales.TABLES,
    **marketing.TABLES,
    **engineering.TABLES,
    **finance.TABLES,
    **production.TABLES,
    **supply_chain.TABLES,
    **planning.TABLES,
}
