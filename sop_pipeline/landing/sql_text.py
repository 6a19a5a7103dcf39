"""Text as SQL: literals, paths. Identifiers are quoted by `warehouse.quoted`; no statement is written here."""

from pathlib import Path


def literal(value: str) -> str:
    """A text as SQL, whatever characters it holds."""
    return "'" + value.replace("'", "''") + "'"


def glob_literal(path: Path) -> str:
    """A path that `read_csv` and `read_parquet` take by the letter: * ? [ in a name would mean many files."""
    return "".join(f"[{mark}]" if mark in "*?[" else mark for mark in str(path))
