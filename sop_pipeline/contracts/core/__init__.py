"""Contracts of schema core: conformed sets in planning units and the reporting currency."""

from sop_pipeline.contracts.base import Table
from sop_pipeline.contracts.core import calendar, events, facts, intentions, masters, resources

TABLES: dict[str, type[Table]] = {
    **calendar.TABLES,
    **masters.TABLES,
    **facts.TABLES,
    **resources.TABLES,
    **intentions.TABLES,
    **events.TABLES,
}
