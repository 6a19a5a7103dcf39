"""When a line of delimited text is a row: the number of its cells against the header's. Reading lines and cells stays out."""

from collections.abc import Sequence

from sop_pipeline.landing.sources.base import Ragged
from sop_pipeline.landing.sources.dialect import Dialect

TEXT_CHARACTERS = 500


def is_blank(cells: Sequence[str], dialect: Dialect) -> bool:
    """Nothing but blanks, and fewer cells than a row."""
    return len(cells) < dialect.named_width and not any(cell.strip() for cell in cells)


def fits(cells: Sequence[str], dialect: Dialect) -> bool:
    """As many cells as the header, or empty ones too many where the file ends its lines so; elsewhere that may be a decimal comma."""
    width = len(dialect.columns)
    return dialect.named_width <= len(cells) <= max(width, dialect.row_width) and not any(cells[width:])


def ragged(line: int, text: str, problem: str) -> Ragged:
    return Ragged(line, text.rstrip("\r\n")[:TEXT_CHARACTERS], problem)


def wrong_width(cells: Sequence[str], dialect: Dialect) -> str:
    return f"{len(cells)} cells where the header has {dialect.named_width}"
