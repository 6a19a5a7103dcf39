"""Keeps what the library's models forecast, by digest of what they were given, so that an unchanged history is never fitted twice.

How the models are fitted stays in `standard`; where the kept fits are stored between nights, with the caller.
"""

import hashlib
from collections.abc import Sequence
from importlib.metadata import version

import numpy as np
import polars as pl

from sop_pipeline.planning.forecasting.panel import Floats
from sop_pipeline.planning.forecasting.standard import LIBRARY_MODELS, fit_library_models

FITS_SCHEMA = pl.Schema([("digest", pl.String), ("horizon_index", pl.Int64), *((model, pl.Float64) for model in LIBRARY_MODELS)])


def fit_or_recall(
    histories: Sequence[Floats], horizon: int, *, known_fits: pl.DataFrame | None = None, workers: int = 1
) -> tuple[Floats, pl.DataFrame]:
    """Forecast adjusted histories with the library's models, fitting only those without a known fit.

    Returns models x horizon x series as `fit_library_models` would, to the last byte, and the fits used, one row per digest and period
    ahead: `digest, horizon_index` and one column per model (NaN where it failed). `known_fits`: such a frame of an earlier night; what
    was fitted from other histories, for another horizon or with another release of the library is not used and not returned.
    """
    digests = [fit_digest(history, horizon) for history in histories]
    needed = sorted(set(digests))
    fits = _complete(known_fits, needed, horizon)
    known = set(fits["digest"])
    first_with = dict(zip(reversed(digests), range(len(digests) - 1, -1, -1), strict=True))
    missing = [digest for digest in needed if digest not in known]
    if missing:
        fitted = fit_library_models([histories[first_with[digest]] for digest in missing], horizon, workers)
        fits = pl.concat([fits, _fit_rows(missing, fitted)]).sort("digest", "horizon_index")
    position = {digest: i for i, digest in enumerate(needed)}
    cells = fits.select(LIBRARY_MODELS).to_numpy().reshape(len(needed), horizon, len(LIBRARY_MODELS))
    return cells[[position[digest] for digest in digests]].transpose(2, 1, 0), fits


def fit_digest(history: Floats, horizon: int) -> str:
    """Digest of everything a fit depends on: the adjusted history, the horizon, the models and the release of their library."""
    settings = f"{version('statsforecast')} {' '.join(LIBRARY_MODELS)} {horizon} "
    return hashlib.sha256(settings.encode() + history.astype("<f8").tobytes()).hexdigest()


def _complete(known_fits: pl.DataFrame | None, needed: Sequence[str], horizon: int) -> pl.DataFrame:
    """The known fits that are needed and have a row for every period of the horizon, in order."""
    if known_fits is None:
        return pl.DataFrame(schema=FITS_SCHEMA)
    wanted = known_fits.select(FITS_SCHEMA.names()).cast(FITS_SCHEMA).join(pl.DataFrame({"digest": needed}), on="digest", how="semi")
    whole = wanted.unique(["digest", "horizon_index"]).filter(pl.col("horizon_index").is_between(1, horizon))
    return whole.filter(pl.len().over("digest") == horizon).sort("digest", "horizon_index")


def _fit_rows(digests: Sequence[str], fitted: Floats) -> pl.DataFrame:
    horizon = fitted.shape[1]
    return pl.DataFrame(
        {
            "digest": np.repeat(np.array(digests, dtype=np.object_), horizon),
            "horizon_index": np.tile(np.arange(1, horizon + 1), len(digests)),
            **{name: cells.T.ravel() for name, cells in zip(LIBRARY_MODELS, fitted, strict=True)},
        },
        schema=FITS_SCHEMA,
    )
