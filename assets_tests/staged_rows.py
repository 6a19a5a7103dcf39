"""Rows of an extract as staging sees them: texts in, typed frame out. Assertions stay in the tests."""

import functools
import io
from collections.abc import Mapping, Sequence

import polars as pl

from sop_pipeline import warehouse
from sop_pipeline.sql_files import load_sql_files
from sop_pipeline.templates import example_csv, sent_columns

STAGING_FILES = load_sql_files("staging")


def staged(extract: str, cells: Mapping[str, Sequence[str | None]]) -> pl.DataFrame:
    """What the staging query makes of a raw view with these texts; columns not given are empty, as if the file lacked them."""
    rows = max((len(values) for values in cells.values()), default=1)
    names = [spec.name for spec in sent_columns(extract)]
    raw = pl.DataFrame(
        {column: cells.get(column, [None] * rows) for column in names}
        | {"source_file": [f"{extract}.csv"] * rows, "source_line": list(range(2, rows + 2))},
        schema=dict.fromkeys([*names, "source_file"], pl.String) | {"source_line": pl.Int64},
    )
    with warehouse.connect(None) as con:
        warehouse.write(con, f"raw.{extract}", raw)
        return warehouse.query(con, STAGING_FILES[f"staging.{extract}"].query)


@functools.cache
def staged_example(extract: str) -> pl.DataFrame:
    """The example that a new company folder holds, typed."""
    texts = pl.read_csv(io.StringIO(example_csv(extract)), infer_schema=False)
    return staged(extract, texts.to_dict(as_series=False))
