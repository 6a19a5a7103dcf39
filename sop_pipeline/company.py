"""The company folder and its typed `sop.yaml`. With `cli.py` the only reader of environment and clock; no data is read here."""

import datetime as dt
import hashlib
import os
import re
import zoneinfo
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML, YAMLError
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.constructor import RoundTripConstructor

from sop_pipeline.extracts import EXTRACTS, Extract
from sop_pipeline.package_data import demo_root
from sop_pipeline.settings import ExtractMapping, Settings, nearest

SETTINGS_FILE = "sop.yaml"
VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
# `[${NAME}]` is no YAML: braces end a scalar there. Two private characters stand in for them while the text is parsed.
OPEN, CLOSE = "\ue000", "\ue001"
PLACEHOLDER = re.compile(f"{OPEN}([A-Za-z0-9_]+){CLOSE}")


class _DatesAsText(RoundTripConstructor):
    """YAML's own dates fail without a line, and 2026-01-31 among codes means the characters; the settings say what is a date."""


_DatesAsText.add_constructor("tag:yaml.org,2002:timestamp", RoundTripConstructor.construct_scalar)


class ConfigurationError(ValueError):
    """`sop.yaml` or the company folder is wrong; the message names file, line, key and what to do."""


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
        return tuple(dict.fromkeys([self.folder.resolve(), *((self.folder / name).resolve() for name in self.settings.read_from)]))

    @property
    def settings_digest(self) -> str:
        """Digest of all settings but secrets: a part of the input digest of a run. The as-of date is an input of its own."""
        return hashlib.sha256(self.settings.model_dump_json(exclude={"as_of_date"}).encode()).hexdigest()

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
        raise ConfigurationError(f"{folder}: {known}. Name the company folder with --company DIR, or make one with: sop init {folder}")
    settings = parse_settings(_text_of(path), path, _environment())
    own_today = settings.as_of_date or dt.datetime.now(zoneinfo.ZoneInfo(settings.time_zone)).date()
    day = as_of_date or own_today
    company = Company(folder.resolve(), settings, day, replays_night=day < own_today)
    for name in settings.read_from:
        if not (company.folder / name).is_dir():
            raise ConfigurationError(f"{path}: read_from: {name} is no folder. Correct the path or take it out.")
    return company


def _text_of(path: Path) -> str:
    content = path.read_bytes()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ConfigurationError(f"{path}:{line}: a character that is not UTF-8. Save the file as UTF-8.") from None


def chosen_folder() -> Path:
    """The company folder that SOP_COMPANY names, else the demo company."""
    return Path(os.environ.get("SOP_COMPANY") or demo_root())


def parse_settings(text: str, path: Path, environment: Mapping[str, str]) -> Settings:
    """Settings from the text of `sop.yaml`; `path` only names it in errors. Raises ConfigurationError with file and line."""
    yaml = YAML(typ="rt")
    yaml.Constructor = _DatesAsText
    try:
        document = yaml.load(VARIABLE.sub(f"{OPEN}\\1{CLOSE}", text))
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise ConfigurationError(f"{path}:{mark.line + 1 if mark else 1}: {problem}. Correct the YAML there.") from None
    if not isinstance(document, CommentedMap):
        raise ConfigurationError(f"{path}:1: expected settings as `key: value`, at least company and reporting_currency")
    plain = _with_environment(document, path, environment)
    try:
        settings = Settings.model_validate(plain)
    except ValidationError as error:
        lines = [f"{path}:{_line(document, detail['loc'])}: {_explain(document, detail)}" for detail in error.errors(include_url=False)]
        raise ConfigurationError("\n".join(lines)) from None
    for name in settings.extracts:
        if name not in EXTRACTS:
            line = _line(document, ("extracts", name))
            raise ConfigurationError(f"{path}:{line}: extracts.{name}: no extract has this name{nearest(name, EXTRACTS)}")
    return settings


def now_utc() -> dt.datetime:
    """The clock, for what records when something happened; no figure of the plan depends on it."""
    return dt.datetime.now(dt.UTC)


def settings_schema() -> dict[str, Any]:
    """JSON Schema of `sop.yaml`, for editors."""
    schema = Settings.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": SETTINGS_FILE, **schema}


def _environment() -> dict[str, str]:
    """The environment; a folder given relative to where the command runs is made absolute, since paths of sop.yaml are the company's."""
    return {
        name: str(Path(value).resolve()) if value.startswith(("./", "../")) and Path(value).is_dir() else value
        for name, value in os.environ.items()
    }


def _with_environment(node: Any, path: Path, environment: Mapping[str, str], line: int = 1) -> Any:
    """Plain dicts and lists, with every `${NAME}` of a value replaced by the environment."""
    if isinstance(node, CommentedMap):
        return {key: _with_environment(value, path, environment, node.lc.value(key)[0] + 1) for key, value in node.items()}
    if isinstance(node, CommentedSeq):
        return [_with_environment(value, path, environment, node.lc.item(index)[0] + 1) for index, value in enumerate(node)]
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
        return f"{name}: unknown key{nearest(str(detail['loc'][-1]), _known_keys(detail['loc'][:-1]))}"
    if detail["type"] == "missing":
        return f"{'.'.join(str(step) for step in detail['loc'])}: missing; it has no default"
    written = steps[-1][0][steps[-1][1]] if steps else None
    message = detail["msg"].removeprefix("Value error, ")
    # a value from the environment may be a password, and an address holds one
    is_secret = "database" in detail["loc"] or PLACEHOLDER.search(str(written))
    shown = "" if is_secret or isinstance(written, (CommentedMap, CommentedSeq)) else f" (it says {written!r})"
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
