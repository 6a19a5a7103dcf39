"""Keeps what the library's models forecast, by digest of what they were given, so that an unchanged history is never fitted twice.

How the models are fitted stays in `library`; where the kept fits are stored between nights, with the caller.
"""

import functools
import hashlib
from collections.abc import Sequence
from importlib.metadata import version

import numpy as np
import polars as pl

from sop_pipeline.planning.forecasting.distributed import Backend
from sop_pipeline.planning.forecasting.library import VECTORISED, fit_library_model
from sop_pipeline.planning.forecasting.panel import Floats

FITS_SCHEMA = pl.Schema({"model": pl.String, "digest": pl.String, "horizon_index": pl.Int64, "adjusted_quantity": pl.Float64})


def fit_or_recall(
    model: str,
    histories: Sequence[Floats],
    horizon: int,
    *,
    known_fits: pl.DataFrame | None = None,
    workers: int = 1,
    distributed: Backend | None = None,
) -> tuple[Floats, pl.DataFrame]:
    """Forecast adjusted histories with a model of the library, fitting only those without a known fit.

    Returns horizon x series as `fit_library_model` would, to the last byte, and the fits used, one row per digest and period ahead:
    `model, digest, horizon_index, adjusted_quantity` (NaN where the model failed). `known_fits`: such a frame of an earlier night; what
    was fitted from other histories, for another horizon or with another release of the library is neither used nor returned.
    """
    digests = [fit_digest(model, history, horizon, distributed) for history in histories]
    needed = sorted(set(digests))
    fits = _complete(known_fits, needed, horizon)
    known = set(fits["digest"])
    history_of = dict(zip(digests, histories, strict=True))
    missing = [digest for digest in needed if digest not in known]
    if missing:
        unfitted = [history_of[digest] for digest in missing]
        fitted = fit_library_model(model, unfitted, horizon, workers=workers, distributed=distributed)
        fits = pl.concat([fits, _fit_rows(model, missing, fitted)]).sort("digest", "horizon_index")
    position = {digest: i for i, digest in enumerate(needed)}
    cells = fits["adjusted_quantity"].to_numpy().reshape(len(needed), horizon)
    return cells[np.array([position[digest] for digest in digests], dtype=np.int64)].T, fits


def fit_digest(model: str, history: Floats, horizon: int, distributed: Backend | None = None) -> str:
    """Digest of everything a fit depends on: the adjusted history, the horizon, the model, the release of its code and where it ran."""
    precision = "single" if distributed else "double"
    code = "vectorised" if model in VECTORISED and distributed is None else f"statsforecast {_library_release()}"
    settings = f"{code} {model} {horizon} {precision} "
    return hashlib.sha256(settings.encode() + history.astype("<f8").tobytes()).hexdigest()


@functools.cache
def _library_release() -> str:
    """Asked for once: reading it takes as long as recalling a hundred fits."""
    return version("statsforecast")


def _complete(known_fits: pl.DataFrame | None, needed: Sequence[str], horizon: int) -> pl.DataFrame:
    """The known fits that are needed and have a row for every period of the horizon, in order."""
    if known_fits is None:
        return pl.DataFrame(schema=FITS_SCHEMA)
    wanted = pl.DataFrame({"digest": needed}, schema={"digest": pl.String})
    fits = known_fits.select(FITS_SCHEMA.names()).cast(FITS_SCHEMA).join(wanted, on="digest", how="semi")
    whole = fits.unique(["digest", "horizon_index"]).filter(pl.col("horizon_index").is_between(1, horizon))
    return whole.filter(pl.len().over("digest") == horizon).sort("digest", "horizon_index")


def _fit_rows(model: str, digests: Sequence[str], fitted: Floats) -> pl.DataFrame:
    horizon = len(fitted)
    return pl.DataFrame(
        {
            "model": [model] * len(digests) * horizon,
            "digest": np.repeat(np.array(digests, dtype=np.object_), horizon),
            "horizon_index": np.tile(np.arange(1, horizon + 1), len(digests)),
            "adjusted_quantity": fitted.T.ravel(),
        },
        schema=FITS_SCHEMA,
    )
