"""One extract of one night into `landed/` and `raw`: read, keep, compare with earlier loads, fall back. Rows are judged in quarantine."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from sop_pipeline.company import Company, ConfigurationError
from sop_pipeline.contracts import ColumnSpec, column_specs, contract_of
from sop_pipeline.extracts import Extract
from sop_pipeline.landing.cells import cell_address
from sop_pipeline.landing.files import FoundFile, find_files, shown_places
from sop_pipeline.landing.issues import Issue
from sop_pipeline.landing.mapping import expected_names, match_columns, misspelt_targets, shifted_texts
from sop_pipeline.landing.queried import land_query
from sop_pipeline.landing.raw import RawView, create_raw_view, has_odd_rows, repeated_headers
from sop_pipeline.landing.records import LandedFile, Load, Records, file_digest, store_reading, stored_reading, text_digest
from sop_pipeline.landing.sources.base import Limits, Reading, UnreadableSourceError, Wanted
from sop_pipeline.landing.sources.delimited import read_delimited
from sop_pipeline.landing.sources.excel import read_sheet
from sop_pipeline.landing.sources.parquet import read_parquet

# Raise this when a reader gives other rows from the same file: copies made before are read again.
READER_VERSION = "2"
FEWEST_ROWS_RATIO = 0.4
USUAL_ROWS_RATIO = 0.4


def land(
    con: duckdb.DuckDBPyConnection,
    company: Company,
    extract: Extract,
    *,
    as_of_date: dt.date,
    landed_at: dt.datetime,
    limits: Limits | None = None,
) -> Load:
    """Land one extract; `show_raw` then points the view `raw.<extract>` at it.

    Reads today's files (a replayed night reads its own copies), keeps them by content, and falls back to the last good load when they are
    unusable. Nothing is recorded yet: `record_load` does, once the rows are judged. Raises ConfigurationError when the mapping names
    columns that do not exist or files outside the company's folders; never for bad data.
    """
    specs = _specs(extract.name)
    misspelt = misspelt_targets(extract.name, specs, company.mapping(extract.name))
    if misspelt:
        known = ", ".join(spec.name for spec in specs)
        raise ConfigurationError(f"{company.settings_file}: {', '.join(misspelt)}: no such column; known: {known}")
    _refuse_what_cannot_be_applied(con, company, extract)
    records = Records(company.landed)
    load = records.night(extract.name, as_of_date) if company.replays_night else None
    if load is None or _not_as_mapped(company, load):
        nothing = Load(extract.name, as_of_date, landed_at, "not_supplied")
        mapping = company.mapping(extract.name)
        wanted = Wanted(mapping.format, expected_names(specs, mapping), limits or Limits())
        load = _land_today(con, company, extract, nothing=nothing, wanted=wanted, records=records)
        load = replace(load, notes=(*load.notes, *_file_notes(con, company, extract, load)))
    return load


def _refuse_what_cannot_be_applied(con: duckdb.DuckDBPyConnection, company: Company, extract: Extract) -> None:
    """Patterns of `format:` are tried on an empty text, before the files: what is wrong with them is no matter of the data."""
    mapping = company.mapping(extract.name)
    place = f"{company.settings_file}: extracts.{extract.name}"
    texts = shifted_texts(extract.name, _specs(extract.name), mapping)
    if texts:
        raise ConfigurationError(f"{company.settings_file}: {', '.join(texts)}: days can be added to dates only. Take it out.")
    tried = [("date", "select try_strptime('', $pattern)", pattern) for pattern in mapping.format.date]
    if mapping.format.skip_rows_like:
        tried.append(("skip_rows_like", "select regexp_matches('', $pattern)", mapping.format.skip_rows_like))
    for key, query, pattern in tried:
        try:
            con.execute(query, {"pattern": pattern})
        except duckdb.InvalidInputException as error:
            said = str(error).removeprefix("Invalid Input Error: ")
            raise ConfigurationError(f"{place}.format.{key}: {pattern!r} is no pattern: {said}") from None


def show_raw(con: duckdb.DuckDBPyConnection, company: Company, load: Load) -> RawView:
    """Point `raw.<extract>` at the files of a load."""
    view = raw_view(company, load)
    create_raw_view(con, view)
    return view


def raw_view(company: Company, load: Load) -> RawView:
    """What `raw.<extract>` shows of a load."""
    return RawView(
        load.extract,
        _specs(load.extract),
        load.files if load.has_rows_to_stage else (),
        company.landed / load.extract,
        company.mapping(load.extract),
        company.settings.time_zone,
    )


def record_load(company: Company, load: Load) -> None:
    """Write a load that a plan is made with into the record, once; a replayed night changes no record of its own."""
    records = Records(company.landed)
    known = records.night(load.extract, load.as_of_date)
    # what was not supplied is recorded too: a night repeated later must not read what came since
    if load.status != "unusable" and not (company.replays_night and known):
        records.add(load)


def fall_back(company: Company, extract: Extract, load: Load, reason: str) -> Load:
    """What stands in for an unusable load: the last good one (stale), nothing (not supplied), or a stop (unusable)."""
    good = Records(company.landed).last_good(extract.name, load.as_of_date)
    if company.mapping(extract.name).if_unusable == "fail":
        return replace(load, status="unusable", reason=f"{reason} if_unusable is fail.", files=())
    if good is not None and (differs := _not_as_mapped(company, good)):
        good, reason = None, f"{reason} The last good load has {differs}"
    if good is None:
        return replace(load, status="unusable" if extract.is_required else "not_supplied", reason=reason, files=())
    return replace(
        good,
        as_of_date=load.as_of_date,
        landed_at=load.landed_at,
        status="stale",
        reason=reason,
        last_good_load_at=good.landed_at,
        notes=load.notes,
    )


def _not_as_mapped(company: Company, load: Load) -> str | None:
    """Why copies landed earlier cannot be read by today's mapping; None where they can."""
    for file in load.files:
        try:
            match_columns(file.name, file.reading.columns, _specs(load.extract), company.mapping(load.extract))
        except UnreadableSourceError as error:
            return str(error).removeprefix(f"{file.name}: ")
    return None


def _land_today(
    con: duckdb.DuckDBPyConnection, company: Company, extract: Extract, *, nothing: Load, wanted: Wanted, records: Records
) -> Load:
    """Today's files as a load; `nothing` is the load of an extract that sent none."""
    mapping = company.mapping(extract.name)
    specs = _specs(extract.name)
    good = records.last_good(extract.name, nothing.as_of_date)
    try:
        files = _read_all(con, company, extract, wanted)
        if not files:
            return _missing(company, extract, nothing, was_there=good is not None)
        for file in files:
            match_columns(file.name, file.reading.columns, specs, mapping)
    except UnreadableSourceError as error:
        return fall_back(company, extract, nothing, str(error))
    load = replace(nothing, status="fresh", files=files, last_good_load_at=nothing.landed_at)
    first = records.first_landed_at(extract.name, load.fingerprint)
    load = replace(load, content_landed_at=first or load.landed_at)
    if good is None:
        return load
    # a night run again compares with the night before, as its first run did, not with itself
    earlier = records.last_good(extract.name, nothing.as_of_date - dt.timedelta(days=1)) or good
    reason = _unbelievable(load.rows, earlier.rows, allow_empty=mapping.allow_empty)
    if reason:
        return fall_back(company, extract, load, f"{', '.join(file.name for file in files)}: {reason}")
    notes = (*_sent_again(extract, earlier, load), *_changes_since(earlier, load))
    return _stale_by_age(replace(load, notes=notes), mapping.stale_after_hours)


def nothing_sent(extract: Extract) -> str:
    """The reason of an optional extract that nobody sends: no mistake, unlike one that was sent and cannot be used."""
    return f"No file {_default_place(extract)}."


def _default_place(extract: Extract) -> str:
    return f"extracts/{extract.department}/{extract.name}….csv"


def _missing(company: Company, extract: Extract, nothing: Load, *, was_there: bool) -> Load:
    mapping = company.mapping(extract.name)
    place = shown_places(mapping.files) or _default_place(extract)
    if not was_there and not extract.is_required and mapping.if_unusable != "fail":
        return replace(nothing, reason=f"No file {place}, which sop.yaml names." if mapping.files else nothing_sent(extract))
    return fall_back(
        company, extract, nothing, f"No file {place}. Send it, or name its place in sop.yaml under extracts.{extract.name}.files."
    )


def _unbelievable(rows: int, rows_before: int, *, allow_empty: bool) -> str | None:
    """Why a load with so many fewer rows than the last good one is not believed; None where it is."""
    if rows == 0 and rows_before > 0:
        return None if allow_empty else f"no rows, the last good load had {rows_before}. Send it again, or set allow_empty: true."
    if rows < FEWEST_ROWS_RATIO * rows_before:
        return f"{rows} rows, below 40 % of the {rows_before} of the last good load. Send the whole extract."
    return None


def _stale_by_age(load: Load, stale_after_hours: float | None) -> Load:
    if stale_after_hours is None or load.content_landed_at is None:
        return load
    hours = (load.landed_at - load.content_landed_at) / dt.timedelta(hours=1)
    if hours <= stale_after_hours:
        return load
    since = f"{load.content_landed_at:%Y-%m-%d %H:%M} UTC"
    reason = f"The same content since {since}, {hours:.0f} hours; stale_after_hours is {stale_after_hours:g}. Send a new one."
    return replace(load, status="stale", reason=reason, last_good_load_at=load.content_landed_at)


def _read_all(con: duckdb.DuckDBPyConnection, company: Company, extract: Extract, wanted: Wanted) -> tuple[LandedFile, ...]:
    mapping = company.mapping(extract.name)
    folder = company.landed / extract.name
    if mapping.query:
        folder.mkdir(parents=True, exist_ok=True)
        return (land_query(company, extract, wanted, folder, READER_VERSION),)
    with TemporaryDirectory(prefix="sop-fetched-") as fetched:
        found = find_files(company, extract, Path(fetched))
        if found:
            folder.mkdir(parents=True, exist_ok=True)
        return tuple(_land_file(con, file, wanted, folder) for file in found)


def _land_file(con: duckdb.DuckDBPyConnection, file: FoundFile, wanted: Wanted, folder: Path) -> LandedFile:
    """Read one file into its landed copy, or find the copy of the same content read in the same way."""
    given = wanted.format
    fingerprint = file_digest(file.path)
    read_by = (given.delimiter, given.encoding, given.header_row, file.sheet or given.sheet, file.kind, file.path.suffix == ".gz")
    digest = text_digest([READER_VERSION, fingerprint, repr(read_by), *sorted(wanted.expected)])
    parquet = folder / f"{digest}.parquet"
    reading = stored_reading(parquet)
    if reading is None:
        with TemporaryDirectory(dir=folder, prefix=".landing-") as temporary:
            part = Path(temporary) / parquet.name
            reading = _read(con, file, wanted, part)
            reading = replace(reading, has_odd_rows=has_odd_rows(con, part, reading))
            store_reading(part, parquet, reading)
    return LandedFile(file.name, fingerprint, parquet.name, reading)


def _read(con: duckdb.DuckDBPyConnection, file: FoundFile, wanted: Wanted, target: Path) -> Reading:
    if file.kind == ".parquet":
        return read_parquet(con, file.path, wanted, target)
    if file.kind == ".xlsx":
        own = wanted.format.model_copy(update={"sheet": file.sheet}) if file.sheet else wanted.format
        return read_sheet(file.path, replace(wanted, format=own), target)
    return read_delimited(con, file.path, wanted, target)


def _sent_again(extract: Extract, earlier: Load, load: Load) -> Iterator[Issue]:
    """An extract that should bring new facts every day and brings those of an earlier night once more, whatever its files are called."""
    if extract.cadence == "daily" and earlier.as_of_date < load.as_of_date and earlier.fingerprint == load.fingerprint:
        said = f"The content is that of the night of {earlier.as_of_date}; nothing new came. Send today's extract."
        yield Issue(load.extract, load.files[-1].name, None, None, None, "sent_again", "warning", said)


def _changes_since(good: Load, load: Load) -> Iterator[Issue]:
    """How the files differ from the last good load's: columns added or in another order, an unusual number of rows."""
    if abs(load.rows - good.rows) > USUAL_ROWS_RATIO * good.rows:
        said = f"The last good load had {good.rows} rows; check that the extract is whole and not doubled."
        yield Issue(load.extract, None, None, None, f"{load.rows} rows", "rows_unlike_last_load", "warning", said)
    before = good.files[-1].reading.columns if good.files else ()
    now = load.files[-1]
    line = now.reading.header_line or None
    for column in now.reading.columns:
        if before and column not in before:
            hint, cell = "The last good load did not have this column.", cell_address(now.reading, line, [column])
            yield Issue(load.extract, now.name, line, column, None, "column_added", "info", hint, source_cell=cell)
    shared = [column for column in now.reading.columns if column in before]
    if shared != [column for column in before if column in shared]:
        hint, cell = "Columns stand in another order; they go by name.", cell_address(now.reading, line, [])
        yield Issue(load.extract, now.name, line, None, None, "columns_reordered", "info", hint, source_cell=cell)


def _file_notes(con: duckdb.DuckDBPyConnection, company: Company, extract: Extract, load: Load) -> Iterator[Issue]:
    """Columns of the files that nothing reads, headers that come again."""
    mapping = company.mapping(extract.name)
    for file in load.files:
        line = file.reading.header_line or None
        for column in match_columns(file.name, file.reading.columns, _specs(extract.name), mapping).unknown:
            hint = "Nothing reads this column; map it in sop.yaml if it should be read."
            cell = cell_address(file.reading, line, [column])
            yield Issue(extract.name, file.name, line, column, None, "unknown_column", "info", hint, source_cell=cell)
        for again in repeated_headers(con, file, company.landed / extract.name):
            hint = "The line says the header again; it was left out."
            cell = cell_address(file.reading, again, [])
            yield Issue(extract.name, file.name, again, None, None, "repeated_header", "info", hint, source_cell=cell)


def _specs(extract: str) -> tuple[ColumnSpec, ...]:
    return column_specs(contract_of(f"staging.{extract}"))
