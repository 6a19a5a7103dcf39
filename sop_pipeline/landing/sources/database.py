"""Rows of a database query as all-text Parquet: servers through their drivers, SQLite files. How a server is reached stays out."""

import contextlib
import datetime as dt
import json
import sqlite3
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sop_pipeline.company import ConfigurationError
from sop_pipeline.landing.sources.base import Reading, UnreadableSourceError, Wanted, column_names
from sop_pipeline.landing.sources.servers import Family
from sop_pipeline.landing.uri import Address

BATCH_ROWS = 20_000
# what a SELECT does; attaching another file, changing a setting and writing are all something else
READING = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE}


def read_server(family: Family, address: Address, query: str, wanted: Wanted, target: Path) -> Reading:
    """Write the rows that a query gives on a server to `target`; row n is line n. Nothing is written there: the transaction is undone.

    Raises ConfigurationError when the driver is not installed, UnreadableSourceError with the server's words, without password, on
    everything else.
    """
    try:
        with contextlib.closing(family.connect(address)) as connection:
            cursor = family.cursor(connection)
            cursor.execute(query)
            try:
                return _write(cursor, wanted, target)
            finally:
                connection.rollback()
    except ImportError as error:
        missing = f"{family.name} needs a driver that is not installed ({error.name or error})"
        raise ConfigurationError(f"{missing}. Install it: pip install 'sop-pipeline[{family.extra}]'") from None
    except (ConfigurationError, UnreadableSourceError):
        raise
    except Exception as error:  # noqa: BLE001 - drivers raise what they like, and what they say may hold the password
        raise UnreadableSourceError(f"{address.place} gives no rows: {address.without_secrets(error)}") from None


def read_sqlite(path: Path, query: str, wanted: Wanted, target: Path) -> Reading:
    """Write the rows of one SELECT on a SQLite file to `target`; row n is line n. It can read that file and nothing else.

    Raises UnreadableSourceError with SQLite's words when it fails or does more than read.
    """

    def allows(action: int, *_about: str | None) -> int:
        return sqlite3.SQLITE_OK if action in READING else sqlite3.SQLITE_DENY

    try:
        with contextlib.closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            connection.text_factory = bytes
            connection.set_authorizer(allows)
            return _write(connection.execute(query), wanted, target)
    except (sqlite3.Error, sqlite3.Warning) as error:
        raise UnreadableSourceError(f"{path.name}: the query fails: {error}. It must be one SELECT, and reads only this file.") from error


def as_text(value: Any) -> str | None:
    """A value of a driver as the text a person would write: exact decimals, ISO dates, true and false; empty text is null."""
    match value:
        case None | str():
            text = value
        case bool():
            text = str(value).lower()
        case Decimal():
            text = format(value, "f")
        case dt.datetime():
            text = value.isoformat(" ")
        case dt.date() | dt.time():
            text = value.isoformat()
        case bytes() | bytearray() | memoryview():
            text = _decoded(bytes(value))
        case dict() | list():
            text = json.dumps(value, ensure_ascii=False, default=str)
        case _:
            text = str(value)
    return text or None


def _decoded(value: bytes) -> str:
    with contextlib.suppress(UnicodeDecodeError):
        return value.decode("utf-8")
    return value.decode("cp1252", errors="replace")


def _write(cursor: Any, wanted: Wanted, target: Path) -> Reading:
    if cursor.description is None:
        raise UnreadableSourceError("the query gives no rows; it must be one SELECT")
    columns = column_names([described[0] for described in cursor.description], "the query", wanted.limits)
    schema = pa.schema([(name, pa.string()) for name in columns])
    rows = 0
    with pq.ParquetWriter(target, schema, compression="lz4") as writer:
        for batch in _batches(cursor):
            cells = [pa.array([as_text(value) for value in column], pa.string()) for column in zip(*batch, strict=True)]
            writer.write_table(pa.table(cells, schema=schema))
            rows += len(batch)
    return Reading(columns, rows, header_line=0, first_line=1)


def _batches(cursor: Any) -> Iterator[Sequence[Sequence[Any]]]:
    while batch := cursor.fetchmany(BATCH_ROWS):
        yield batch
