"""Contracts of schema sop: what the meeting, BI and the review pack read. Names here are public and stable."""

from sop_pipeline.contracts.base import Table
from sop_pipeline.contracts.sop import balance, cash, demand, dimensions, exceptions, handoffs, meeting, quality, review, supply

TABLES: dict[str, type[Table]] = {
    **balance.TABLES,
    **demand.TABLES,
    **supply.TABLES,
    **review.TABLES,
    **exceptions.TABLES,
    **meeting.TABLES,
    **handoffs.TABLES,
    **cash.TABLES,
    **quality.TABLES,
    **dimensions.TABLES,
}
