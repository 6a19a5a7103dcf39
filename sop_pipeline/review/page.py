"""One worksheet with the workbook's styles: titles, tables, cells of data, print set-up. What stands on it is decided elsewhere."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from sop_pipeline.review.styles import ACCENT, RULE, STATUS_COLOURS, STATUS_TITLES, Styles

HEADER_ROW = 3
TEXTS = ("text", "wrapped")
INDENTED: Mapping[str, Any] = {"align": "left", "indent": 1}
LETTER_WIDTH, LINE_HEIGHT = 0.82, 12.5  # of the font, in column widths and points


@dataclass(frozen=True)
class ListColumn:
    """One column of a list: the column of the frame, its title, its width, and how it is shown.

    `style_column`: the column of the frame that names the number style of each row, where the rows differ.
    """

    name: str
    title: str
    width: float
    style: str = "text"  # text, wrapped, status, or a number style
    style_column: str | None = None

    @property
    def align(self) -> str:
        return "left" if self.style in (*TEXTS, "status") else "right"


@dataclass(frozen=True)
class Page:
    """A worksheet, the formats to write it with, and what its footer says."""

    sheet: Worksheet
    styles: Styles
    footer: str

    def title(self, title: str, about: str) -> None:
        self.sheet.set_row(0, 24)
        self.sheet.write_string(0, 0, title, self.styles.title())
        self.sheet.write_string(1, 0, about, self.styles.subtitle())
        self.sheet.hide_gridlines(2)

    def list(self, columns: Sequence[ListColumn], rows: pl.DataFrame) -> int:
        """A table under the title, with a filter, frozen under its header, printed on as many pages as it takes; returns its last row."""
        last = max(self.table(HEADER_ROW, columns, rows), HEADER_ROW + 1)
        self.sheet.autofilter(HEADER_ROW, 0, last, len(columns) - 1)
        self.sheet.freeze_panes(HEADER_ROW + 1, 1)
        self.sheet.repeat_rows(HEADER_ROW)
        for place, column in enumerate(columns):
            self.sheet.set_column(place, place, column.width)
        self.print_up_to(last, len(columns) - 1, pages_tall=0)
        return last

    def table(self, row: int, columns: Sequence[ListColumn], rows: pl.DataFrame) -> int:
        """Header and rows from `row` on; returns the last row written."""
        for place, column in enumerate(columns):
            self.sheet.write_string(row, place, column.title, self.styles.heading(align=column.align, indent=int(column.align == "left")))
        for position, record in enumerate(rows.iter_rows(named=True), start=row + 1):
            for place, column in enumerate(columns):
                style = record[column.style_column] if column.style_column else column.style
                self.cell(position, place, record[column.name], style)
            self._make_room(position, columns, record)
        return row + rows.height

    def cell(self, row: int, place: int, value: Any, style: str) -> None:
        """One value of data: texts as texts, whatever they begin with; a status in its colour; nothing where nothing is known."""
        line = {"bottom": 4, "bottom_color": RULE, "valign": "top"}
        if style == "status":
            self.sheet.write_string(
                row, place, STATUS_TITLES.get(value, value.replace("_", " ").capitalize()), self.styles.status(value, **INDENTED, **line)
            )
        elif style in TEXTS:
            self._write(row, place, value, self.styles.text(text_wrap=style == "wrapped", **INDENTED, **line))
        else:
            self._write(row, place, value, self.styles.get(style, align="right", **line))

    def links(self, families: Sequence[str | None], place: int, sheets: Mapping[str, str]) -> None:
        """Turn the families of a list into links to their sheets."""
        look = self.styles.text(font_color=ACCENT, underline=1, **INDENTED, bottom=4, bottom_color=RULE, valign="top")
        for row, family_id in enumerate(families, start=HEADER_ROW + 1):
            if family_id is not None and family_id in sheets:
                self.sheet.write_url(row, place, link_to(sheets[family_id]), look, family_id)

    def colour_texts(self, area: tuple[int, int, int, int], statuses: Mapping[str, str]) -> None:
        """Colour cells of an area that hold a text like a status."""
        for text, status in statuses.items():
            fill, ink = STATUS_COLOURS[status]
            rule = {"type": "cell", "criteria": "==", "value": f'"{text}"', "format": self.styles.get(bg_color=fill, font_color=ink)}
            self.sheet.conditional_format(*area, rule)

    def section(self, row: int, first: int, last: int, title: str) -> None:
        """A title over some columns, with a line below them."""
        self.sheet.write_row(row, first, [title, *[""] * (last - first)], self.styles.section())

    def merge(self, row: int, first: int, last: int, text: str, look: Format) -> None:
        """A text of data over some columns of one row."""
        if last > first:
            self.sheet.merge_range(row, first, row, last, "", look)
        self.sheet.write_string(row, first, text, look)

    def print_up_to(self, last_row: int, last_column: int, *, pages_tall: int = 1) -> None:
        """Landscape A4, one page wide; `pages_tall` 0 is as many as it takes."""
        self.sheet.set_landscape()
        self.sheet.set_paper(9)
        self.sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        self.sheet.print_area(0, 0, last_row, last_column)
        self.sheet.fit_to_pages(1, pages_tall)
        self.sheet.set_footer(f"&L&8{self.footer.replace('&', '&&')}&C&8&A&R&8Page &P of &N")

    def _make_room(self, row: int, columns: Sequence[ListColumn], record: Mapping[str, Any]) -> None:
        """Give a row the height its longest wrapped text takes: not every program does so by itself."""
        lines = [math.ceil(len(record[one.name] or "") * LETTER_WIDTH / one.width) for one in columns if one.style == "wrapped"]
        if max(lines, default=1) > 1:
            self.sheet.set_row(row, LINE_HEIGHT * max(lines))

    def _write(self, row: int, place: int, value: Any, look: Format) -> None:
        if value is None:
            self.sheet.write_blank(row, place, None, look)
        elif isinstance(value, str):
            self.sheet.write_string(row, place, value, look)
        elif hasattr(value, "isoformat"):
            self.sheet.write_datetime(row, place, value, look)
        else:
            self.sheet.write_number(row, place, float(value), look)


def link_to(sheet_name: str, cell: str = "A1") -> str:
    """An internal link to a sheet."""
    quoted = sheet_name.replace("'", "''")
    return f"internal:'{quoted}'!{cell}"
