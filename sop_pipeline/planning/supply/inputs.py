"""What the supply model plans from: typed tables of NumPy arrays, each field with its axes and unit. Prices derived from them stay out.

Axes: F families, T periods, A periods after them, K kinds of supply, J sources, R resources, L labour pools, E usages, U issues,
S stock usages.
Quantities are planning units of the family; money is the reporting currency; capacity is in the resource's own unit.
"""

# ruff: noqa: RUF009 # array() describes a field, as dataclasses.field does
import copy
import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sop_pipeline.planning.supply.arrays import InputError, array, conform, refuse_outside, refuse_unsorted, refuse_unsorted_rows
from sop_pipeline.planning.supply.switches import SWITCH_VALUES, Switches

Floats = NDArray[np.float64]
Positions = NDArray[np.int64]
Flags = NDArray[np.bool_]

STRATEGIES = ("level", "chase", "hybrid", "least_cost")
KINDS = ("production", "subcontract", "purchase")
PRODUCTION, SUBCONTRACT, PURCHASE = range(3)
NONE = float("nan")
UNLIMITED = float("inf")
NO_ROWS: Positions = np.zeros(0, dtype=np.int64)
NO_VALUES: Floats = np.zeros(0)
NO_PERIODS: tuple[tuple[float, ...], ...] = ((),)


@dataclass(frozen=True)
class Families:
    """One entry per family, sorted by family_id."""

    family_ids: tuple[str, ...]
    demand_quantity: Floats = array("FT", "planning units: demand (make-to-stock) or bookings of what is left of the period")
    working_days: Floats = array("FT", "working days left in the period", default=20.0)
    opening_inventory_quantity: Floats = array("F", "planning units", default=0.0)
    opening_backlog_quantity: Floats = array("F", "planning units: open orders, or shortage of make-to-stock", default=0.0)
    unit_value_amount: Floats = array("F", "money per planning unit: standard cost", default=0.0)
    holding_cost: Floats = array("FT", "money per planning unit and period", default=0.0)
    backorder_cost: Floats = array("FT", "money per planning unit and period", default=0.0)
    lost_sale_cost: Floats = array("FT", "money per planning unit", default=0.0)
    is_backorder_cost_given: Flags = array("F", "the cost is money, not a derived price", default=False, kind="flag")
    is_lost_sale_cost_given: Flags = array("F", "the cost is money, not a derived price", default=False, kind="flag")
    is_make_to_order: Flags = array("F", "planned on bookings, with a backlog", default=False, kind="flag")
    is_lost_sale_allowed: Flags = array("F", "demand may be refused instead of waiting", default=False, kind="flag")
    target_inventory_quantity: Floats = array("FT", "planning units at the end", default=NONE, optional=True)
    minimum_inventory_quantity: Floats = array("FT", "planning units at the end", default=NONE, optional=True)
    maximum_inventory_quantity: Floats = array("FT", "planning units at the end", default=NONE, optional=True)
    target_backlog_quantity: Floats = array("FT", "planning units at the end, make-to-order", default=NONE, optional=True)
    promised_backlog_quantity: Floats = array("FT", "planning units of backlog the market accepts", default=0.0)
    maximum_backlog_quantity: Floats = array("FT", "planning units at the end", default=UNLIMITED, endless=True)
    inventory_override_quantity: Floats = array("FT", "planning units the plan must close with", default=NONE, optional=True)
    backlog_override_quantity: Floats = array("FT", "planning units the plan must close with", default=NONE, optional=True)
    shelf_life_periods: Positions = array("F", "periods a unit keeps; 0 = it does not spoil", default=0, kind="index")
    fresh_opening_periods: Positions = array("F", "periods the opening stock still keeps", default=0, kind="index")
    fresh_opening_quantity: Floats = array(
        "FT", "planning units of the opening stock still good at the end, instead of `fresh_opening_periods`", default=NONE, optional=True
    )
    previous_rate: Floats = array("F", "planning units per working day before the first period", default=NONE, optional=True)
    purchase_ratio: Floats = array("F", "units bought per unit made, where the mix of items says it", default=NONE, optional=True)
    strategies: tuple[str, ...] = ()
    period_strategy: Positions = array("FT", "position in STRATEGIES; -1 = that of the family", default=-1, kind="index")


@dataclass(frozen=True)
class Sources:
    """One entry per way to supply a family, sorted by family, kind, source_id."""

    source_ids: tuple[str, ...]
    family: Positions = array("J", "position of the family", kind="index")
    kind: Positions = array("J", "position in KINDS", kind="index")
    unit_cost: Floats = array("JT", "money per unit supplied", default=0.0)
    yield_ratio: Floats = array("J", "good units per unit supplied", default=1.0)
    minimum_quantity: Floats = array("JT", "planning units", default=0.0)
    maximum_quantity: Floats = array("JT", "planning units", default=UNLIMITED, endless=True)
    fixed_quantity: Floats = array("JT", "planning units: frozen", default=NONE, optional=True)
    approved_quantity: Floats = array("JT", "planning units in the last approved plan", default=NONE, optional=True)
    anchor_multiple: Floats = array("JT", "times the usual price of leaving the approved plan; more inside the slushy fence", default=1.0)
    minimum_run_quantity: Floats = array("JT", "planning units: nothing, or at least this", default=0.0)


@dataclass(frozen=True)
class KindLimits:
    """Per kind of supply, family and period; an override or a frozen period sets both to the same quantity."""

    minimum_quantity: Floats = array("KFT", "planning units over all sources of the kind", default=0.0)
    maximum_quantity: Floats = array("KFT", "planning units over all sources of the kind", default=UNLIMITED, endless=True)


@dataclass(frozen=True)
class Usages:
    """Bill of resources: what a unit of a source takes of a resource, `offset` periods before it is supplied; sorted, one row per key."""

    source: Positions = array("E", "position of the source", default=0, kind="index")
    resource: Positions = array("E", "position of the resource", default=0, kind="index")
    offset: Positions = array("E", "periods before completion", default=0, kind="index")
    usage_per_unit: Floats = array("E", "capacity units per planning unit", default=0.0)

    def take(self, rows: Positions) -> "Usages":
        """The usages of the given rows."""
        return Usages(self.source[rows], self.resource[rows], self.offset[rows], self.usage_per_unit[rows])


@dataclass(frozen=True)
class Issues:
    """What the production of one family takes of another, `offset` periods before it; sorted, one row per key."""

    component: Positions = array("U", "position of the family that is taken", default=0, kind="index")
    consumer: Positions = array("U", "position of the family whose production takes it", default=0, kind="index")
    offset: Positions = array("U", "periods before the consumer's completion", default=0, kind="index")
    quantity_per_unit: Floats = array("U", "planning units of the component per unit of the consumer", default=0.0)

    def take(self, rows: Positions) -> "Issues":
        """The issues of the given rows."""
        return Issues(self.component[rows], self.consumer[rows], self.offset[rows], self.quantity_per_unit[rows])


@dataclass(frozen=True)
class StockUsages:
    """What a unit in stock takes of a resource (m3, pallets, money): storage and working capital; sorted, one row per key."""

    family: Positions = array("S", "position of the family", default=0, kind="index")
    resource: Positions = array("S", "position of the resource", default=0, kind="index")
    usage_per_unit: Floats = array("S", "capacity units per planning unit in stock", default=0.0)


@dataclass(frozen=True)
class Resources:
    """One entry per resource, sorted by resource_id. A labour resource with a pool gets its regular hours from heads, beside these."""

    resource_ids: tuple[str, ...] = ()
    regular_capacity: Floats = array("RT", "capacity units", default=UNLIMITED, endless=True)
    regular_cost: Floats = array("RT", "money per capacity unit used; 0 where heads are paid", default=0.0)
    overtime_capacity: Floats = array("RT", "capacity units", default=0.0, endless=True)
    overtime_cost: Floats = array("RT", "money per capacity unit used", default=0.0)
    extra_shift_capacity: Floats = array("RT", "capacity units beyond overtime", default=0.0, endless=True)
    extra_shift_cost: Floats = array("RT", "money per capacity unit used", default=0.0)
    is_storable: Flags = array("R", "what is not used stays for the next period: material, quota", default=False, kind="flag")


@dataclass(frozen=True)
class Workforce:
    """One entry per labour pool, sorted by resource."""

    resource: Positions = array("L", "position of the resource the pool staffs", default=0, kind="index")
    opening_heads: Floats = array("L", "heads", default=0.0)
    regular_hours_per_head: Floats = array("LT", "hours in the period", default=0.0)
    overtime_hours_per_head: Floats = array("LT", "hours in the period", default=0.0)
    regular_wage_per_hour: Floats = array("LT", "money per hour, worked or idle", default=0.0)
    overtime_wage_per_hour: Floats = array("LT", "money per hour worked", default=0.0)
    hire_cost: Floats = array("LT", "money per head", default=0.0)
    layoff_cost: Floats = array("LT", "money per head", default=0.0)
    expected_leavers: Floats = array("LT", "heads", default=0.0)
    temporary_heads: Floats = array("LT", "heads beside the pool, paid the regular wage", default=0.0)
    maximum_hires: Floats = array("LT", "heads", default=UNLIMITED, endless=True)
    maximum_layoffs: Floats = array("LT", "heads", default=UNLIMITED, endless=True)
    minimum_heads: Floats = array("LT", "heads", default=0.0)
    maximum_heads: Floats = array("LT", "heads", default=UNLIMITED, endless=True)


@dataclass(frozen=True)
class Timing:
    """Where the planned periods lie in time; without days after the horizon nothing is done in it for what completes later. A periods."""

    first_period_ratio: float = 1.0  # of the first period is still to come
    season_periods: int = 12  # the rates of the last so many periods go on after the horizon
    working_days_after: Floats = array("FA", "working days of the periods after the horizon", default=NO_PERIODS)


@dataclass(frozen=True)
class SupplyInputs:
    """Everything a supply plan depends on. Building it checks and spreads every array; tables that do not apply may be left out.

    Raises InputError for wrong shapes, missing values, positions outside their axis and keys that are not sorted and unique.
    """

    families: Families
    sources: Sources
    limits: KindLimits = KindLimits()
    usages: Usages = dataclasses.field(default_factory=lambda: Usages(NO_ROWS, NO_ROWS, NO_ROWS, NO_VALUES))
    issues: Issues = dataclasses.field(default_factory=lambda: Issues(NO_ROWS, NO_ROWS, NO_ROWS, NO_VALUES))
    resources: Resources = Resources()
    stock_usages: StockUsages = dataclasses.field(default_factory=lambda: StockUsages(NO_ROWS, NO_ROWS, NO_VALUES))
    workforce: Workforce = dataclasses.field(default_factory=lambda: Workforce(NO_ROWS))
    switches: Switches = Switches()
    timing: Timing = dataclasses.field(default_factory=Timing)

    def __post_init__(self) -> None:
        demand = np.asarray(self.families.demand_quantity, dtype=np.float64)
        sizes = {
            "F": len(self.families.family_ids),
            "T": demand.shape[-1],
            "K": len(KINDS),
            "J": len(self.sources.source_ids),
            "R": len(self.resources.resource_ids),
            "L": np.size(self.workforce.resource),
            "E": np.size(self.usages.source),
            "U": np.size(self.issues.component),
            "S": np.size(self.stock_usages.family),
            "P": len(STRATEGIES) + 1,
            "A": np.shape(self.timing.working_days_after)[-1],
        }
        for name in ("families", "sources", "limits", "usages", "issues", "resources", "stock_usages", "workforce", "timing"):
            object.__setattr__(self, name, conform(getattr(self, name), sizes))
        if not self.families.strategies:
            object.__setattr__(self, "families", dataclasses.replace(self.families, strategies=("least_cost",) * sizes["F"]))
        self._check_keys(sizes)
        self._check_names(sizes)

    def swap(self, **tables: Any) -> "SupplyInputs":
        """A copy with other tables that were derived from checked ones, so that nothing is checked again."""
        swapped = copy.copy(self)
        for name, table in tables.items():
            object.__setattr__(swapped, name, table)
        return swapped

    @property
    def shape(self) -> tuple[int, int]:
        """Families and periods."""
        families, periods = self.families.demand_quantity.shape
        return families, periods

    @property
    def opening_position_quantity(self) -> Floats:
        """Inventory less backlog before the first period, per family."""
        return self.families.opening_inventory_quantity - self.families.opening_backlog_quantity

    def issue_pairs(self) -> tuple[Issues, Positions]:
        """Every issue once per production source of its consumer: the issues and, beside them, the source."""
        making = np.flatnonzero(self.sources.kind == PRODUCTION)
        maker = self.sources.family[making]  # sorted, as the sources are
        first = np.searchsorted(maker, self.issues.consumer, "left")
        count = np.bincount(maker, minlength=self.shape[0])[self.issues.consumer]
        row = np.repeat(np.arange(count.size), count)
        source = np.repeat(first, count) + np.arange(row.size) - np.repeat(np.cumsum(count) - count, count)
        return self.issues.take(row), making[source]

    def _check_keys(self, sizes: dict[str, int]) -> None:
        pointers = (
            ("sources.family", self.sources.family, "F"),
            ("sources.kind", self.sources.kind, "K"),
            ("usages.source", self.usages.source, "J"),
            ("usages.resource", self.usages.resource, "R"),
            ("issues.component", self.issues.component, "F"),
            ("issues.consumer", self.issues.consumer, "F"),
            ("stock_usages.family", self.stock_usages.family, "F"),
            ("stock_usages.resource", self.stock_usages.resource, "R"),
            ("workforce.resource", self.workforce.resource, "R"),
            ("families.period_strategy", self.families.period_strategy + 1, "P"),
        )
        for place, positions, axis in pointers:
            refuse_outside(place, positions, sizes[axis])
        for place, offsets in (("usages.offset", self.usages.offset), ("issues.offset", self.issues.offset)):
            if (offsets < 0).any():
                raise InputError(
                    f"{place} holds {offsets.min()}; what is needed after completion is no lead time, so give 0 or more periods"
                )
        refuse_unsorted("families.family_ids", [(key,) for key in self.families.family_ids])
        refuse_unsorted("resources.resource_ids", [(key,) for key in self.resources.resource_ids])
        refuse_unsorted(
            "sources", list(zip(self.sources.family.tolist(), self.sources.kind.tolist(), self.sources.source_ids, strict=True))
        )
        refuse_unsorted("workforce", [(key,) for key in self.workforce.resource.tolist()])
        for place, columns in (
            ("usages", (self.usages.source, self.usages.resource, self.usages.offset)),
            ("issues", (self.issues.component, self.issues.consumer, self.issues.offset)),
            ("stock_usages", (self.stock_usages.family, self.stock_usages.resource)),
        ):
            refuse_unsorted_rows(place, columns)

    def _check_names(self, sizes: dict[str, int]) -> None:
        for name, allowed in SWITCH_VALUES.items():
            if getattr(self.switches, name) not in allowed:
                raise InputError(f"switches.{name} is {getattr(self.switches, name)!r}; it is one of {', '.join(allowed)}")
        strategies = self.families.strategies
        if len(strategies) != sizes["F"] or set(strategies) - set(STRATEGIES):
            raise InputError(
                f"families.strategies names {sorted(set(strategies))} for {len(strategies)} families; give each {', '.join(STRATEGIES)}"
            )
