"""The `supply:` settings of a company as the supply model takes them, and what they may say. What they do is in the constraints."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Switches:
    """The `supply:` settings of the company, and how the solver may search."""

    holding_cost_on: str = "closing"  # closing | average
    holding_cost_above: str = "zero"  # zero | minimum
    idle_hours: str = "allowed"  # allowed | none
    whole_heads: str = "false"  # false | optimal | nearest | up
    minimum_runs: bool = False  # a family is made in a run of its smallest lot at least, or not at all
    level_block_periods: int = 12
    stability_weight: float = 1.0
    slushy_fence_periods: int | None = None  # after the planning time fence; None = as many periods again
    slushy_multiple: float = 10.0  # times the usual price of leaving the approved plan, inside the slushy fence
    workforce_stability_weight: float = 0.0  # times the weight of rates, on hires and layoffs
    overload: str = "last_resort"  # last_resort | before_strategy: level and chase then show the load they would need
    gap: float = 1.0e-4
    node_limit: int = 100_000


SWITCH_VALUES = {
    "holding_cost_on": ("closing", "average"),
    "holding_cost_above": ("zero", "minimum"),
    "idle_hours": ("allowed", "none"),
    "whole_heads": ("false", "optimal", "nearest", "up"),
    "overload": ("last_resort", "before_strategy"),
}
