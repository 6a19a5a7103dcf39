"""Requirements of items through the levels of the bill of materials: netting, lots, lead times. Who supplies them stays out."""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from sop_pipeline.planning.supply.arrays import InputError, refuse_outside
from sop_pipeline.planning.supply.inputs import Flags, Floats, Positions

ALMOST = 1e-9  # of a lot: a need this close to whole lots is whole lots


@dataclass(frozen=True)
class ItemStructure:
    """Items and what goes into them. N items, B lines of the bill of materials; quantities in the unit of each item."""

    item_ids: tuple[str, ...]
    parent: Positions  # B: position of the item that is made
    component: Positions  # B: position of the item that goes into it
    quantity_per: Floats  # B: component units per parent unit, scrap included
    timing: Positions  # K × T: per kind of lead the period it begins in for a receipt in each period; −1 = before the first
    lead: Positions  # N: the kind of lead from release to receipt of an item
    line_lead: Positions  # B: the kind of lead of a line before its parent's receipt; −1 = when the parent is released
    is_scheduled: Flags  # N: receipts are given by a plan above the item; stock on hand and demand stand in that plan
    on_hand_quantity: Floats  # N
    safety_quantity: Floats  # N: never planned to fall below
    lot_minimum: Floats  # N: least quantity of a receipt; 0 = none
    lot_multiple: Floats  # N: receipts are multiples of it; 0 = any quantity


@dataclass(frozen=True)
class Requirements:
    """What is needed and ordered when; all N × T but `level_code` and `past_due_quantity` (N), in the unit of each item."""

    level_code: Positions
    gross_quantity: Floats  # independent demand and what parents take
    net_quantity: Floats  # what stock, scheduled receipts and orders before leave open, before lots
    receipt_quantity: Floats  # planned orders by the period they arrive in
    release_quantity: Floats  # planned orders by the period they are released in; late ones in the first
    past_due_quantity: Floats  # of the first period's releases, what should have been released before it
    projected_quantity: Floats  # stock at the end, planned and scheduled receipts included


def level_codes(structure: ItemStructure) -> Positions:
    """Per item the longest way down to it from an item nothing uses: 0 for those. Raises InputError that names an item of a circle."""
    count = len(structure.item_ids)
    codes = np.zeros(count, dtype=np.int64)
    waiting = np.bincount(structure.component, minlength=count)
    order = np.argsort(structure.parent, kind="stable")
    component = structure.component[order]
    first = np.searchsorted(structure.parent[order], np.arange(count + 1))
    ready = np.flatnonzero(waiting == 0)
    level = 0
    done = 0
    while ready.size:
        codes[ready] = level
        done += ready.size
        lines = _ranges(first[ready], first[ready + 1])
        np.subtract.at(waiting, component[lines], 1)
        touched = np.unique(component[lines])
        ready = touched[waiting[touched] == 0]
        level += 1
    if done < count:
        item = structure.item_ids[int(np.flatnonzero(waiting > 0)[0])]
        raise InputError(
            f"bill_of_materials: item {item!r} goes into itself, or hangs below an item that does; break the circle and plan again"
        )
    return codes


def plan_requirements(
    structure: ItemStructure,
    independent_quantity: Floats,
    scheduled_quantity: Floats,
    *,
    planned_quantity: Floats | None = None,
    unissued_quantity: Floats | None = None,
    most_quantity: Floats | None = None,
) -> Requirements:
    """Net every item against stock and scheduled receipts, level by level, and order in lots.

    All N × T: `independent_quantity`, demand from outside the bill of materials; `scheduled_quantity`, open orders by arrival;
    `planned_quantity`, receipts of `is_scheduled` items as the plan above gives them, open orders included; `unissued_quantity`, the part
    of open orders that has not taken its components yet. A receipt covers gross + safety − on hand − scheduled − ordered before, lifted
    to the minimum and rounded up to the multiple; it is released a lead time earlier, where it takes its components. Needs inside the
    lead time are released in the first period as past due. `most_quantity`, what can come of an item in a period: what is needed beyond
    it is ordered ahead, as late as there is room, and in its own period where there is none.

    Raises InputError for a circle and for positions outside the items.
    """
    count = len(structure.item_ids)
    refuse_outside("bill_of_materials.parent", structure.parent, count)
    refuse_outside("bill_of_materials.component", structure.component, count)
    codes = level_codes(structure)
    order = np.argsort(codes, kind="stable")
    place = np.empty(count, dtype=np.int64)
    place[order] = np.arange(count)
    sizes = np.bincount(codes)
    ends = np.cumsum(sizes)
    usages = [(kind, _usage_matrix(structure, place, structure.line_lead == kind)) for kind in np.unique(structure.line_lead).tolist()]
    gross = independent_quantity[order].astype(np.float64)
    scheduled = scheduled_quantity[order]
    planned = None if planned_quantity is None else planned_quantity[order]
    unissued = np.zeros_like(gross) if unissued_quantity is None else unissued_quantity[order]
    most = None if most_quantity is None else most_quantity[order]
    net, receipts, releases = np.zeros_like(gross), np.zeros_like(gross), np.zeros_like(gross)
    past_due = np.zeros(count)
    for start, end in zip(ends - sizes, ends, strict=True):
        level = slice(start, end)
        items = order[level]
        wanted = gross[level]
        if planned is not None:
            wanted = np.where(structure.is_scheduled[items, None], planned[level], wanted)
        net[level], receipts[level] = _receipts(structure, items, wanted, scheduled[level])
        if most is not None:
            receipts[level] = order_ahead(receipts[level], most[level], structure.lot_multiple[items])
        when = structure.timing[structure.lead[items]]
        releases[level], past_due[level] = _release(receipts[level], when)
        for kind, usage in usages:
            taken = usage[level]
            if not taken.nnz:
                continue
            if kind < 0:
                begun = releases[level] + _release(unissued[level], when)[0]
            else:
                begun = _release(receipts[level] + unissued[level], np.broadcast_to(structure.timing[kind], gross[level].shape))[0]
            gross += taken.T @ begun
    projected = structure.on_hand_quantity[order][:, None] + np.cumsum(scheduled + receipts - gross, axis=1)
    return Requirements(codes, gross[place], net[place], receipts[place], releases[place], past_due[place], projected[place])


def _receipts(structure: ItemStructure, items: Positions, gross: Floats, scheduled: Floats) -> tuple[Floats, Floats]:
    """Net requirements and planned receipts of the items of one level, period by period."""
    multiple = structure.lot_multiple[items]
    minimum = structure.lot_minimum[items]
    lot = np.where(multiple > 0, multiple, 1.0)
    # A scheduled item's receipts are its plan already: neither its stock nor its safety stock counts again.
    available = np.where(structure.is_scheduled, 0.0, structure.on_hand_quantity - structure.safety_quantity)[items]
    # Netting is cumulative: what a period lacks is what all periods up to it need beyond everything that has come or been ordered.
    need = np.cumsum(gross - scheduled, axis=1) - available[:, None]
    net, receipts = np.zeros_like(gross), np.zeros_like(gross)
    ordered = np.zeros(items.size)
    for period in np.flatnonzero((need > 0).any(axis=0)):
        missing = need[:, period] - ordered
        is_missing = missing > ALMOST * np.maximum(1.0, np.abs(need[:, period]))
        wanted = np.maximum(missing, minimum)
        wanted = np.where(multiple > 0, np.ceil(wanted / lot - ALMOST) * lot, wanted)
        net[:, period] = np.where(is_missing, missing, 0.0)
        receipts[:, period] = np.where(is_missing, wanted, 0.0)
        ordered += receipts[:, period]
    return net, receipts


def order_ahead(receipts: Floats, most: Floats, multiple: Floats) -> Floats:
    """Receipts of items (N × T) moved to earlier periods where they are more than can come; whole multiples move, 0 = any quantity."""
    moved = receipts.copy()
    for item, period in np.argwhere(receipts > most).tolist():
        lot = multiple[item]
        for earlier in range(period - 1, -1, -1):
            excess, room = moved[item, period] - most[item, period], most[item, earlier] - moved[item, earlier]
            if excess <= 0:
                break
            quantity = min(excess, room)
            if lot > 0:
                wanted = min(np.ceil(excess / lot - ALMOST) * lot, moved[item, period])
                quantity = min(wanted, np.floor(room / lot + ALMOST) * lot) if np.isfinite(room) else wanted
            if quantity > 0:
                moved[item, period] -= quantity
                moved[item, earlier] += quantity
    return moved


def _release(receipts: Floats, when: Positions) -> tuple[Floats, Floats]:
    """Receipts moved to the period their lead begins in, and per item what falls before the first period, which is released in it."""
    count, periods = receipts.shape
    cells = np.maximum(when, 0) + np.arange(count)[:, None] * periods
    releases: Floats = np.bincount(cells.ravel(), receipts.ravel(), minlength=receipts.size).astype(np.float64).reshape(receipts.shape)
    late = np.where(when < 0, receipts, 0.0).sum(axis=1)
    return releases, late


def whole_leads(lead_periods: Positions, periods: int) -> Positions:
    """Timing of leads that are whole periods: K × T."""
    begun = np.arange(periods) - lead_periods[:, None]
    return np.where(begun < 0, -1, begun)


def _usage_matrix(structure: ItemStructure, place: Positions, lines: Flags) -> sp.csr_matrix:
    shape = (place.size, place.size)
    cells = (place[structure.parent[lines]], place[structure.component[lines]])
    return sp.csr_matrix((structure.quantity_per[lines], cells), shape=shape)


def _ranges(start: Positions, end: Positions) -> NDArray[np.int64]:
    """All whole numbers from each start up to its end."""
    count = end - start
    return np.repeat(start - np.cumsum(count) + count, count) + np.arange(count.sum())
