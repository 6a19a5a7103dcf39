"""Requirements of items through the levels of the bill of materials: netting, lots, lead times. Who supplies them stays out."""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from sop_pipeline.planning.supply.arrays import InputError, refuse_outside
from sop_pipeline.planning.supply.inputs import Floats, Positions

ALMOST = 1e-9  # of a lot: a need this close to whole lots is whole lots


@dataclass(frozen=True)
class ItemStructure:
    """Items and what goes into them. N items, B lines of the bill of materials; quantities in the unit of each item."""

    item_ids: tuple[str, ...]
    parent: Positions  # B: position of the item that is made
    component: Positions  # B: position of the item that goes into it
    quantity_per: Floats  # B: component units per parent unit, scrap included
    lead_time_periods: Positions  # N: periods from release to receipt
    on_hand_quantity: Floats  # N
    safety_quantity: Floats  # N: never planned to fall below
    lot_minimum: Floats  # N: least quantity of a receipt; 0 = none
    lot_multiple: Floats  # N: receipts are multiples of it; 0 = any quantity


@dataclass(frozen=True)
class Requirements:
    """What is needed and ordered when; all N × T but `level_code` and `past_due_quantity` (N), in the unit of each item."""

    level_code: Positions
    gross_quantity: Floats  # independent demand and what parents' releases take
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


def plan_requirements(structure: ItemStructure, independent_quantity: Floats, scheduled_quantity: Floats) -> Requirements:
    """Net every item against stock and scheduled receipts, level by level, and order in lots.

    `independent_quantity`, `scheduled_quantity`: N × T, demand from outside the bill of materials, and open orders by arrival.
    A receipt covers gross + safety − on hand − scheduled − ordered before, lifted to the minimum and rounded up to the multiple; it is
    released a lead time earlier, where it takes its components. Needs inside the lead time are released in the first period as past due.
    Raises InputError for a circle and for positions outside the items.
    """
    count = len(structure.item_ids)
    refuse_outside("bill_of_materials.parent", structure.parent, count)
    refuse_outside("bill_of_materials.component", structure.component, count)
    codes = level_codes(structure)
    order = np.argsort(codes, kind="stable")
    place = np.empty(count, dtype=np.int64)
    place[order] = np.arange(count)
    ends = np.cumsum(np.bincount(codes))
    usage = _usage_matrix(structure, place)
    gross = independent_quantity[order].astype(np.float64)
    scheduled = scheduled_quantity[order]
    receipts, releases = np.zeros_like(gross), np.zeros_like(gross)
    past_due = np.zeros(count)
    for start, end in zip((0, *ends[:-1]), ends, strict=True):
        level = slice(start, end)
        items = order[level]
        receipts[level] = _receipts(structure, items, gross[level], scheduled[level])
        releases[level], past_due[level] = _release(receipts[level], structure.lead_time_periods[items])
        taken = usage[level]
        if taken.nnz:
            gross += taken.T @ releases[level]
    projected = structure.on_hand_quantity[order][:, None] + np.cumsum(scheduled + receipts - gross, axis=1)
    return Requirements(codes, gross[place], receipts[place], releases[place], past_due[place], projected[place])


def _receipts(structure: ItemStructure, items: Positions, gross: Floats, scheduled: Floats) -> Floats:
    """Planned receipts of the items of one level, period by period."""
    multiple = structure.lot_multiple[items]
    minimum = structure.lot_minimum[items]
    lot = np.where(multiple > 0, multiple, 1.0)
    # Netting is cumulative: what a period lacks is what all periods up to it need beyond everything that has come or been ordered.
    need = np.cumsum(gross - scheduled, axis=1) - (structure.on_hand_quantity - structure.safety_quantity)[items][:, None]
    receipts = np.zeros_like(gross)
    ordered = np.zeros(items.size)
    for period in np.flatnonzero((need > 0).any(axis=0)):
        missing = need[:, period] - ordered
        wanted = np.maximum(missing, minimum)
        wanted = np.where(multiple > 0, np.ceil(wanted / lot - ALMOST) * lot, wanted)
        receipts[:, period] = np.where(missing > ALMOST * np.maximum(1.0, np.abs(need[:, period])), wanted, 0.0)
        ordered += receipts[:, period]
    return receipts


def _release(receipts: Floats, lead_time: Positions) -> tuple[Floats, Floats]:
    """Receipts moved a lead time earlier, and per item what falls before the first period, which is released in it."""
    periods = receipts.shape[1]
    total = np.concatenate([np.zeros((receipts.shape[0], 1)), np.cumsum(receipts, axis=1)], axis=1)
    until = np.minimum(np.arange(1, periods + 1) + lead_time[:, None], periods)
    released = np.take_along_axis(total, until, axis=1)
    releases = np.diff(released, axis=1, prepend=0.0)
    late = np.take_along_axis(total, np.minimum(lead_time, periods)[:, None], axis=1)[:, 0]
    return releases, late


def _usage_matrix(structure: ItemStructure, place: Positions) -> sp.csr_matrix:
    shape = (place.size, place.size)
    return sp.csr_matrix((structure.quantity_per, (place[structure.parent], place[structure.component])), shape=shape)


def _ranges(start: Positions, end: Positions) -> NDArray[np.int64]:
    """All whole numbers from each start up to its end."""
    count = end - start
    return np.repeat(start - np.cumsum(count) + count, count) + np.arange(count.sum())
