"""Colours, fonts and number formats of the workbook, in one place. What is written with them stays out."""

from typing import Any

import xlsxwriter
from xlsxwriter.format import Format

FONT = "Arial"
INK = "#1F2933"
MUTED = "#6B7785"
HEADER = "#22384F"
ACCENT = "#2F6F9F"
RULE = "#D5DBE1"
PAST = "#F3F5F7"
NOW = "#FFF7E0"
TOTAL = "#E9EFF5"
ENTRY = "#FFFCEB"
WHITE = "#FFFFFF"

STATUS_COLOURS = {  # fill, ink
    "short": ("#F4B6AE", "#7A1A0E"),
    "overloaded": ("#F9CFA0", "#7A4300"),
    "below_target": ("#FBE9A7", "#6B5200"),
    "excess": ("#BFDDF2", "#0F4A73"),
    "balanced": ("#DDEFE0", "#2C6B3F"),
}
OTHER_COLOURS = ("#E4E7EB", INK)
STATUS_TITLES = {
    "short": "Short",
    "overloaded": "Overloaded",
    "below_target": "Below target",
    "excess": "Excess",
    "balanced": "Balanced",
}
SERIES_COLOURS = ("#2F6F9F", "#E08E2B", "#5A9367", "#B0413E", "#7A6BA8", "#6B7785")

NUMBERS = {
    "quantity": "#,##0;-#,##0;–",
    "change": "+#,##0;[Red]-#,##0;–",
    "money": "#,##0;-#,##0;–",
    "money_change": "+#,##0;[Red]-#,##0;–",
    "thousands": "#,##0,;-#,##0,;–",
    "thousands_change": "+#,##0,;[Red]-#,##0,;–",
    "ratio": "0.0%",
    "days": "#,##0.0",
    "heads": "#,##0.0",
    "hours": "#,##0;-#,##0;–",
    "date": "yyyy-mm-dd",
    "timestamp": "yyyy-mm-dd hh:mm",
    "count": "#,##0",
    "decimal": "#,##0.####",
}


class Styles:
    """Formats of one workbook, each made once."""

    def __init__(self, book: xlsxwriter.Workbook, *, money_in_thousands: bool) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, Any], ...], Format] = {}
        self.money_in_thousands = money_in_thousands

    def get(self, number: str | None = None, **properties: Any) -> Format:
        """The format with these xlsxwriter properties; `number` names one of NUMBERS."""
        wanted = {"font_name": FONT, "font_size": 9, "font_color": INK, "valign": "vcenter", **properties}
        if number:
            wanted["num_format"] = NUMBERS[self._scaled(number)]
        key = tuple(sorted(wanted.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(wanted)
        return self._made[key]

    def text(self, **properties: Any) -> Format:
        """A text of data: it stays text even where somebody edits a cell that looks like a formula."""
        return self.get(quote_prefix=True, **properties)

    def title(self) -> Format:
        return self.get(font_size=16, bold=True, font_color=HEADER)

    def subtitle(self) -> Format:
        return self.get(font_color=MUTED)

    def heading(self, **properties: Any) -> Format:
        return self.get(
            **{"bold": True, "font_color": WHITE, "bg_color": HEADER, "text_wrap": True, "border": 1, "border_color": RULE, **properties}
        )

    def section(self) -> Format:
        return self.get(bold=True, font_color=HEADER, bottom=1, bottom_color=HEADER, top=0)

    def status(self, status: str, **properties: Any) -> Format:
        """The colour of a balance status; exceptions of other kinds are grey."""
        fill, ink = STATUS_COLOURS.get(status, OTHER_COLOURS)
        return self.get(bg_color=fill, font_color=ink, **properties)

    def money_unit(self, currency: str) -> str:
        return f"k {currency}" if self.money_in_thousands else currency

    def _scaled(self, number: str) -> str:
        if self.money_in_thousands and number in ("money", "money_change"):
            return {"money": "thousands", "money_change": "thousands_change"}[number]
        return number
