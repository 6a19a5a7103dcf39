"""The settings of a company as types: every key of `sop.yaml`, its default and what it may say. Where they come from stays out."""

import codecs
import datetime as dt
import difflib
import importlib.util
import re
import zoneinfo
from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, WithJsonSchema, field_validator, model_validator


def nearest(name: str, known: Iterable[str]) -> str:
    """`. Did you mean …?`, or the first names there are."""
    names = sorted(known)
    close = difflib.get_close_matches(name, names, n=1)
    return f". Did you mean {close[0]}?" if close else f"; known: {', '.join(names[:60])}"


def _text(value: Any) -> Any:
    """YAML reads 1, true and 2026-01-31 as other things than text; a code list means the characters."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else str(value)


def _one_or_many(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


Characters = Annotated[str, BeforeValidator(_text), WithJsonSchema({"type": ["string", "number", "boolean"]})]
Words = Annotated[str, Field(min_length=1)]
OneOrMany = Annotated[
    tuple[Words, ...],
    BeforeValidator(_one_or_many),
    WithJsonSchema({"anyOf": [{"type": "string", "minLength": 1}, {"type": "array", "items": {"type": "string", "minLength": 1}}]}),
]
Period = Annotated[int, Field(ge=1)]
Share = Annotated[float, Field(ge=0)]


EXTRA_MODULES = {"max": "lightgbm", "dask": "dask", "ray": "ray", "spark": "pyspark"}


# minute, hour, day, month, weekday: the least and the greatest number of each
CRON_FIELDS = (("minute", 0, 59), ("hour", 0, 23), ("day", 1, 31), ("month", 1, 12), ("weekday", 0, 7))
CRON_NAMES = {
    "month": ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"),
    "weekday": ("sun", "mon", "tue", "wed", "thu", "fri", "sat"),
}
CRON_PART = re.compile(r"(?P<first>\*|[a-z]{3}|\d{1,2})(?:-(?P<last>[a-z]{3}|\d{1,2}))?(?:/(?P<step>\d{1,2}))?")


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _nothing_said_is_the_default(cls, value: Any) -> Any:
        """A key whose lines are all commented out is null in YAML, and means what no key means."""
        if not isinstance(value, dict):
            return {} if value is None else value
        sections = {name for name, field in cls.model_fields.items() if not field.is_required() and field.get_default() is not None}
        return {name: given for name, given in value.items() if given is not None or name not in sections}


class ForecastSettings(_Section):
    """How demand is forecast."""

    engine: Literal["express", "standard", "max"] = "standard"
    levels: Annotated[tuple[Annotated[int, Field(ge=1, le=99)], ...], Field(min_length=1)] = (80, 95)
    backtest_origins: Annotated[int, Field(ge=1)] = 12
    workers: Annotated[int, Field(ge=1)] = 2
    distributed: Literal["dask", "ray", "spark"] | None = None

    @field_validator("engine", "distributed")
    @classmethod
    def _installed(cls, value: str | None) -> str | None:
        """An extra that is missing is said before the night, not in the middle of it."""
        module = EXTRA_MODULES.get(value or "")
        if module is not None and importlib.util.find_spec(module) is None:
            raise ValueError(f"{module} is not installed; install the extra with: pip install 'sop-pipeline[{value}]', or take the key out")
        return value


class SupplySettings(_Section):
    """How supply is planned where `supply_policies` says nothing."""

    strategy: Literal["level", "chase", "hybrid", "least_cost"] = "least_cost"
    whole_heads: Literal[False, "optimal", "nearest", "up"] = False
    minimum_runs: bool = False
    idle_hours: Literal["allowed", "none"] = "allowed"
    holding_cost_on: Literal["closing", "average"] = "closing"
    holding_cost_above: Literal["zero", "minimum"] = "zero"
    level_block_periods: Period = 12
    stability_weight: Share = Field(default=1.0, description="how dear a change of the daily rate is under hybrid; 0 = free")
    slushy_fence_periods: Annotated[int, Field(ge=0)] | None = Field(
        default=None, description="periods after a family's planning time fence that stay near the approved plan; as many again where null"
    )
    slushy_multiple: Annotated[float, Field(ge=1, le=100)] = Field(
        default=10.0, description="times as dear leaving the approved plan is in those periods; usually 5 to 20"
    )
    gap: Annotated[float, Field(gt=0, lt=1)] = 1.0e-4
    node_limit: Annotated[int, Field(ge=1)] = 100_000


class CostSettings(_Section):
    """Costs where `planning_costs` says nothing; ratios per period of standard cost, of net price."""

    inventory_carrying_rate_per_year: Share = 0.18
    backorder_cost_ratio: Share = 0.25
    lost_sale_cost_ratio: Share = 1.0


class Tolerances(_Section):
    """How far figures may lie apart, as ratios: 0.02 is 2 %."""

    rejected_rows_ratio: Annotated[float, Field(ge=0, le=1)] = 0.02
    control_total_ratio: Share = 0.01
    unexplained_ratio: Share = 0.005


class ExceptionSettings(_Section):
    """From where on a deviation is an exception of the meeting."""

    negligible_ratio: Share = Field(default=0.005, description="a limit of stock, backlog or heads missed by less is not told")
    lead_time_tolerance_days: Share = Field(default=1.0, description="working days a new order may wait beyond its target")
    schedule_off_plan_ratio: Share = Field(default=0.1, description="open work orders against planned production of the first periods")
    schedule_periods: Period = Field(default=1, description="periods, the current one included, that work orders are held against")
    sales_plan_periods: Annotated[int, Field(ge=0)] = Field(default=3, description="periods, the current one included, sales should submit")
    unexplained_periods: Annotated[int, Field(ge=0)] = Field(default=3, description="closed periods in which unexplained stock is told")
    bias_ratio: Share = Field(default=0.1, description="bias one period ahead, as published, else backtested")


class PublishSettings(_Section):
    """What is written for readers."""

    storage_version: Annotated[str, Field(pattern=r"^v\d+\.\d+\.\d+$")] = "v1.2.0"
    keep_previous: Annotated[int, Field(ge=0)] = 3
    parquet: bool = True
    workbook: bool = True
    html: bool = True


class Format(_Section):
    """How the files of an extract are written; what is not given is recognised from the file."""

    delimiter: Annotated[str, Field(min_length=1, max_length=1)] | None = Field(
        default=None, description="one of , ; tab | or any other character"
    )
    decimal: Literal[".", ","] | None = Field(default=None, description="decimal mark; a point where not given")
    thousands: Literal[".", ",", " ", "'"] | None = Field(default=None, description="mark between thousands; none where not given")
    date: OneOrMany = Field(default=(), description="strptime formats, tried in order, beside ISO dates")
    encoding: str | None = Field(default=None, description="such as utf-8, utf-16, cp1252")
    header_row: Annotated[int, Field(ge=1)] | None = Field(default=None, description="line of the header, counted from 1")
    skip_rows_like: str | None = Field(
        default=None, description="regular expression; rows whose cells, joined by the delimiter, match are left out"
    )
    sheet: str | None = Field(default=None, description="sheet of a workbook; the first where not given")

    @field_validator("date")
    @classmethod
    def _signs_of_strptime(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for pattern in value:
            if "%" not in pattern:
                raise ValueError(f"{pattern!r} is no strptime format; such as %d.%m.%Y for 31.01.2026")
        return value

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, value: str | None) -> str | None:
        """Only what turns bytes into text: `base64` is a codec too."""
        try:
            if value is not None:
                b"a".decode(value, "replace")
                codecs.getincrementaldecoder(value)
        except (LookupError, UnicodeError):
            raise ValueError("no such encoding; such as utf-8, utf-16, cp1252") from None
        return value

    @model_validator(mode="after")
    def _marks_differ(self) -> "Format":
        if self.thousands is not None and self.thousands == (self.decimal or "."):
            raise ValueError(f"decimal and thousands are both {self.thousands!r}; set decimal as well")
        return self


class ExtractMapping(_Section):
    """Where an extract comes from and how its columns become ours."""

    files: OneOrMany = Field(
        default=(),
        description="globs, relative to the company folder, or URLs s3:// gs:// abfs:// sftp://; without files or query the default place",
    )
    query: Words | None = Field(default=None, description="DuckDB SQL over files, or SQL of `database`")
    database: SecretStr | None = Field(
        default=None, description="URI that `query` runs on: postgresql://, mysql://, mssql://, oracle://, sqlite:///, duckdb:///"
    )
    format: Format = Format()
    columns: dict[str, Characters] = Field(default={}, description="ours: theirs")
    constants: dict[str, Characters] = Field(default={}, description="ours: a value for every row")
    values: dict[str, dict[Characters, Characters]] = Field(default={}, description="ours: {theirs: ours}")
    shift_days: dict[str, int] = Field(default={}, description="ours: days added to a date")
    stale_after_hours: Annotated[float, Field(gt=0)] | None = Field(default=None, description="stale where the content is older")
    allow_empty: bool = Field(default=False, description="a header without rows is no mistake, even after a load that had rows")
    if_unusable: Literal["use_last_good", "fail"] = "use_last_good"

    @model_validator(mode="after")
    def _one_source(self) -> "ExtractMapping":
        if self.files and self.query:
            raise ValueError("files and query are both given; keep one")
        if self.database and not self.query:
            raise ValueError("database needs a query")
        return self


class Settings(_Section):
    """Everything `sop.yaml` may say."""

    company: Annotated[str, Field(min_length=1)]
    reporting_currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$", description="ISO 4217")]
    as_of_date: dt.date | None = Field(default=None, description="null is today; a date makes every run one of that day")
    horizon_periods: Period = Field(default=24, description="counts the period that holds the as-of date")
    look_ahead_periods: Annotated[int, Field(ge=0)] = 6
    history_periods: Period = 36
    calendar: Literal["months", "fiscal"] = "months"
    time_zone: str = "Europe/Berlin"
    schedule: str = "30 3 * * *"
    forecast: ForecastSettings = ForecastSettings()
    supply: SupplySettings = SupplySettings()
    costs: CostSettings = CostSettings()
    inventory_statuses: Annotated[tuple[Literal["unrestricted", "quality", "blocked", "transit"], ...], Field(min_length=1)] = (
        "unrestricted",
        "quality",
        "transit",
    )
    business_plan_version: Characters | None = None
    read_from: tuple[str, ...] = Field(default=(), description="folders beside the company's own that files and queries may read")
    tolerances: Tolerances = Tolerances()
    exceptions: ExceptionSettings = ExceptionSettings()
    publish: PublishSettings = PublishSettings()
    extracts: dict[str, ExtractMapping] = {}

    @field_validator("business_plan_version", mode="before")
    @classmethod
    def _null_stays_null(cls, value: Any) -> Any:
        return value if value is None else _text(value)

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value not in zoneinfo.available_timezones():
            raise ValueError(f"{value!r} is no time zone; such as Europe/Berlin{nearest(value, zoneinfo.available_timezones())}")
        return value

    @field_validator("schedule")
    @classmethod
    def _five_fields(cls, value: str) -> str:
        fields = value.casefold().split()
        if len(fields) != len(CRON_FIELDS):
            raise ValueError("a schedule has five fields: minute hour day month weekday")
        for text, (name, least, most) in zip(fields, CRON_FIELDS, strict=True):
            if not all(_is_cron_part(part, name, least, most) for part in text.split(",")):
                raise ValueError(f"{text!r} is no {name}: write *, a number {least} to {most}, 1-5, 1,15 or */10")
        return value


def _is_cron_part(text: str, field: str, least: int, most: int) -> bool:
    """Whether one of the parts between commas of a field of a schedule can be meant."""
    match = CRON_PART.fullmatch(text)
    if match is None or match["step"] == "0" or (match["first"] == "*" and match["last"]):
        return False
    names = CRON_NAMES.get(field, ())
    ends = [end for end in (match["first"], match["last"]) if end not in (None, "*")]
    numbers = [int(end) if end.isdigit() else names.index(end) + least if end in names else most + 1 for end in ends]
    return all(least <= number <= most for number in numbers) and numbers == sorted(numbers)
