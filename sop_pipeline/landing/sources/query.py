"""DuckDB SQL over files or a DuckDB database as all-text Parquet, confined to the company's folders. What it should give is not known."""

from collections.abc import Sequence
from pathlib import Path

import duckdb

from sop_pipeline.landing.sources.base import Reading, UnreadableSourceError, Wanted, column_names
from sop_pipeline.landing.sql_text import literal
from sop_pipeline.warehouse import CONFIG, quoted


def read_query(query: str, readable: Sequence[Path], wanted: Wanted, target: Path, *, database: Path | None = None) -> Reading:
    """Write the rows of one SELECT to `target`; row n of the result is line n. `database`: a DuckDB file whose tables it names.

    It runs in a connection of its own in which files outside `readable` and the target's folder are out of reach, extensions cannot be
    installed or loaded and settings are locked. One thread: rows come in the same order every night. Raises UnreadableSourceError with
    DuckDB's words when it fails or is no single SELECT.
    """
    con = duckdb.connect(config={**CONFIG, "threads": "1", "temp_directory": str(target.parent)})
    try:
        con.execute("set TimeZone = 'UTC'")
        if database is not None:
            con.execute(f"attach {literal(str(database))} as given_database (type duckdb, read_only)")
            con.execute("use given_database")
        folders = ", ".join(literal(str(folder)) for folder in [*readable, target.parent])
        con.execute(f"set allowed_directories = [{folders}]")
        con.execute("set enable_external_access = false")
        con.execute("set lock_configuration = true")
        statements = con.extract_statements(query)
        if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
            raise UnreadableSourceError("the query must be one SELECT; it reads, it does not write or set anything")
        text = statements[0].query.strip().rstrip(";")
        described = con.execute(f"describe {text}").fetchall()
        columns = column_names([row[0] for row in described], "the query", wanted.limits)
        listed = ", ".join(f"c{index}" for index in range(len(columns)))
        as_text = ", ".join(f"nullif(c{index}::varchar, '') as {quoted(name)}" for index, name in enumerate(columns))
        written = con.execute(
            f"copy (select {as_text} from ({text}\n) as given({listed})) to {literal(str(target))} (format parquet, compression lz4)"
        ).fetchall()
    except duckdb.PermissionException as error:
        within = ", ".join(str(folder) for folder in readable)
        said = _first_sentence(error)
        raise UnreadableSourceError(
            f"the query fails: {said}. It reads files by their full path and below {within} only; add a folder under read_from in sop.yaml."
        ) from error
    except duckdb.Error as error:
        raise UnreadableSourceError(f"the query fails: {_first_sentence(error)}. Correct it in sop.yaml.") from error
    finally:
        con.close()
    return Reading(columns, int(written[0][0]), header_line=0, first_line=1)


def _first_sentence(error: duckdb.Error) -> str:
    """What DuckDB says without the drawing of the place, which needs the lines of a terminal."""
    said, _, drawn = str(error).partition("\n\nLINE ")
    return " ".join(f"{said} (line {drawn.partition(':')[0]} of the query)".split()) if drawn else " ".join(said.split())
