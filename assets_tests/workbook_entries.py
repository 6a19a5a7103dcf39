"""Fills cells of a workbook in its XML, as a spreadsheet program saves them: no library of the pipeline changes a workbook."""

import datetime as dt
import re
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from workbook_cells import letters, read_book

DAY_ZERO = dt.date(1899, 12, 30)


def save_with_entries(source: Path, target: Path, entries: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[tuple[str, int], int]:
    """Save a workbook elsewhere with rows entered into the first empty rows of sheets; returns the row of each, by sheet and place.

    `entries`: rows by sheet, cells by column name. Texts are saved as texts, whatever they begin with; dates as Excel's serial numbers.
    """
    book = read_book(source)
    changed, rows = {}, {}
    for sheet, given in entries.items():
        cells = book.sheets[sheet]
        header = next(int(name[1:]) for name, cell in cells.items() if re.fullmatch(r"A\d+", name) and str(cell.value).endswith("_id"))
        columns = {
            str(cells[f"{letters(place)}{header}"].value): letters(place) for place in range(1, 40) if f"{letters(place)}{header}" in cells
        }
        first = next(row for row in range(header + 1, 2000) if cells[f"A{row}"].value is None)
        for place, entry in enumerate(given):
            rows[sheet, place] = first + place
            for column, value in entry.items():
                changed[sheet, f"{columns[column]}{first + place}"] = value
    parts = _parts_of_sheets(source)
    with zipfile.ZipFile(source) as packed, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as written:
        for name in packed.namelist():
            text = packed.read(name)
            for (sheet, cell), value in changed.items():
                if parts[sheet] == name:
                    text = _entered(text.decode(), cell, value).encode()
            written.writestr(name, text)
    return rows


def _entered(xml: str, cell: str, value: Any) -> str:
    def saved(match: re.Match[str]) -> str:
        if isinstance(value, str):
            return f'<c r="{cell}"{match[1]} t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
        number = (value - DAY_ZERO).days if isinstance(value, dt.date) else value
        return f'<c r="{cell}"{match[1]}><v>{number}</v></c>'

    changed, count = re.subn(rf'<c r="{cell}"( s="\d+")?/>', saved, xml)
    assert count == 1, f"{cell} is no empty cell"
    return changed


def _parts_of_sheets(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as packed:
        workbook, relations = packed.read("xl/workbook.xml").decode(), packed.read("xl/_rels/workbook.xml.rels").decode()
    targets = {match[1]: f"xl/{match[2]}" for match in re.finditer(r'Id="(\w+)"[^>]*?Target="([^"]+)"', relations)}
    return {match[1]: targets[match[2]] for match in re.finditer(r'<sheet name="([^"]+)"[^>]*?r:id="(\w+)"', workbook)}
