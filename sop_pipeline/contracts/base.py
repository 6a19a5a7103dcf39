"""The vocabulary of the contracts: column types, the field constructor, the base class of a table. No table and no check lives here."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Any, ClassVar

import pandera.polars as pa
import polars as pl
from pandera.polars import PolarsData

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
CURRENCY_CODE = r"^[A-Z]{3}$"  # ISO 4217


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
    matches: str | None = None,
    default: str | None = None,
    currency: str | None = None,
) -> Any:
    """Describe one column: what it means, whether it may be empty, its range, and what a broken rule does to the row.

    `optional`: may be empty, and an extract may lack the column. `severity`: of this column's range and list rules; a value out of a
    range that only warns counts as not given. Type and emptiness of a required column are always errors. `matches`: pattern of a text.
    `default`: what an empty value means (the SQL applies it: an extract may lack the column, the table never holds an empty one).
    `currency`: the column with the currency of this amount; it is what makes a number money.
    """
    _check_severity(severity, f"column {description!r}")
    return pa.Field(
        description=description,
        nullable=optional,
        unique=unique,
        ge=ge,
        gt=gt,
        le=le,
        lt=lt,
        isin=None if isin is None else list(isin),
        str_matches=matches,
        metadata={"severity": severity, "default": default, "currency": currency},
    )


@dataclass(frozen=True, eq=False)
class Rule:
    """What must hold within one row: `holds` is true, or empty where it cannot be judged; `hint` says what to do where it is false."""

    holds: pl.Expr
    hint: str
    severity: str = "error"

    def __post_init__(self) -> None:
        _check_severity(self.severity, f"the rule with the hint {self.hint!r}")


class Table(pa.DataFrameModel):
    """Base of every contract. The docstring of a contract is the grain of its table.

    `class Periods(Table, key=("period_start",))` names the columns that make a row unique; `rules={"end_not_before_start": Rule(...)}`
    says what columns must satisfy together: each rule becomes a Pandera check of its name over whole rows.
    """

    _key: ClassVar[tuple[str, ...]] = ()
    _rules: ClassVar[Mapping[str, Rule]] = MappingProxyType({})

    class Config:
        strict = True

    def __init_subclass__(cls, *, key: tuple[str, ...] = (), rules: Mapping[str, Rule] | None = None, **options: Any) -> None:
        super().__init_subclass__(**options)
        cls._key = key
        cls._rules = MappingProxyType(dict(rules or {}))
        for name, rule in cls._rules.items():
            setattr(cls, f"_rule_{name}", pa.dataframe_check(name=name, description=rule.hint)(_row_check(rule)))

    @classmethod
    def key_columns(cls) -> tuple[str, ...]:
        return cls._key

    @classmethod
    def row_rules(cls) -> Mapping[str, Rule]:
        """The rules over several columns of a row, by name."""
        return cls._rules

    @classmethod
    def grain(cls) -> str:
        """The sentence that says what one row is."""
        return " ".join((cls.__doc__ or "").split())


def dtypes(contract: type[Table]) -> pl.Schema:
    """Columns of a contract and their Polars types, in its order."""
    return pl.Schema({name: column.dtype.type for name, column in contract.to_schema().columns.items()})


def _row_check(rule: Rule) -> Callable[[type[Table], PolarsData], pl.LazyFrame]:
    def check(cls: type[Table], data: PolarsData) -> pl.LazyFrame:  # noqa: ARG001 - Pandera passes the contract
        return data.lazyframe.select(rule.holds)

    return check


def _check_severity(severity: str, where: str) -> None:
    if severity not in SEVERITIES:
        raise ValueError(f"severity {severity!r} of {where} is none of {', '.join(SEVERITIES)}")
