"""The fits a night leaves for the next one, as a file of the disposable warehouse folder. What a fit is stays in planning/forecasting."""

import contextlib
from pathlib import Path

import polars as pl

PREFIX = "forecast_fits_"


def recall_fits(folder: Path, code_digest: str) -> pl.DataFrame | None:
    """The fits of the last night that this code made; None where there are none, or none that can be read: they are fitted again."""
    path = _file(folder, code_digest)
    if not path.exists():
        return None
    try:
        return pl.read_parquet(path)
    except (pl.exceptions.PolarsError, OSError):
        return None


def keep_fits(folder: Path, code_digest: str, fits: pl.DataFrame) -> None:
    """Replace what is kept by `fits`, in one rename; fits of other code are removed, as no night would ask for them."""
    path = _file(folder, code_digest)
    folder.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    fits.write_parquet(draft)
    draft.replace(path)
    for other in folder.glob(f"{PREFIX}*"):
        if other != path:
            with contextlib.suppress(FileNotFoundError):
                other.unlink()


def _file(folder: Path, code_digest: str) -> Path:
    return folder / f"{PREFIX}{code_digest}.parquet"
