"""Supply by plain arithmetic: level and chase rates, what they leave in stock and backlog, and what they load. Optimising stays out."""

from sop_pipeline.planning.balance.supply import SupplyResult, balance_supply

__all__ = ["SupplyResult", "balance_supply"]
