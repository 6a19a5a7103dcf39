"""The examples of the extracts written as other systems would: headings, marks, dates and codes of theirs. What is true is known here."""

import csv
import gzip
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sop_pipeline.company import Company, load_company
from sop_pipeline.contracts import column_specs, contract_of
from sop_pipeline.extracts import EXTRACTS
from sop_pipeline.templates import example_csv

PACKAGE = Path(__file__).parents[2] / "sop_pipeline" / "mapping"
SETTINGS = "company: Acme\nreporting_currency: EUR\nas_of_date: 2027-01-04\n"
NUMBERS = ("quantity", "money", "ratio", "count")


def listed(file: str, *key: str) -> dict[tuple[str, ...], list[str]]:
    """A data file of the package as it stands: last column by the others."""
    with (PACKAGE / file).open(encoding="utf-8") as lines:
        return {tuple(row[name] for name in key): row[list(row)[-1]].split("|") for row in csv.DictReader(lines)}


SYNONYMS = listed("synonyms.csv", "column")
CODES = listed("codes.csv", "column", "ours")


def rows_of(extract: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(example_csv(extract))))


def kinds_of(extract: str) -> dict[str, str]:
    return {spec.name: spec.kind for spec in column_specs(contract_of(f"staging.{extract}"))}


def filled_columns(extract: str) -> list[str]:
    rows = rows_of(extract)
    return [name for name in rows[0] if any(row[name] for row in rows)]


def headings(extract: str, column: str) -> list[str]:
    """Headings that mean this column of the extract and, as lists go, no other."""
    said = {name: SYNONYMS.get((f"{extract}.{name}",), []) + SYNONYMS.get((name,), []) + [name] for name in kinds_of(extract)}
    used = Counter(compared for names in said.values() for compared in {bare(name) for name in names})
    return [name for name in said[column] if used[bare(name)] == 1]


def bare(name: str) -> str:
    return "".join(sign for sign in name.casefold() if sign.isalnum())


@dataclass(frozen=True)
class Dialect:
    """How somebody writes tables. `date`: strftime-like, from year, month and day; `thousands` only where numbers have a mark for them."""

    delimiter: str = ","
    encoding: str = "utf-8"
    decimal: str = "."
    thousands: str = ""
    date: str = "{y}-{m}-{d}"
    title: str = ""
    total: bool = False
    packed: bool = False
    quoting: int = csv.QUOTE_MINIMAL

    def cell(self, value: str, kind: str) -> str:
        if not value:
            return ""
        if kind == "date":
            year, month, day = value.split("-")
            return self.date.format(y=year, m=month, d=day)
        return self.number(value) if kind in NUMBERS else value

    def number(self, value: str) -> str:
        whole, _, fraction = value.removeprefix("-").partition(".")
        groups = []
        while self.thousands and len(whole) > 3:
            whole, group = whole[:-3], whole[-3:]
            groups.insert(0, group)
        written = self.thousands.join([whole, *groups]) + (self.decimal + fraction if fraction else "")
        return f"-{written}" if value.startswith("-") else written


def written(
    extract: str, names: Mapping[str, str], dialect: Dialect, codes: Mapping[str, Mapping[str, str]], rows: Sequence[Mapping[str, str]]
) -> bytes:
    """The rows with columns `names` (ours: theirs, in that order) in a dialect; `codes`: ours → theirs, by column."""
    text = io.StringIO()
    if dialect.title:
        text.write(f"{dialect.title}\n\n")
    writer = csv.writer(text, delimiter=dialect.delimiter, lineterminator="\r\n", quoting=dialect.quoting)
    writer.writerow(names.values())
    kinds = kinds_of(extract)
    for row in rows:
        cells = [codes.get(name, {}).get(row[name], row[name]) for name in names]
        writer.writerow([dialect.cell(cell, kinds[name]) for cell, name in zip(cells, names, strict=True)])
    if dialect.total:
        writer.writerow(["Summe", *[""] * (len(names) - 1)])
    content = text.getvalue().encode(dialect.encoding)
    return gzip.compress(content, mtime=0) if dialect.packed else content


def company_with_examples(folder: Path) -> Company:
    """A company whose extracts are the examples, under our names, and an empty folder `in`."""
    for extract in EXTRACTS.values():
        path = folder / "extracts" / extract.department / f"{extract.name}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(example_csv(extract.name), encoding="utf-8")
    (folder / "in").mkdir(exist_ok=True)
    (folder / "sop.yaml").write_text(SETTINGS, encoding="utf-8")
    return load_company(folder)
