"""The normal equations A·Θ·Aᵀ of a programme whose rows fall apart into small blocks once a few shared rows are set aside.

Families share only resources: without the rows of resources every family is a block of its own. The blocks are inverted one by one,
what is left is a dense system of the shared rows. When it pays is decided here; what the equations are for stays out.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import LinAlgError, cho_factor, cho_solve
from scipy.sparse import coo_matrix, csc_matrix, csr_matrix
from scipy.sparse.csgraph import connected_components

from sop_pipeline.planning.supply.inputs import Floats

LARGEST_BLOCK = 128  # rows
MOST_SHARED_ROWS = 5_000  # their system is dense: 200 MB, two seconds a factorisation
MOST_PRODUCTS = 300_000_000  # multiplications to add up what blocks put on pairs of shared rows: two seconds, and 2 GB
BLOCK_STEP = 8  # blocks are padded to a multiple of it, so that few sizes remain
NEGLIGIBLE = 1e-13  # of an inverse, beside its diagonal
BLOCK_SHIFT = 1e-10  # of the diagonal; it keeps inverses to digits that mean something, and the shared system positive
FIRST_SHIFT, MOST_SHIFT = 1e-12, 1e-2  # of the diagonal of the shared system: as little as lets it be decomposed


@dataclass(frozen=True)
class Blocks:
    """Rows of a matrix as blocks and shared rows: `order` holds the rows of blocks, block by block."""

    shared: NDArray[np.int64]
    order: NDArray[np.int64]
    block: NDArray[np.int64]  # per entry of `order`

    @property
    def sizes(self) -> NDArray[np.int64]:
        """Rows of each block."""
        return np.bincount(self.block)


def find_blocks(matrix: csc_matrix) -> Blocks | None:
    """Set the fullest rows aside, few at first, until the rest falls apart; None where it does not, or where that takes too many rows."""
    filled = np.bincount(matrix.indices, minlength=matrix.shape[0])
    cut = int(filled.max(initial=0)) // 2
    while cut > 1:
        shared = np.flatnonzero(filled > cut)
        if shared.size > MOST_SHARED_ROWS:
            return None
        rest = np.flatnonzero(filled <= cut)
        _, block = connected_components(_graph(matrix.tocsr()[rest]), directed=False)
        _, block = np.unique(block[: rest.size], return_inverse=True)
        if rest.size and np.bincount(block).max() <= LARGEST_BLOCK:
            order = np.argsort(block, kind="stable")
            return Blocks(shared, rest[order], block[order])
        cut //= 2
    return None


def _graph(rows: csr_matrix) -> csr_matrix:
    """Rows and columns as nodes, coefficients as edges."""
    count, columns = rows.shape
    start = np.concatenate([rows.indptr, np.full(columns, rows.indptr[-1], dtype=rows.indptr.dtype)])
    return csr_matrix((np.ones(rows.nnz), rows.indices + count, start), shape=(count + columns, count + columns))


class NormalEquations:
    """A·Θ·Aᵀ·y = r for one matrix A and changing diagonals Θ: `factor`, then `solve` as often as wanted."""

    def __init__(self, matrix: csc_matrix, blocks: Blocks) -> None:
        self._rows = blocks
        sizes = blocks.sizes
        padded = -(-sizes // BLOCK_STEP) * BLOCK_STEP
        # Blocks of a size stand together; every block has as many places as its padded size.
        by_size = np.argsort(padded, kind="stable")
        first = np.zeros(sizes.size, dtype=np.int64)
        first[by_size] = np.cumsum(padded[by_size]) - padded[by_size]
        within = np.arange(blocks.block.size) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        self._place = first[blocks.block] + within
        self._places = int(padded.sum())
        self._runs = _runs(padded[by_size])
        by_place = csr_matrix(
            (np.ones(self._place.size), (self._place, blocks.order)),
            shape=(self._places, matrix.shape[0]),
        )
        self._own = (by_place @ matrix).tocsc()
        self._shared = matrix.tocsr()[blocks.shared].tocsc()
        self._own_transposed, self._shared_transposed = self._own.T.tocsr(), self._shared.T.tocsr()

    def products(self) -> float:
        """Multiplications that one factorisation takes to add up what blocks put on pairs of shared rows."""
        cross = (_pattern(self._shared) @ _pattern(self._own_transposed)).tocsc()
        reach = np.diff(cross.indptr).astype(np.float64)
        return float(sum((reach[run.where].reshape(run.count, run.size).sum(axis=1) ** 2).sum() for run in self._runs)) / 2

    def factor(self, theta: Floats) -> None:
        """Take the diagonal Θ. Raises LinAlgError where the equations are singular beyond repair."""
        own, shared = _scaled(self._own, theta), _scaled(self._shared, theta)
        self._inverses, half = self._invert((own @ self._own_transposed).tocoo())
        self._cross = (shared @ self._own_transposed).tocsr()
        self._cross_transposed = self._cross.T.tocsr()
        taken = ((self._cross @ half) @ self._cross_transposed).toarray()
        system = (shared @ self._shared_transposed).toarray()
        size = system.diagonal()
        self._size = 1.0 / np.sqrt(np.where(size > 0, size, 1.0))
        system -= taken
        system -= taken.T
        system *= self._size[:, None]
        system *= self._size
        self._decompose(system)

    def solve(self, right: Floats) -> Floats:
        """y for a right-hand side, one entry per row of A."""
        placed = np.zeros(self._places)
        placed[self._place] = right[self._rows.order]
        alone = self._through_blocks(placed)
        answer = np.empty(right.size)
        shared = self._size * cho_solve(self._factors, self._size * (right[self._rows.shared] - self._cross @ alone), check_finite=False)
        answer[self._rows.shared] = shared
        answer[self._rows.order] = (alone - self._through_blocks(self._cross_transposed @ shared))[self._place]
        return answer

    def _decompose(self, system: Floats) -> None:
        diagonal = np.arange(system.shape[0])
        shift, added = FIRST_SHIFT, 0.0
        while True:
            system[diagonal, diagonal] += shift - added
            added = shift
            try:
                self._factors = cho_factor(system, lower=True, check_finite=False)
            except LinAlgError:
                shift *= 100.0
                if shift > MOST_SHIFT:
                    raise
            else:
                return

    def _invert(self, products: coo_matrix) -> tuple[list[Floats], csr_matrix]:
        """The inverse of every block, and the upper halves of all as one sparse matrix: its sum with its transpose is the inverse."""
        inverses, values, columns, counts = [], [], [], []
        for run in self._runs:
            mine = (products.row >= run.start) & (products.row < run.start + run.count * run.size)
            row, column = products.row[mine] - run.start, products.col[mine] - run.start
            block = np.zeros((run.count, run.size, run.size))
            block[row // run.size, row % run.size, column % run.size] = products.data[mine]
            diagonal = np.arange(run.size)
            size = block[:, diagonal, diagonal]
            size = 1.0 / np.sqrt(np.where(size > 0, size, 1.0))
            block *= size[:, :, None] * size[:, None, :]
            block[:, diagonal, diagonal] = 1.0 + BLOCK_SHIFT
            inverse: Floats = np.linalg.inv(block).astype(np.float64, copy=False)
            inverse = (inverse + inverse.transpose(0, 2, 1)) / 2
            spread = np.sqrt(np.abs(inverse[:, diagonal, diagonal]))
            kept = np.abs(inverse) > NEGLIGIBLE * spread[:, :, None] * spread[:, None, :]
            kept &= diagonal[:, None] <= diagonal
            inverse *= size[:, :, None] * size[:, None, :]
            inverses.append(inverse)
            counts.append(kept.sum(axis=2).ravel())
            at = np.nonzero(kept)
            half = inverse[at]
            half[at[1] == at[2]] /= 2
            values.append(half)
            columns.append(run.start + at[0] * run.size + at[2])
        start = np.zeros(self._places + 1, dtype=np.int32)
        np.cumsum(np.concatenate(counts), out=start[1:])
        shape = (self._places, self._places)
        return inverses, csr_matrix((np.concatenate(values), np.concatenate(columns).astype(np.int32), start), shape=shape)

    def _through_blocks(self, vector: Floats) -> Floats:
        return np.concatenate(
            [
                np.matmul(inverse, vector[run.where].reshape(run.count, run.size, 1)).ravel()
                for run, inverse in zip(self._runs, self._inverses, strict=True)
            ]
        )


@dataclass(frozen=True)
class Run:
    """Blocks of one padded size, standing together."""

    start: int
    count: int
    size: int

    @property
    def where(self) -> slice:
        return slice(self.start, self.start + self.count * self.size)


def _runs(padded: NDArray[np.int64]) -> tuple[Run, ...]:
    sizes, counts = np.unique(padded, return_counts=True)
    starts = np.cumsum(sizes * counts) - sizes * counts
    return tuple(Run(int(start), int(count), int(size)) for start, count, size in zip(starts, counts, sizes, strict=True))


def _scaled(matrix: csc_matrix, theta: Floats) -> csc_matrix:
    return csc_matrix((matrix.data * np.repeat(theta, np.diff(matrix.indptr)), matrix.indices, matrix.indptr), shape=matrix.shape)


def _pattern(matrix: csc_matrix) -> csc_matrix:
    pattern = matrix.copy()
    pattern.data = np.ones_like(pattern.data)
    return pattern
