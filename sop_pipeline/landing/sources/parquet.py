"""Parquet files as all-text Parquet. Meaning stays out."""

from pathlib import Path

import duckdb
import pyarrow.parquet as pq
from pyarrow import ArrowException

from sop_pipeline.landing.sources.base import Reading, UnreadableSourceError, Wanted, column_names
from sop_pipeline.landing.sql_text import glob_literal, literal
from sop_pipeline.warehouse import quoted


def read_parquet(con: duckdb.DuckDBPyConnection, path: Path, wanted: Wanted, target: Path) -> Reading:
    """Write the rows of a Parquet file to `target`; row n is line n, and there is no header line (0).

    Raises UnreadableSourceError when it is damaged or exceeds a limit.
    """
    footer = _footer_bytes(path)
    if footer > wanted.limits.footer_bytes:
        raise UnreadableSourceError(f"{path.name}: describes its columns in {footer:,} bytes, more than {wanted.limits.footer_bytes:,}.")
    try:
        head = pq.read_metadata(path)
    except (ArrowException, OSError) as error:
        raise UnreadableSourceError(f"{path.name}: no Parquet file, or a damaged one ({error}). Send it again.") from error
    unpacked = sum(head.row_group(group).total_byte_size for group in range(head.num_row_groups))
    allowed = wanted.limits.decompressed(path.stat().st_size)
    if unpacked > allowed:
        raise UnreadableSourceError(f"{path.name}: unpacks to {unpacked:,} bytes, more than {allowed:,}. Send it in parts.")
    theirs = head.schema.to_arrow_schema().names
    columns = column_names(theirs, path.name, wanted.limits)
    as_text = ", ".join(f"nullif({quoted(name)}::varchar, '') as {quoted(ours)}" for name, ours in zip(theirs, columns, strict=True))
    source = f"read_parquet({literal(glob_literal(path))})"
    try:
        written = con.execute(
            f"copy (select {as_text} from {source}) to {literal(str(target))} (format parquet, compression lz4)"
        ).fetchall()
    except duckdb.Error as error:
        raise UnreadableSourceError(f"{path.name}: cannot be read ({error}). Send it again.") from error
    return Reading(columns, int(written[0][0]), header_line=0, first_line=1)


def _footer_bytes(path: Path) -> int:
    """Length of what describes the columns, which is read as a whole; the last eight bytes say it."""
    with path.open("rb") as file:
        file.seek(-min(8, path.stat().st_size), 2)
        return int.from_bytes(file.read(4), "little")
