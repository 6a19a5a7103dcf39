"""The record of what was landed when: `landed/loads.jsonl`, and what was read from each file. Reading files stays out."""

import dataclasses
import datetime as dt
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from sop_pipeline.landing.issues import Issue
from sop_pipeline.landing.sources.base import Ragged, Reading

Status = Literal["fresh", "stale", "not_supplied", "unusable"]
LOADS_FILE = "loads.jsonl"


@dataclass(frozen=True)
class LandedFile:
    """One file as landed. `landed`: its Parquet file below `landed/<extract>/`; `fingerprint`: SHA-256 of the file as received."""

    name: str
    fingerprint: str
    landed: str
    reading: Reading


@dataclass(frozen=True)
class Load:
    """What one night has of one extract.

    fresh: today's files. stale: an earlier load stands in, `reason` says why. not_supplied: an optional extract that is not there.
    unusable: the night must stop, because the extract is required or `if_unusable: fail` stands. `landed_at` and `content_landed_at`
    are UTC: when this load was taken, when its content came first. `notes`: issues of the files, not of their rows.
    """

    extract: str
    as_of_date: dt.date
    landed_at: dt.datetime
    status: Status
    reason: str = ""
    files: tuple[LandedFile, ...] = ()
    content_landed_at: dt.datetime | None = None
    last_good_load_at: dt.datetime | None = None
    notes: tuple[Issue, ...] = field(default=(), compare=False)

    @property
    def rows(self) -> int:
        """Rows in the files, without ragged lines."""
        return sum(file.reading.rows for file in self.files)

    @property
    def fingerprint(self) -> str | None:
        """Digest of the content of all files, in name order; None without files."""
        if not self.files:
            return None
        return hashlib.sha256("".join(file.fingerprint for file in self.files).encode()).hexdigest()

    @property
    def has_rows_to_stage(self) -> bool:
        return self.status in ("fresh", "stale")


class Records:
    """The loads of all nights, oldest first, as they stand in `landed/`. One night writes at a time."""

    def __init__(self, landed: Path) -> None:
        self.landed = landed
        self._path = landed / LOADS_FILE
        self._lines = _lines_of(self._path)

    def night(self, extract: str, as_of_date: dt.date) -> Load | None:
        """The last load of a night, or that nothing was supplied; None where there is none or its copies are gone."""
        return self._latest(extract, lambda line: line["as_of_date"] == as_of_date.isoformat())

    def last_good(self, extract: str, as_of_date: dt.date) -> Load | None:
        """The last load up to a night that came fresh from the sender; None where there is none or its copies are gone."""
        return self._latest(extract, lambda line: line["status"] == "fresh" and line["as_of_date"] <= as_of_date.isoformat())

    def first_landed_at(self, extract: str, fingerprint: str | None) -> dt.datetime | None:
        """When this content came first without another in between; None where the last good load had other content."""
        first = None
        for line in self._lines:
            if line["extract"] == extract and line["status"] == "fresh":
                same = line["fingerprint"] == fingerprint
                first = (first or line["landed_at"]) if same else None
        return dt.datetime.fromisoformat(first) if first else None

    def add(self, load: Load) -> None:
        """Record a load that a plan was made with."""
        line = {
            "extract": load.extract,
            "as_of_date": load.as_of_date.isoformat(),
            "landed_at": load.landed_at.isoformat(),
            "status": load.status,
            "reason": load.reason,
            "fingerprint": load.fingerprint,
            "content_landed_at": load.content_landed_at.isoformat() if load.content_landed_at else None,
            "last_good_load_at": load.last_good_load_at.isoformat() if load.last_good_load_at else None,
            "rows": load.rows,
            "notes": [dataclasses.asdict(note) for note in load.notes],
            "files": [{"name": file.name, "fingerprint": file.fingerprint, "landed": file.landed} for file in load.files],
        }
        self.landed.mkdir(parents=True, exist_ok=True)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
        self._lines.append(line)
        _READ[self._path] = (_state(self._path), self._lines)

    def _latest(self, extract: str, fits: Any) -> Load | None:
        for line in reversed(self._lines):
            if line["extract"] == extract and fits(line):
                return self._load(line)
        return None

    def _load(self, line: dict[str, Any]) -> Load | None:
        files = []
        for file in line["files"]:
            reading = stored_reading(self.landed / line["extract"] / file["landed"])
            if reading is None:
                return None
            files.append(LandedFile(file["name"], file["fingerprint"], file["landed"], reading))
        return Load(
            extract=line["extract"],
            as_of_date=dt.date.fromisoformat(line["as_of_date"]),
            landed_at=dt.datetime.fromisoformat(line["landed_at"]),
            status=line["status"],
            reason=line["reason"],
            files=tuple(files),
            content_landed_at=_moment(line["content_landed_at"]),
            last_good_load_at=_moment(line["last_good_load_at"]),
            notes=tuple(Issue(**note) for note in line.get("notes", ())),
        )


# a night asks for the record some hundred times, and after a year of nights it takes a sixth of a second to parse
_READ: dict[Path, tuple[tuple[int, int], list[dict[str, Any]]]] = {}


def _lines_of(path: Path) -> list[dict[str, Any]]:
    """The parsed lines of the record, read again only when the file has changed."""
    if not path.is_file():
        return []
    state = _state(path)
    if path not in _READ or _READ[path][0] != state:
        lines = path.read_text(encoding="utf-8").splitlines()
        _READ[path] = (state, [json.loads(line) for line in lines if line.strip()])
    return _READ[path][1]


def _state(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_size, found.st_mtime_ns


def stored_reading(parquet: Path) -> Reading | None:
    """What was read into a landed Parquet file; None where file or note is missing."""
    note = parquet.with_suffix(".json")
    if not (note.is_file() and parquet.is_file()):
        return None
    known = json.loads(note.read_text(encoding="utf-8"))
    ragged = tuple(Ragged(**line) for line in known.pop("ragged"))
    return Reading(**{**known, "columns": tuple(known["columns"]), "ragged": ragged})


def store_reading(written: Path, parquet: Path, reading: Reading) -> None:
    """Put a written file in its place and its note beside it; the note comes last, so that half a copy is none."""
    written.replace(parquet)
    note = parquet.with_suffix(".json")
    part = note.with_suffix(".json.part")
    part.write_text(json.dumps(dataclasses.asdict(reading), ensure_ascii=False), encoding="utf-8")
    part.replace(note)


def file_digest(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def text_digest(parts: Iterable[str]) -> str:
    """SHA-256 of several texts."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _moment(text: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(text) if text else None
