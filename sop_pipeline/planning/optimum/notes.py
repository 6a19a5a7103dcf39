"""What an optimal plan had to assume, in sentences beside the families and resources it concerns. The repairs themselves stay out."""

from collections.abc import Mapping

import numpy as np

from sop_pipeline.planning.balance.plan import count_periods
from sop_pipeline.planning.balance.read import Balance
from sop_pipeline.planning.supply import SupplyPlan
from sop_pipeline.planning.supply.constraints.perishables import perishable
from sop_pipeline.planning.supply.repair import Note

RESOURCE_TABLES = ("resources", "workforce")
WORTH_SAYING = 1e-3  # of a unit's value: less is what ties are broken by


def say_notes(plan: SupplyPlan, notes: list[list[list[str]]], family_position: Mapping[str, int]) -> None:
    """Add what was repaired about a family to its notes per period; what holds for all periods stands in the first."""
    for note in plan.notes:
        family = note.key.split("/")[0].split(" in ")[0]
        if note.table not in RESOURCE_TABLES and family in family_position:
            notes[family_position[family]][max(note.period, 0)].append(_sentence(note))


def say_shelf_life(plan: SupplyPlan, notes: list[list[list[str]]]) -> None:
    """Add to the notes per period where a family would be built further ahead if it kept longer; what spoils is said with the path."""
    programme, done = plan.model.programme, plan.quantities
    families = perishable(plan.inputs)
    if not families.size:
        return
    worth = -programme.rows(plan.solution.row_duals, "shelf_life")
    at_limit = worth > WORTH_SAYING * plan.model.prices.value[families][:, None]
    at_limit &= (done.inventory[families] > 0) & (done.scrap[families] == 0)
    for place, period in np.argwhere(at_limit):
        family = int(families[place])
        notes[family][period].append(
            f"no more is made ahead: stock keeps {count_periods(int(plan.inputs.families.shelf_life_periods[family]))}"
        )


def resource_notes(balance: Balance, plan: SupplyPlan) -> list[list[str]]:
    """Per resource and period what was assumed about it, joined by semicolons."""
    resources = balance.resources
    said: list[list[list[str]]] = [[[] for _ in range(balance.axes.horizon)] for _ in resources.resource_ids]
    used = {*balance.usage.resource.tolist(), *balance.stock_use.resource.tolist()}
    for resource in sorted(used):
        if not resources.is_labour[resource]:
            for period, known in enumerate(resources.is_capacity_known[resource]):
                if not known:
                    said[resource][period].append("capacity not known: no limit to the plan")
    position = {resource: number for number, resource in enumerate(resources.resource_ids)}
    for note in plan.notes:
        if note.table in RESOURCE_TABLES and note.key in position:
            said[position[note.key]][max(note.period, 0)].append(_sentence(note))
    return [["; ".join(notes) for notes in periods] for periods in said]


def _sentence(note: Note) -> str:
    return f"{note.column} {note.asked:g} planned as {note.used:g}: {note.rule}"
