"""What an optimal plan had to assume, in sentences beside the families and resources it concerns. The repairs themselves stay out."""

from collections.abc import Mapping

from sop_pipeline.planning.balance.read import Balance
from sop_pipeline.planning.supply import SupplyPlan
from sop_pipeline.planning.supply.repair import Note

RESOURCE_TABLES = ("resources", "workforce")


def say_notes(plan: SupplyPlan, notes: list[list[list[str]]], family_position: Mapping[str, int]) -> None:
    """Add what was repaired about a family to its notes per period; what holds for all periods stands in the first."""
    for note in plan.notes:
        family = note.key.split("/")[0].split(" in ")[0]
        if note.table not in RESOURCE_TABLES and family in family_position:
            notes[family_position[family]][max(note.period, 0)].append(_sentence(note))


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
