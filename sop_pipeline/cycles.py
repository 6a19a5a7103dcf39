"""Versions of a cycle: the working plan frozen or approved, immutable Parquet with a manifest. What a night records stays in record."""

import datetime as dt
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import polars as pl

from sop_pipeline.contracts import contract_of

Kind = Literal["frozen", "approved"]
KINDS: tuple[Kind, ...] = ("frozen", "approved")  # the later one wins where both are there
MANIFEST = "manifest.json"
PUBLISHED_CYCLES = 13
READ_ONLY = 0o444
FROM_NIGHT = ("as_of_date", "code_version", "schema_version", "settings_digest", "settings", "input_digest", "extracts")


class CycleError(ValueError):
    """A version cannot be made; the message says why and what to do. What was frozen or approved stays as it is."""


@dataclass(frozen=True)
class Version:
    """A frozen or approved version of a cycle as it lies in `cycles/<cycle_id>/<kind>/`."""

    folder: Path
    manifest: Mapping[str, Any]

    @property
    def cycle_id(self) -> str:
        return self.folder.parent.name

    @property
    def kind(self) -> str:
        return self.folder.name

    @property
    def key(self) -> str:
        """`<cycle_id>/<kind>`: what a night calls it."""
        return f"{self.cycle_id}/{self.kind}"

    @property
    def cycle_start(self) -> dt.date:
        """First day of the period that gives the cycle its name."""
        return dt.date.fromisoformat(self.manifest["cycle_start"])

    @property
    def as_of_date(self) -> dt.date:
        """As-of date of the night whose plan it is."""
        return dt.date.fromisoformat(self.manifest["as_of_date"])

    @property
    def recorded_on(self) -> dt.date:
        """The company's own day it was frozen or approved on."""
        return dt.date.fromisoformat(self.manifest["recorded_on"])

    @property
    def digest(self) -> str:
        """Digest of the manifest, which holds the digest of every file."""
        return _digest(self.folder / MANIFEST)

    def table(self, name: str) -> Path | None:
        """The Parquet file of a table of schema sop; None where the version does not hold it."""
        path = self.folder / f"{name}.parquet"
        return path if path.name in self.manifest["files"] else None


@dataclass(frozen=True)
class Stamp:
    """What the manifest says beside the files: which plan it is, what it was made of, who made it a version and when.

    `night`: the manifest of the recorded night. `by`: None where nobody is named. `at`: UTC.
    """

    cycle_id: str
    cycle_start: dt.date
    kind: Kind
    recorded_on: dt.date
    by: str | None
    at: dt.datetime
    night: Mapping[str, Any]


def make_version(cycles: Path, stamp: Stamp, tables: Mapping[str, pl.DataFrame]) -> tuple[Version, bool]:
    """Write the working plan as a version; returns it and whether it is new.

    `tables`: every plan table of schema sop by name, its working rows of the cycle. They are written with the version in `plan_version`,
    sorted by key, so that the same plan gives the same bytes; the same bytes again change nothing. Raises CycleError where the version
    exists with other content, or its files are no longer what its manifest says.
    """
    folder = cycles / stamp.cycle_id / stamp.kind
    building = folder.with_name(f".{stamp.kind}")
    if building.exists():
        shutil.rmtree(building)
    building.mkdir(parents=True)
    files = {}
    for name in sorted(tables):
        path = building / f"{name}.parquet"
        version = pl.lit(stamp.kind).alias("plan_version")
        tables[name].with_columns(version).sort(contract_of(f"sop.{name}").key_columns()).write_parquet(path)
        files[path.name] = {"rows": tables[name].height, "sha256": _digest(path)}
    if folder.exists():
        shutil.rmtree(building)
        return _same_again(folder, stamp, files), False
    manifest = {
        "cycle_id": stamp.cycle_id,
        "cycle_start": stamp.cycle_start.isoformat(),
        "plan_version": stamp.kind,
        "by": stamp.by,
        "at": stamp.at.isoformat(timespec="seconds"),
        "recorded_on": stamp.recorded_on.isoformat(),
        **{name: stamp.night[name] for name in FROM_NIGHT},
        "executive_changes": executive_changes(tables["demand_plan"]).to_dicts() if "demand_plan" in tables else [],
        "files": files,
    }
    (building / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=2, default=str) + "\n", encoding="utf-8")
    for path in building.iterdir():
        path.chmod(READ_ONLY)
        _sync(path)
    building.rename(folder)
    _sync(folder.parent)
    return Version(folder, manifest), True


def executive_changes(demand_plan: pl.DataFrame) -> pl.DataFrame:
    """Where the executive step differs from consensus: family_id, period_start, both quantities in planning units, author and reason."""
    base = demand_plan.filter(pl.col("scenario_id") == "base")
    consensus = base.filter(pl.col("step") == "demand_review").select("family_id", "period_start", consensus_quantity="quantity")
    changed = base.filter((pl.col("step") == "executive") & (pl.col("change_quantity") != 0))
    return (
        changed.select("family_id", "period_start", "author", "reason", executive_quantity="quantity")
        .join(consensus, on=["family_id", "period_start"], how="left")
        .select("family_id", "period_start", "consensus_quantity", "executive_quantity", "author", "reason")
        .sort("family_id", "period_start")
    )


def all_versions(cycles: Path) -> list[Version]:
    """Every version whose manifest can be read, by first day of its cycle, frozen before approved."""
    found = []
    for folder in _folders(cycles):
        manifest = _read_manifest(folder)
        if manifest is not None:
            found.append(Version(folder, manifest))
    return sorted(found, key=lambda version: (version.cycle_start, version.cycle_id, KINDS.index(version.kind)))  # type: ignore[arg-type]


def tampered(cycles: Path, known: Mapping[str, str]) -> list[str]:
    """What is no longer as it was frozen or approved, a sentence a file; none where every version is what its manifest says.

    `known`: digests of manifests by version, as the last night saw them: a manifest changed together with its files is named too.
    """
    said = []
    for folder in _folders(cycles):
        manifest = _read_manifest(folder)
        if manifest is None:
            said.append(f"{folder / MANIFEST} is missing or cannot be read")
        else:
            said += _tampered_files(folder, manifest["files"])
    for key, digest in sorted(known.items()):
        path = cycles / key / MANIFEST
        if not path.is_file():
            said.append(f"{path} is gone; the last night still read it")
        elif _digest(path) != digest:
            said.append(f"{path} is not the one the last night read")
    return list(dict.fromkeys(said))


def published_versions(versions: Sequence[Version], oldest_cycle_start: dt.date) -> list[Version]:
    """What stands beside the working plan: of every cycle from the oldest on the approved version, else the frozen one."""
    last = {version.cycle_id: version for version in versions if version.cycle_start >= oldest_cycle_start}
    return list(last.values())


def _same_again(folder: Path, stamp: Stamp, files: Mapping[str, Any]) -> Version:
    """The version that exists, where it holds the same bytes. Raises CycleError where it does not."""
    manifest = _read_manifest(folder)
    said = list(_tampered_files(folder, manifest["files"])) if manifest else [f"{folder / MANIFEST} is missing or cannot be read"]
    if manifest is None or said:
        raise CycleError(f"{'; '.join(said)}: put the folder back from a backup. A version is never written a second time.")
    if manifest["files"] != files:
        names = sorted(name for name in {*files, *manifest["files"]} if files.get(name) != manifest["files"].get(name))
        by = f" by {manifest['by']}" if manifest["by"] else ""
        raise CycleError(
            f"cycle {stamp.cycle_id} was {stamp.kind} on {manifest['recorded_on']}{by}, as of {manifest['as_of_date']}, with another plan "
            f"({', '.join(names)} differ). A version is never overwritten: what has changed since goes into "
            + ("the approved version (sop approve) or the next cycle." if stamp.kind == "frozen" else "the next cycle.")
        )
    return Version(folder, manifest)


def _tampered_files(folder: Path, files: Mapping[str, Any]) -> Iterator[str]:
    for name, known in sorted(files.items()):
        path = folder / name
        if not path.is_file():
            yield f"{path} is gone"
        elif _digest(path) != known["sha256"]:
            yield f"{path} is not what was {folder.name}: its digest differs from {MANIFEST}"
    yield from (
        f"{path} was not part of what was {folder.name}" for path in sorted(folder.iterdir()) if path.name not in {MANIFEST, *files}
    )


def _folders(cycles: Path) -> list[Path]:
    return sorted(folder for kind in KINDS for folder in cycles.glob(f"*/{kind}") if folder.is_dir())


def _read_manifest(folder: Path) -> dict[str, Any] | None:
    try:
        found = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and isinstance(found.get("files"), dict) else None


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
