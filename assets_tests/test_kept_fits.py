"""Fits kept between nights: found again by the code that made them, forgotten by other code, and never in the way."""

from pathlib import Path

import polars as pl

from sop_pipeline.kept_fits import keep_fits, recall_fits
from sop_pipeline.planning.forecasting.fits import FITS_SCHEMA

FITS = pl.DataFrame({"model": ["m"], "digest": ["d"], "horizon_index": [1], "adjusted_quantity": [2.5]}, schema=FITS_SCHEMA)


def test_what_is_kept_comes_back_unchanged(tmp_path: Path) -> None:
    keep_fits(tmp_path / "warehouse", "code", FITS)
    found = recall_fits(tmp_path / "warehouse", "code")
    assert found is not None
    assert found.equals(FITS)
    assert found.schema == FITS_SCHEMA


def test_without_a_folder_there_is_nothing_to_recall(tmp_path: Path) -> None:
    assert recall_fits(tmp_path / "warehouse", "code") is None


def test_fits_of_other_code_are_neither_recalled_nor_left_behind(tmp_path: Path) -> None:
    keep_fits(tmp_path, "old", FITS)
    assert recall_fits(tmp_path, "new") is None
    keep_fits(tmp_path, "new", FITS)
    assert [path.name for path in tmp_path.iterdir()] == ["forecast_fits_new.parquet"]


def test_a_damaged_file_is_as_good_as_none(tmp_path: Path) -> None:
    keep_fits(tmp_path, "code", FITS)
    next(tmp_path.iterdir()).write_bytes(b"not parquet")
    assert recall_fits(tmp_path, "code") is None
