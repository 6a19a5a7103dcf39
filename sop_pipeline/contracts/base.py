"""The vocabulary of the contracts: column types, the field constructor, the base class of a table. No table and no check lives here."""

from collections.abc import Collection
from typing import Annotated, Any, ClassVar

import pandera.polars as pa
import polars as pl

Text = pl.String
Date = pl.Date
Timestamp = Annotated[pl.Datetime, "us", None]  # always UTC: BI drivers break on zones
Quantity = Annotated[pl.Decimal, 18, 4]  # as an extract states it
Money = Annotated[pl.Decimal, 18, 4]  # as an extract states it, beside a currency
Amount = Annotated[pl.Decimal, 18, 2]  # published money, in the reporting currency
Ratio = pl.Float64  # 0.15 is 15 %
Number = pl.Float64  # a computed quantity, hours, heads, a unit price
Count = pl.Int64
Flag = pl.Boolean

SEVERITIES = ("info", "warning", "error", "stop")


def column(
    description: str,
    *,
    optional: bool = False,
    severity: str = "error",
    unique: bool = False,
    ge: Any = None,
    gt: Any = None,
    le: Any = None,
    lt: Any = None,
    isin: Collection[Any] | None = None,
    default: str | None = None,
) -> Any:
    """Describe one column: what it means, whether it may be empty, its range, and what a broken rule does to the row.

    `optional`: may be empty, and an extract may lack the column. `severity`: of this column's range and list rules; type and
    emptiness of a required column are always errors. `default`: what an empty value means, for the data dictionary (the SQL applies it).
    """
    if severity not in SEVERITIES:
        raise ValueError(f"severity {severity!r} of column {description!r} is none of {', '.join(SEVERITIES)}")
    return pa.Field(
        description=description,
        nullable=optional,
        unique=unique,
        ge=ge,
        gt=gt,
        le=le,
        lt=lt,
        isin=None if isin is None else list(isin),
        metadata={"severity": severity, "default": default},
    )


class Table(pa.DataFrameModel):
    """Base of every contract. The docstring of a contract is the grain of its table.

    `class Periods(Table, key=("period_start",))` names the columns that make a row unique.
    """

    _key: ClassVar[tuple[str, ...]] = ()

    class Config:
        strict = True

    def __init_subclass__(cls, *, key: tuple[str, ...] = (), **options: Any) -> None:
        super().__init_subclass__(**options)
        cls._key = key

    @classmethod
    def key_columns(cls) -> tuple[str, ...]:
        return cls._key

    @classmethod
    def grain(cls) -> str:
        """The sentence that says what one row is."""
        return " ".join((cls.__doc__ or "").split())
