"""The sparse builder of a linear programme: blocks of columns and rows, triplets, units. What the blocks mean stays out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Indices = NDArray[np.int32]
Shape = tuple[int, ...]

CONTINUOUS, INTEGER, SEMI_CONTINUOUS = 0, 1, 2
INFINITY = float("inf")
# HiGHS drops coefficients up to 1e-9 with a warning; after scaling they move a row by less than any tolerance, so they are left out here.
SMALLEST_COEFFICIENT = 1e-8


@dataclass(frozen=True)
class Block:
    """A named run of columns or rows: position of the first one, shape, and the size of one solver unit in natural units."""

    start: int
    shape: Shape
    scale: Floats

    @property
    def size(self) -> int:
        return int(np.prod(self.shape, dtype=np.int64))

    @property
    def where(self) -> slice:
        return slice(self.start, self.start + self.size)


@dataclass(frozen=True)
class Programme:
    """A linear programme in solver units, column-wise, and what turns its answers back into natural units.

    `money` is the size of one solver unit of money. Row duals and reduced costs come back as money per natural unit.
    """

    cost: Floats
    lower: Floats
    upper: Floats
    kind: Indices
    row_lower: Floats
    row_upper: Floats
    start: Indices
    index: Indices
    value: Floats
    offset: float
    money: float
    column_scale: Floats
    row_scale: Floats
    column_blocks: Mapping[str, Block]
    row_blocks: Mapping[str, Block]

    @property
    def signature(self) -> tuple[Any, ...]:
        """What two programmes must share for a basis of one to start the other."""
        shapes = tuple((name, block.shape) for blocks in (self.column_blocks, self.row_blocks) for name, block in blocks.items())
        return (*shapes, self.index.size)

    @property
    def is_mixed_integer(self) -> bool:
        return bool((self.kind != CONTINUOUS).any())

    def columns(self, vector: Floats, name: str) -> Floats:
        """The part of a vector over all columns that belongs to a block, in the block's shape; empty where there is no such block."""
        block = self.column_blocks.get(name)
        return np.zeros(0) if block is None else vector[block.where].reshape(block.shape)

    def rows(self, vector: Floats, name: str) -> Floats:
        """The part of a vector over all rows that belongs to a block, in the block's shape; empty where there is no such block."""
        block = self.row_blocks.get(name)
        return np.zeros(0) if block is None else vector[block.where].reshape(block.shape)


@dataclass
class MatrixBuilder:
    """Collects blocks and triplets in natural units; `build` sorts once and scales.

    A quantity scale is the size of one solver unit: columns hold natural quantity ÷ scale, rows natural value ÷ scale.
    """

    money: float = 1.0
    offset_amount: float = 0.0
    _column_blocks: dict[str, Block] = field(default_factory=dict)
    _row_blocks: dict[str, Block] = field(default_factory=dict)
    _columns: list[tuple[Floats, Floats, Floats, Indices]] = field(default_factory=list)
    _rows: list[tuple[Floats, Floats]] = field(default_factory=list)
    _triplets: list[tuple[Indices, Indices, Floats]] = field(default_factory=list)
    _column_count: int = 0
    _row_count: int = 0

    def columns(
        self,
        name: str,
        shape: Shape,
        *,
        cost: ArrayLike = 0.0,
        lower: ArrayLike = 0.0,
        upper: ArrayLike = INFINITY,
        scale: ArrayLike = 1.0,
        kind: ArrayLike = CONTINUOUS,
    ) -> Indices:
        """Allocate a block of columns and return their positions in the given shape; everything broadcasts to it."""
        block = _block(name, shape, scale, self._column_count, self._column_blocks)
        whole = _spread(kind, shape).astype(np.int32)
        self._columns.append((_spread(cost, shape), _spread(lower, shape), _spread(upper, shape), whole))
        self._column_count += block.size
        return np.arange(block.start, self._column_count, dtype=np.int32).reshape(shape)

    def rows(self, name: str, shape: Shape, lower: ArrayLike, upper: ArrayLike, scale: ArrayLike = 1.0) -> Indices:
        """Allocate a block of rows and return their positions in the given shape; everything broadcasts to it."""
        block = _block(name, shape, scale, self._row_count, self._row_blocks)
        self._rows.append((_spread(lower, shape), _spread(upper, shape)))
        self._row_count += block.size
        return np.arange(block.start, self._row_count, dtype=np.int32).reshape(shape)

    def put(self, rows: Indices, columns: Indices, values: ArrayLike) -> None:
        """Set coefficients, broadcast together. A cell may be set once: HiGHS refuses duplicates."""
        spread = np.broadcast_arrays(rows, columns, np.asarray(values, dtype=np.float64))
        self._triplets.append((spread[0].ravel(), spread[1].ravel(), spread[2].ravel()))

    def build(self) -> Programme:
        """One stable sort by column gives the matrix; scales turn it into solver units."""
        cost, lower, upper, kind = (np.concatenate(parts) for parts in zip(*self._columns, strict=True))
        row_lower, row_upper = (np.concatenate(parts) for parts in zip(*self._rows, strict=True))
        rows, columns, values = (np.concatenate(parts) for parts in zip(*self._triplets, strict=True))
        column_scale = np.concatenate([block.scale for block in self._column_blocks.values()])
        row_scale = np.concatenate([block.scale for block in self._row_blocks.values()])

        values = values * column_scale[columns] / row_scale[rows]
        kept = np.abs(values) >= SMALLEST_COEFFICIENT
        rows, columns, values = rows[kept], columns[kept], values[kept]
        order = np.argsort(columns, kind="stable")
        start = np.zeros(self._column_count + 1, dtype=np.int32)
        np.cumsum(np.bincount(columns, minlength=self._column_count), out=start[1:])
        return Programme(
            cost=cost * column_scale / self.money,
            lower=lower / column_scale,
            upper=upper / column_scale,
            kind=kind,
            row_lower=row_lower / row_scale,
            row_upper=row_upper / row_scale,
            start=start,
            index=rows[order].astype(np.int32),
            value=values[order],
            offset=self.offset_amount / self.money,
            money=self.money,
            column_scale=column_scale,
            row_scale=row_scale,
            column_blocks=MappingProxyType(dict(self._column_blocks)),
            row_blocks=MappingProxyType(dict(self._row_blocks)),
        )


def power_of_two(size: ArrayLike) -> Floats:
    """The power of two nearest to each size, 1 where the size is not a positive number: scaling by it loses no digit."""
    sizes = np.asarray(size, dtype=np.float64)
    usable = np.isfinite(sizes) & (sizes > 0)
    return np.exp2(np.round(np.log2(np.where(usable, sizes, 1.0))))


def _block(name: str, shape: Shape, scale: ArrayLike, start: int, known: dict[str, Block]) -> Block:
    if name in known:
        raise ValueError(f"block {name!r} is allocated twice; each constraint names its own")
    block = Block(start, shape, _spread(scale, shape))
    known[name] = block
    return block


def _spread(values: ArrayLike, shape: Shape) -> Floats:
    return np.broadcast_to(np.asarray(values, dtype=np.float64), shape).ravel()
