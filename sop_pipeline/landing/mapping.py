"""Which column of a file is which column of the contract. Reading and typing stay out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sop_pipeline.contracts import ColumnSpec
from sop_pipeline.landing.sources.base import UnreadableSourceError, comparable
from sop_pipeline.settings import ExtractMapping

SOURCE_COLUMNS = ("source_file", "source_line")


@dataclass(frozen=True)
class ColumnMatch:
    """`theirs`: name in the file by our name, None where the column is a constant or absent; `unknown`: columns nothing asks for."""

    theirs: dict[str, str | None]
    unknown: tuple[str, ...]


def data_columns(specs: Sequence[ColumnSpec]) -> tuple[ColumnSpec, ...]:
    """The columns an extract is asked for: all of the contract but those that say where a row came from."""
    return tuple(spec for spec in specs if spec.name not in SOURCE_COLUMNS)


def expected_names(specs: Sequence[ColumnSpec], mapping: ExtractMapping) -> frozenset[str]:
    """Names a header may hold, comparable: theirs where the mapping renames, ours elsewhere."""
    return frozenset(comparable(mapping.columns.get(spec.name, spec.name)) for spec in data_columns(specs))


def match_columns(file: str, columns: Sequence[str], specs: Sequence[ColumnSpec], mapping: ExtractMapping) -> ColumnMatch:
    """Find every column of the contract among those of a file: as written, else whatever its capitals.

    Raises UnreadableSourceError naming the columns that are required or mapped and not in the file.
    """
    by_comparable: dict[str, list[str]] = {}
    for column in columns:
        by_comparable.setdefault(comparable(column), []).append(column)
    theirs: dict[str, str | None] = {}
    missing = []
    for spec in data_columns(specs):
        wanted = mapping.columns.get(spec.name, spec.name)
        alike = by_comparable.get(comparable(wanted), [])
        found = wanted if wanted in columns else alike[0] if len(alike) == 1 else None
        theirs[spec.name] = None if spec.name in mapping.constants else found
        is_needed = spec.name in mapping.columns or not spec.is_optional
        if found is None and is_needed and spec.name not in mapping.constants:
            missing.append(spec.name if wanted == spec.name else f"{wanted!r} ({spec.name})")
    if missing:
        raise UnreadableSourceError(
            f"{file}: no column {', '.join(missing)}; the file has {', '.join(columns[:40])}. "
            "Send the column, or map it in sop.yaml under columns or constants."
        )
    used = {name for name in theirs.values() if name is not None}
    return ColumnMatch(theirs, tuple(column for column in columns if column not in used))


def shifted_texts(extract: str, specs: Sequence[ColumnSpec], mapping: ExtractMapping) -> list[str]:
    """Keys of `shift_days` that are columns of another kind than dates, as `section.key`."""
    others = {spec.name for spec in data_columns(specs) if spec.kind not in ("date", "timestamp")}
    return [f"extracts.{extract}.shift_days.{name}" for name in mapping.shift_days if name in others]


def misspelt_targets(extract: str, specs: Sequence[ColumnSpec], mapping: ExtractMapping) -> list[str]:
    """Keys of `columns`, `constants`, `values` and `shift_days` that are no column of the extract, as `section.key`."""
    known = {spec.name for spec in data_columns(specs)}
    sections: dict[str, Iterable[str]] = {
        "columns": mapping.columns,
        "constants": mapping.constants,
        "values": mapping.values,
        "shift_days": mapping.shift_days,
    }
    return [f"extracts.{extract}.{section}.{name}" for section, names in sections.items() for name in names if name not in known]
