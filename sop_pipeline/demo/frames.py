"""How the demo company's tables become text: typed columns, files by year, one file in the dialect of a German export. No content."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from sop_pipeline.demo.timeline import Days

Files = dict[str, bytes]  # path below the company folder, content

CP1252 = "cp1252"


def texts(values: Iterable[Any]) -> pl.Series:
    return pl.Series(values.tolist() if isinstance(values, np.ndarray) else list(values), dtype=pl.String)


def repeated(value: str | None, count: int) -> pl.Series:
    return pl.Series([value] * count, dtype=pl.String)


def money(values: npt.ArrayLike) -> pl.Series:
    return pl.Series(np.round(np.asarray(values, dtype=float), 2)).cast(pl.Decimal(18, 2))


def whole_or_tenths(values: npt.ArrayLike) -> pl.Series:
    """Quantities with at most one decimal, written without it where there is none."""
    rounded = np.round(np.asarray(values, dtype=float), 1)
    text = pl.Series(rounded, dtype=pl.Float64).cast(pl.Decimal(18, 1)).cast(pl.String)
    return text.str.strip_suffix(".0")


def ratio(values: npt.ArrayLike, decimals: int = 4) -> pl.Series:
    return pl.Series(np.round(np.asarray(values, dtype=float), decimals))


def dates(values: Days) -> pl.Series:
    return pl.Series(values.astype("datetime64[D]"))


def where(condition: npt.ArrayLike, values: pl.Series) -> pl.Series:
    """The values where the condition holds, empty elsewhere."""
    return pl.select(pl.when(pl.Series(np.asarray(condition))).then(values)).to_series()


def rows(header: str, *lines: tuple[Any, ...]) -> pl.DataFrame:
    """A small table from its rows; every value as it is to be written."""
    names = header.split()
    return pl.DataFrame({name: [_cell(line[k]) for line in lines] for k, name in enumerate(names)}, schema=dict.fromkeys(names, pl.String))


def _cell(value: Any) -> str | None:
    return None if value is None else str(value)


def by_year(path: str, table: pl.DataFrame, date_column: str) -> dict[str, pl.DataFrame]:
    """The table in one file a year, named after it."""
    year = pl.col(date_column).dt.year()
    years = table.select(year).to_series().unique().sort().to_list()
    return {f"{path}_{one}.csv": table.filter(year == one) for one in years}


def to_csv(table: pl.DataFrame) -> bytes:
    return table.write_csv(line_terminator="\n").encode()


def to_german_csv(table: pl.DataFrame, names: dict[str, str]) -> bytes:
    """Semicolons, decimal comma, points between thousands, day first, Windows-1252, a total row: what many an export looks like."""
    total = table.select(pl.col("quantity").cast(pl.Float64).sum().round(1)).item()
    text = table.with_columns(
        pl.col(pl.Date).dt.strftime("%d.%m.%Y"),
        pl.col("quantity").map_elements(german_number, return_dtype=pl.String),
    ).rename(names)
    return text.write_csv(separator=";", line_terminator="\r\n").encode(CP1252) + f"Summe;;;;{german_number(str(total))}\r\n".encode(CP1252)


def german_number(value: str) -> str:
    whole, _, decimals = value.removesuffix(".0").partition(".")
    grouped = f"{int(whole):,}".replace(",", ".")
    return f"{grouped},{decimals}" if decimals else grouped
