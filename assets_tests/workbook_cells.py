"""A workbook as it lies in its file: values, formulas and texts by sheet and cell, and what its formulas come to. Assertions stay out."""

import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
REFERENCE = re.compile(r"(?:'((?:[^']|'')+)'!|(\w+)!)?\$?([A-Z]+)\$?(\d+)(?::\$?([A-Z]+)\$?(\d+))?")
ARITHMETIC = re.compile(r"[\d.eE+\-/() ]+")


@dataclass(frozen=True)
class Cell:
    """What a cell holds: a number or a text as last shown, and the formula behind it."""

    value: float | str | None
    formula: str | None
    style: int


@dataclass(frozen=True)
class Book:
    """Cells by sheet and name, such as A1; for each style whether it keeps what looks like a formula a text, and whether it is locked."""

    sheets: Mapping[str, Mapping[str, Cell]]
    quoted_styles: frozenset[int]
    unlocked_styles: frozenset[int]
    xml: Mapping[str, ET.Element]

    def evaluate(self, sheet: str, formula: str) -> float:
        """What a formula of signs, quotients and SUM comes to, from the values shown."""

        def total(match: re.Match[str]) -> str:
            return repr(sum(value for part in match[1].split(",") for value in self._values(sheet, part)))

        def single(match: re.Match[str]) -> str:
            return f"({self._values(sheet, match[0])[0]!r})"

        plain = REFERENCE.sub(single, re.sub(r"SUM\(([^()]*)\)", total, formula))
        assert ARITHMETIC.fullmatch(plain), f"{formula} is more than arithmetic: {plain}"
        return float(eval(plain))  # noqa: S307 - digits and signs only

    def _values(self, sheet: str, reference: str) -> list[float]:
        match = REFERENCE.fullmatch(reference.strip())
        assert match, reference
        cells = self.sheets[(match[1] or "").replace("''", "'") or match[2] or sheet]
        columns = range(number(match[3]), number(match[5] or match[3]) + 1)
        names = [f"{letters(column)}{row}" for row in range(int(match[4]), int(match[6] or match[4]) + 1) for column in columns]
        found = [cells[name].value for name in names if name in cells]
        return [value for value in found if isinstance(value, float)]


def read_book(path: Path) -> Book:
    with zipfile.ZipFile(path) as packed:
        parts = {name: ET.fromstring(packed.read(name)) for name in packed.namelist() if name.endswith((".xml", ".rels"))}  # noqa: S314
    shared = ["".join(text.text or "" for text in item.iter(f"{MAIN}t")) for item in parts["xl/sharedStrings.xml"].findall(f"{MAIN}si")]
    targets = {relation.get("Id"): relation.get("Target") for relation in parts["xl/_rels/workbook.xml.rels"]}
    sheets, xml = {}, {}
    for sheet in parts["xl/workbook.xml"].iter(f"{MAIN}sheet"):
        name = str(sheet.get("name"))
        xml[name] = parts[f"xl/{targets[sheet.get(RELATION)]}"]
        sheets[name] = {str(cell.get("r")): _cell(cell, shared) for cell in xml[name].iter(f"{MAIN}c")}
    formats = next(iter(parts["xl/styles.xml"].iter(f"{MAIN}cellXfs")))
    quoted = frozenset(place for place, style in enumerate(formats) if style.get("quotePrefix") == "1")
    protections = [style.find(f"{MAIN}protection") for style in formats]
    unlocked = frozenset(place for place, found in enumerate(protections) if found is not None and found.get("locked") == "0")
    return Book(sheets, quoted, unlocked, xml)


def _cell(cell: ET.Element, shared: list[str]) -> Cell:
    text, formula = cell.findtext(f"{MAIN}v"), cell.findtext(f"{MAIN}f")
    value: float | str | None = text
    if text is not None and cell.get("t") == "s":
        value = shared[int(text)]
    elif text is not None and cell.get("t") in (None, "n"):
        value = float(text)
    return Cell(value, formula, int(cell.get("s", 0)))


def number(column: str) -> int:
    """Column letters as a number from 1."""
    total = 0
    for letter in column:
        total = total * 26 + ord(letter) - 64
    return total


def letters(column: int) -> str:
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text
