"""The fits and backtests a night leaves for the next one, as files of the disposable warehouse folder.

What they are stays in planning/forecasting.
"""

import contextlib
from pathlib import Path
from typing import Literal

import polars as pl

Kind = Literal["fits", "backtests"]


def recall_fits(folder: Path, code_digest: str, kind: Kind = "fits") -> pl.DataFrame | None:
    """What this code kept in the last night; None where there is nothing, or nothing that can be read: it is computed again."""
    path = _file(folder, code_digest, kind)
    if not path.exists():
        return None
    try:
        return pl.read_parquet(path)
    except (pl.exceptions.PolarsError, OSError):
        return None


def keep_fits(folder: Path, code_digest: str, fits: pl.DataFrame, kind: Kind = "fits") -> None:
    """Replace what is kept by `fits`, in one rename; those of other code are removed, as no night would ask for them."""
    path = _file(folder, code_digest, kind)
    folder.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    fits.write_parquet(draft)
    draft.replace(path)
    for other in folder.glob(f"forecast_{kind}_*"):
        if other != path:
            with contextlib.suppress(FileNotFoundError):
                other.unlink()


def _file(folder: Path, code_digest: str, kind: Kind) -> Path:
    return folder / f"forecast_{kind}_{code_digest}.parquet"
