"""Codes that the company's other extracts know: items, families, customers and so on, to recognise a column by. No file is judged."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from sop_pipeline.company import Company
from sop_pipeline.contracts import column_specs, contract_of
from sop_pipeline.extracts import EXTRACTS
from sop_pipeline.landing.canonical import BLANKS
from sop_pipeline.landing.files import find_files
from sop_pipeline.landing.mapping import expected_names, match_columns
from sop_pipeline.landing.records import Records
from sop_pipeline.landing.sources.base import Limits, Reading, UnreadableSourceError, Wanted
from sop_pipeline.mapping.sniff import read_any

# which column of which extract lists the codes of a kind
LISTS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "item_id": (("items", "item_id"),),
    "family_id": (("product_families", "family_id"),),
    "customer_id": (("customers", "customer_id"),),
    "customer_group": (("customers", "customer_group"),),
    "product_group": (("product_families", "product_group"),),
    "resource_id": (("resources", "resource_id"),),
    "site_id": (("working_calendar", "site_id"), ("resources", "site_id")),
    "supplier_id": (("suppliers", "supplier_id"),),
}


def kind_of_key(column: str) -> str | None:
    """The kind of code a column of ours holds, such as item_id for successor_item_id; None for what no list knows."""
    return next((kind for kind in LISTS if column == kind or column.endswith(f"_{kind}")), None)


def company_keys(company: Company, but: str | None = None) -> dict[str, frozenset[str]]:
    """The codes of each kind, from the copies landed last, else from the files that stand there; `but`: an extract not to look into.

    What cannot be read knows nothing. A kind nobody lists is left out.
    """
    wanted = sorted({extract for places in LISTS.values() for extract, _ in places} - {but})
    by_extract = {extract: _columns(company, extract) for extract in wanted}
    found = {
        kind: frozenset[str]().union(*(by_extract.get(extract, {}).get(column, frozenset()) for extract, column in places))
        for kind, places in LISTS.items()
    }
    return {kind: codes for kind, codes in found.items() if codes}


def _columns(company: Company, extract: str) -> dict[str, frozenset[str]]:
    """The distinct texts of the list columns of an extract."""
    specs, mapping = column_specs(contract_of(f"staging.{extract}")), company.mapping(extract)
    columns = {column for places in LISTS.values() for name, column in places if name == extract}
    found: dict[str, frozenset[str]] = dict.fromkeys(columns, frozenset())
    with TemporaryDirectory(prefix="sop-map-") as folder:
        for parquet, reading in _readings(company, extract, Path(folder)):
            try:
                theirs = match_columns(extract, reading.columns, specs, mapping).theirs
            except UnreadableSourceError:
                continue
            for column in columns:
                name = theirs[column]
                if name is not None:
                    texts = pl.scan_parquet(parquet).select(pl.col(name).str.strip_chars(BLANKS).unique()).collect().to_series()
                    found[column] |= frozenset(texts.drop_nulls())
    return found


def _readings(company: Company, extract: str, folder: Path) -> Iterator[tuple[Path, Reading]]:
    landed = Records(company.landed).last_good(extract, company.as_of_date)
    if landed is not None:
        for file in landed.files:
            yield company.landed / extract / file.landed, file.reading
        return
    mapping = company.mapping(extract)
    if mapping.query:
        return
    wanted = Wanted(mapping.format, expected_names(column_specs(contract_of(f"staging.{extract}")), mapping), Limits())
    try:
        files = find_files(company, EXTRACTS[extract], folder / "fetched")
    except UnreadableSourceError:
        return
    for number, found in enumerate(files):
        target = folder / f"{number}.parquet"
        try:
            yield target, read_any(found.path, wanted, target)
        except UnreadableSourceError:
            continue
