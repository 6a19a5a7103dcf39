"""The company folder and its typed `sop.yaml`. With `cli.py` the only reader of environment and clock; no data is read here."""

import datetime as dt
import difflib
import hashlib
import os
import re
import zoneinfo
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML, YAMLError
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from sop_pipeline.extracts import EXTRACTS, Extract

SETTINGS_FILE = "sop.yaml"
VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
# `[${NAME}]` is no YAML: braces end a scalar there. Two private characters stand in for them while the text is parsed.
OPEN, CLOSE = "\ue000", "\ue001"
PLACEHOLDER = re.compile(f"{OPEN}([A-Za-z0-9_]+){CLOSE}")


class ConfigurationError(ValueError):
    """`sop.yaml` or the company folder is wrong; the message names file, line, key and what to do."""


def _text(value: Any) -> Any:
    """YAML reads 1, true and 2026-01-31 as other things than text; a code list means the characters."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else str(value)


Characters = Annotated[str, BeforeValidator(_text)]
Period = Annotated[int, Field(ge=1)]
Share = Annotated[float, Field(ge=0)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ForecastSettings(_Section):
    """How demand is forecast."""

    engine: Literal["express", "standard", "max"] = "standard"
    levels: tuple[Annotated[int, Field(ge=1, le=99)], ...] = (80, 95)
    backtest_origins: Annotated[int, Field(ge=1)] = 12
    workers: Annotated[int, Field(ge=1)] = 2
    distributed: Literal["dask", "ray", "spark"] | None = None


class SupplySettings(_Section):
    """How supply is planned where `supply_policies` says nothing."""

    strategy: Literal["level", "chase", "hybrid", "least_cost"] = "least_cost"
    whole_heads: Literal[False, "optimal", "nearest", "up"] = False
    idle_hours: Literal["allowed", "none"] = "allowed"
    holding_cost_on: Literal["closing", "average"] = "closing"
    holding_cost_above: Literal["zero", "minimum"] = "zero"
    level_block_periods: Period = 12
    stability_weight: Share = 1.0
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
    thousands: Literal[".", ",", " ", "'"] | None = Field(
        default=None, description="mark between thousands; none where not given"
    )
    date: tuple[str, ...] = Field(default=(), description="strptime formats, tried in order, beside ISO dates")
    encoding: str | None = Field(default=None, description="such as utf-8, utf-16, cp1252")
    header_row: Annotated[int, Field(ge=1)] | None = Field(default=None, description="line of the header, counted from 1")
    skip_rows_like: str | None = Field(
        default=None, description="regular expression; rows whose cells, joined by the delimiter, match are left out"
    )
    sheet: str | None = Field(default=None, description="sheet of a workbook; the first where not given")

    @field_validator("date", mode="before")
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value

    @model_validator(mode="after")
    def _marks_differ(self) -> "Format":
        if self.thousands is not None and self.thousands == (self.decimal or "."):
            raise ValueError(f"decimal and thousands are both {self.thousands!r}; set decimal as well")
        return self


class ExtractMapping(_Section):
    """Where an extract comes from and how its columns become ours."""

    files: tuple[str, ...] = Field(
        default=(), description="globs, relative to the company folder; without files or query the default place"
    )
    query: str | None = Field(default=None, description="DuckDB SQL over files, or SQL of `database`")
    database: SecretStr | None = Field(
        default=None, description="URI that `query` runs on: postgresql, mysql, mssql, sqlite, duckdb"
    )
    format: Format = Format()
    columns: dict[str, Characters] = Field(default={}, description="ours: theirs")
    constants: dict[str, Characters] = Field(default={}, description="ours: a value for every row")
    values: dict[str, dict[Characters, Characters]] = Field(default={}, description="ours: {theirs: ours}")
    shift_days: dict[str, int] = Field(default={}, description="ours: days added to a date")
    stale_after_hours: Annotated[float, Field(gt=0)] | None = Field(
        default=None, description="stale where the content is older"
    )
    allow_empty: bool = Field(default=False, description="a header without rows is no mistake, even after a load that had rows")
    if_unusable: Literal["use_last_good", "fail"] = "use_last_good"

    @field_validator("files", mode="before")
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value

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
    inventory_statuses: tuple[Literal["unrestricted", "quality", "blocked", "transit"], ...] = (
        "unrestricted",
        "quality",
        "transit",
    )
    business_plan_version: Characters | None = None
    read_from: tuple[str, ...] = Field(
        default=(), description="folders beside the company's own that files and queries may read"
    )
    tolerances: Tolerances = Tolerances()
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
            raise ValueError(
                f"{value!r} is no time zone; such as Europe/Berlin{_nearest(value, zoneinfo.available_timezones())}"
            )
        return value

    @field_validator("schedule")
    @classmethod
    def _five_fields(cls, value: str) -> str:
        if len(value.split()) != 5:
            raise ValueError("a schedule has five fields: minute hour day month weekday")
        return value


@dataclass(frozen=True)
class Company:
    """A company folder with its settings, as of one date.

    `replays_night`: the date lies before the company's own today, so that night's landed copies are read where they exist.
    """

    folder: Path
    settings: Settings
    as_of_date: dt.date
    replays_night: bool = False

    @property
    def settings_file(self) -> Path:
        return self.folder / SETTINGS_FILE

    @property
    def extracts(self) -> Path:
        return self.folder / "extracts"

    @property
    def landed(self) -> Path:
        return self.folder / "landed"

    @property
    def cycles(self) -> Path:
        return self.folder / "cycles"

    @property
    def warehouse_file(self) -> Path:
        return self.folder / "warehouse" / "warehouse.duckdb"  # database and schema of one name would be ambiguous

    @property
    def dagster_home(self) -> Path:
        return self.folder / "warehouse" / "dagster"

    @property
    def published(self) -> Path:
        return self.folder / "published"

    @property
    def readable_folders(self) -> tuple[Path, ...]:
        """The company folder and those of `read_from`, links resolved: nothing outside them is read."""
        return tuple(
            dict.fromkeys(
                [self.folder.resolve(), *((self.folder / name).resolve() for name in self.settings.read_from)]
            )
        )

    @property
    def settings_digest(self) -> str:
        """Digest of all settings but secrets: a part of the input digest of a run."""
        return hashlib.sha256(self.settings.model_dump_json().encode()).hexdigest()

    def mapping(self, extract: str) -> ExtractMapping:
        """What `sop.yaml` says about an extract; the defaults where it says nothing."""
        return self.settings.extracts.get(extract, ExtractMapping())

    def default_place(self, extract: Extract) -> Path:
        return self.extracts / extract.department


def load_company(folder: Path, as_of_date: dt.date | None = None) -> Company:
    """Read `sop.yaml` of a company folder. `as_of_date` (of the command line) wins over the setting, which wins over today.

    Raises ConfigurationError with file, line and key on a missing folder or file, broken YAML, an unknown key or value, a variable that
    is not set, a folder of `read_from` that does not exist.
    """
    path = folder / SETTINGS_FILE
    if not path.is_file():
        known = "it is no folder" if not folder.is_dir() else f"it holds no {SETTINGS_FILE}"
        raise ConfigurationError(
            f"{folder}: {known}. Name the company folder with --company DIR, or make one with: sop init {folder}"
        )
    settings = parse_settings(path.read_text(encoding="utf-8-sig"), path, _environment())
    own_today = settings.as_of_date or dt.datetime.now(zoneinfo.ZoneInfo(settings.time_zone)).date()
    day = as_of_date or own_today
    company = Company(folder.resolve(), settings, day, replays_night=day < own_today)
    for name in settings.read_from:
        if not (company.folder / name).is_dir():
            raise ConfigurationError(f"{path}: read_from: {name} is no folder. Correct the path or take it out.")
    return company


def _environment() -> dict[str, str]:
    """The environment; a folder given relative to where the command runs is made absolute, since paths of sop.yaml are the company's."""
    return {
        name: str(Path(value).resolve()) if value.startswith(("./", "../")) and Path(value).is_dir() else value
        for name, value in os.environ.items()
    }


def parse_settings(text: str, path: Path, environment: Mapping[str, str]) -> Settings:
    """Settings from the text of `sop.yaml`; `path` only names it in errors. Raises ConfigurationError with file and line."""
    yaml = YAML(typ="rt")
    try:
        document = yaml.load(VARIABLE.sub(f"{OPEN}\\1{CLOSE}", text))
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise ConfigurationError(f"{path}:{mark.line + 1 if mark else 1}: {problem}. Correct the YAML there.") from None
    if not isinstance(document, CommentedMap):
        raise ConfigurationError(
            f"{path}:1: expected settings as `key: value`, at least company and reporting_currency"
        )
    plain = _with_environment(document, path, environment)
    try:
        settings = Settings.model_validate(plain)
    except ValidationError as error:
        lines = [
            f"{path}:{_line(document, detail['loc'])}: {_explain(document, detail)}"
            for detail in error.errors(include_url=False)
        ]
        raise ConfigurationError("\n".join(lines)) from None
    for name in settings.extracts:
        if name not in EXTRACTS:
            line = _line(document, ("extracts", name))
            raise ConfigurationError(
                f"{path}:{line}: extracts.{name}: no extract has this name{_nearest(name, EXTRACTS)}"
            )
    return settings


def now_utc() -> dt.datetime:
    """The clock, for what records when something happened; no figure of the plan depends on it."""
    return dt.datetime.now(dt.UTC)


def settings_schema() -> dict[str, Any]:
    """JSON Schema of `sop.yaml`, for editors."""
    schema = Settings.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": SETTINGS_FILE, **schema}


def _with_environment(node: Any, path: Path, environment: Mapping[str, str], line: int = 1) -> Any:
    """Plain dicts and lists, with every `${NAME}` of a value replaced by the environment."""
    if isinstance(node, CommentedMap):
        return {
            key: _with_environment(value, path, environment, node.lc.value(key)[0] + 1) for key, value in node.items()
        }
    if isinstance(node, CommentedSeq):
        return [
            _with_environment(value, path, environment, node.lc.item(index)[0] + 1) for index, value in enumerate(node)
        ]
    if not isinstance(node, str):
        return node

    def value_of(match: re.Match[str]) -> str:
        if match[1] not in environment:
            raise ConfigurationError(
                f"{path}:{line}: the environment variable {match[1]} is not set. Set it, or write the value in its place."
            )
        return environment[match[1]]

    return PLACEHOLDER.sub(value_of, str(node))


def _path_in(document: Any, location: tuple[int | str, ...]) -> Iterator[tuple[Any, int | str]]:
    """The nodes along a location, as far as they exist in the file: pydantic adds steps of its own, such as union members."""
    node = document
    for step in location:
        if isinstance(node, CommentedMap):
            key = next((known for known in node if str(known) == str(step)), None)
        elif isinstance(node, CommentedSeq):
            key = step if isinstance(step, int) and step < len(node) else None
        else:
            return
        if key is None:
            return
        yield node, key
        node = node[key]


def _line(document: CommentedMap, location: tuple[int | str, ...]) -> int:
    line = 0
    for node, key in _path_in(document, location):
        line = (node.lc.key(key) if isinstance(node, CommentedMap) else node.lc.item(key))[0]
    return line + 1


def _explain(document: CommentedMap, detail: ErrorDetails) -> str:
    steps = list(_path_in(document, detail["loc"]))
    name = ".".join(str(step) for step in detail["loc"][: max(len(steps), 1)])
    if detail["type"] == "extra_forbidden":
        return f"{name}: unknown key{_nearest(str(detail['loc'][-1]), _known_keys(detail['loc'][:-1]))}"
    if detail["type"] == "missing":
        return f"{'.'.join(str(step) for step in detail['loc'])}: missing; it has no default"
    written = steps[-1][0][steps[-1][1]] if steps else None
    message = detail["msg"].removeprefix("Value error, ")
    # a value from the environment may be a password
    shown = (
        ""
        if isinstance(written, (CommentedMap, CommentedSeq)) or PLACEHOLDER.search(str(written))
        else f" (it says {written!r})"
    )
    return f"{name}: {message}{shown}"


def _known_keys(location: tuple[int | str, ...]) -> list[str]:
    model: type[BaseModel] = Settings
    for step in location:
        field = model.model_fields.get(str(step))
        if field is None:
            continue
        inner = ExtractMapping if step == "extracts" else field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            model = inner
    return list(model.model_fields)


def _nearest(name: str, known: Any) -> str:
    """`. Did you mean …?`, or the first names there are."""
    close = difflib.get_close_matches(name, list(known), n=1)
    return f". Did you mean {close[0]}?" if close else f"; known: {', '.join(sorted(known)[:60])}"
