"""An extract that is a query, over files or on a database: its rows as a landed copy. Running the query is each source's own matter."""

from pathlib import Path
from tempfile import TemporaryDirectory

from sop_pipeline.company import Company, ConfigurationError
from sop_pipeline.extracts import Extract
from sop_pipeline.landing.files import confined_name
from sop_pipeline.landing.records import LandedFile, file_digest, store_reading, stored_reading, text_digest
from sop_pipeline.landing.sources.base import Reading, UnreadableSourceError, Wanted
from sop_pipeline.landing.sources.database import read_server, read_sqlite
from sop_pipeline.landing.sources.query import read_query
from sop_pipeline.landing.sources.servers import SERVERS
from sop_pipeline.landing.uri import address_of

FILES = ("sqlite", "duckdb")


def land_query(company: Company, extract: Extract, wanted: Wanted, folder: Path, reader_version: str) -> LandedFile:
    """Run the query of an extract and keep its rows below `folder`; the same rows are kept once.

    Raises UnreadableSourceError when it fails, ConfigurationError for a database of an unknown kind, one whose driver is not installed,
    or a database file outside the company's folders. No message holds a password.
    """
    mapping = company.mapping(extract.name)
    place = f"extracts.{extract.name}.{'database' if mapping.database else 'query'}"
    with TemporaryDirectory(dir=folder, prefix=".landing-") as temporary:
        part = Path(temporary) / "query.parquet"
        try:
            if mapping.database:
                reading = _read_database(company, mapping.database.get_secret_value(), mapping.query or "", wanted, part)
            else:
                reading = read_query(mapping.query or "", company.readable_folders, wanted, part)
        except UnreadableSourceError as error:
            raise UnreadableSourceError(f"{place}: {error}") from None
        except ConfigurationError as error:
            raise ConfigurationError(f"{company.settings_file}: {place}: {error}") from None
        fingerprint = file_digest(part)
        parquet = folder / f"{text_digest([reader_version, fingerprint])}.parquet"
        if stored_reading(parquet) is None:
            store_reading(part, parquet, reading)
    return LandedFile(f"{extract.name} ({'database query' if mapping.database else 'query'})", fingerprint, parquet.name, reading)


def _read_database(company: Company, written: str, query: str, wanted: Wanted, target: Path) -> Reading:
    """The rows of a query on the database at an address."""
    address = address_of(written)
    if address is None or address.scheme not in (*SERVERS, *FILES):
        known = ", ".join(f"{scheme}://" for scheme in (*SERVERS, *FILES))
        raise ConfigurationError(f"no address of a database that can be read; it begins with one of {known}")
    if address.scheme in SERVERS:
        return read_server(SERVERS[address.scheme], address, query, wanted, target)
    if address.host:
        raise ConfigurationError(f"{address.place}: three slashes come before a path in the company folder: {address.scheme}:///erp.db")
    path = company.folder / address.path
    name = confined_name(company, path)
    if not path.is_file():
        raise UnreadableSourceError(f"{name}: there is no such file. Send it, or correct the address.")
    if address.scheme == "sqlite":
        return read_sqlite(path, query, wanted, target)
    return read_query(query, company.readable_folders, wanted, target, database=path)
