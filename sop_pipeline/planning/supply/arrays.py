"""Array fields of the supply inputs: their axes, unit, range, and the check that enforces them. Which fields there are stays out."""

import dataclasses
import itertools
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

DTYPES: Mapping[str, type] = {"number": np.float64, "index": np.int64, "flag": np.bool_}


class InputError(ValueError):
    """An array of the supply inputs cannot be planned with; the message names table, field, position, value, rule and next step."""


def array(
    axes: str,
    unit: str,
    *,
    default: Any = dataclasses.MISSING,
    kind: str = "number",
    low: float = 0.0,
    optional: bool = False,
    endless: bool = False,
) -> Any:
    """Describe one array field.

    `axes`: letters of its dimensions; `unit`: what a value counts; `low`: smallest value that makes sense;
    `optional`: NaN means "none"; `endless`: infinity means "no limit". A scalar, or an array that broadcasts to the axes, is spread.
    """
    metadata = {"axes": axes, "unit": unit, "kind": kind, "low": low, "optional": optional, "endless": endless}
    return dataclasses.field(default=default, metadata=metadata)


def conform(table: Any, sizes: Mapping[str, int]) -> Any:
    """A copy of a dataclass whose array fields have their full shape and type.

    Raises InputError where a shape does not fit, where NaN stands in a field that needs a value, or where an index points outside its axis.
    Values below `low` are left for `repair`, which plans around them and says so.
    """
    changes: dict[str, Any] = {}
    for item in dataclasses.fields(table):
        if "axes" not in item.metadata:
            continue
        place = f"{type(table).__name__}.{item.name}"
        axes, kind = item.metadata["axes"], item.metadata["kind"]
        shape = tuple(sizes[axis] for axis in axes)
        given: NDArray[Any] = np.asarray(getattr(table, item.name), dtype=DTYPES[kind])
        if given.ndim == 1 and len(shape) == 2 and given.shape[0] == shape[0] != shape[1]:
            given = given[:, None]
        try:
            full = np.ascontiguousarray(np.broadcast_to(given, shape))
        except ValueError as error:
            wanted = " × ".join(f"{axis}={size}" for axis, size in zip(axes, shape, strict=True))
            raise InputError(
                f"{place} has shape {given.shape}, but needs {wanted}; give one value per cell or one that broadcasts"
            ) from error
        if kind == "number":
            _refuse_unusable(place, full, optional=item.metadata["optional"], endless=item.metadata["endless"])
        changes[item.name] = full
    return dataclasses.replace(table, **changes)


def below_range(table: Any) -> dict[str, NDArray[np.bool_]]:
    """Per array field that holds values below its range: where they are."""
    found = {}
    for item in dataclasses.fields(table):
        if item.metadata.get("kind") == "number":
            bad = getattr(table, item.name) < item.metadata["low"]
            if bad.any():
                found[item.name] = bad
    return found


def refuse_outside(place: str, positions: NDArray[np.int64], size: int) -> None:
    """Raise InputError where a position does not point into an axis of that size."""
    outside = np.flatnonzero((positions < 0) | (positions >= size))
    if outside.size:
        raise InputError(
            f"{place}[{outside[0]}] is {positions[outside[0]]}, but positions run from 0 to {size - 1}; build it from sorted keys"
        )


def refuse_unsorted(place: str, keys: list[tuple[Any, ...]]) -> None:
    """Raise InputError unless keys rise strictly: one order of the inputs is what makes one plan of them."""
    for number, (before, after) in enumerate(itertools.pairwise(keys), start=1):
        if not before < after:
            raise InputError(f"{place}[{number}] {after!r} does not come after {before!r}; sort by key and sum what shares one")


def refuse_unsorted_rows(place: str, columns: tuple[NDArray[np.int64], ...]) -> None:
    """The same for keys of whole numbers, one column per part, first part first."""
    rises, ties = (np.zeros(max(columns[0].size - 1, 0), dtype=bool), np.ones(max(columns[0].size - 1, 0), dtype=bool))
    for column in columns:
        rises |= ties & (column[:-1] < column[1:])
        ties &= column[:-1] == column[1:]
    if not rises.all():
        row = int(np.flatnonzero(~rises)[0])
        refuse_unsorted(place, [tuple(int(column[at]) for column in columns) for at in (row, row + 1)])


def _refuse_unusable(place: str, full: NDArray[Any], *, optional: bool, endless: bool) -> None:
    bad = np.zeros(full.shape, dtype=bool) if optional else np.isnan(full)
    bad |= np.isneginf(full) if endless else np.isinf(full)
    if bad.any():
        cell = tuple(np.argwhere(bad)[0].tolist())
        raise InputError(f"{place}{list(cell)} is {full[cell]}; this field needs a finite value there, so fill it or leave the row out")
