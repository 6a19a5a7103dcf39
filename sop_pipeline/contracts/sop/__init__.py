"""Contracts of schema sop: what the meeting, BI and the review pack read. Names here are public and stable."""

from sop_pipeline.contracts.base import Table
from sop_pipeline.contracts.sop import balance, dimensions, quality, review, supply

TABLES: dict[str, type[Table]] = {**balance.TABLES, **supply.TABLES, **review.TABLES, **quality.TABLES, **dimensions.TABLES}
