"""The labelled dirt of the demo company: a handful of rows as real exports hold them, each with the rule it breaks. Clean rows stay out.

Most of it stands in rows of its own, so that the flows of the clean rows close; what changes a clean row changes nothing that is summed.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sop_pipeline.demo.frames import CP1252, Files
from sop_pipeline.demo.timeline import AS_OF

Row = dict[str, str]
MOST_ROWS_SET_ASIDE_RATIO = 0.01  # of a file: with twice as many an extract is unusable, and the smallest company has to run too


@dataclass(frozen=True)
class Blemish:
    """One dirty row as it stands in a file: physical line, the column that is wrong and its value, the rule, what to expect."""

    path: str
    line: int
    column: str
    value: str
    rule: str
    severity: str


@dataclass(frozen=True)
class Stain:
    """How to make a dirty row: from the first row after `position` (a share of the file) that `fits`, changed by `change`.

    `replaces`: the row is changed in place; otherwise the changed copy follows it.
    """

    path: str
    position: float
    change: Row
    column: str
    rule: str
    severity: str
    fits: Callable[[Row], bool] = lambda _row: True
    replaces: bool = False
    cells_lost: int = 0


def soil(files: Files) -> list[Blemish]:
    """Put the dirt into the files, in place; what is told of a file that is not there, or has no fitting row, is left out."""
    by_path: dict[str, list[Stain]] = {}
    for stain in _stains(int(str(AS_OF)[:4])):
        by_path.setdefault(stain.path, []).append(stain)
    blemishes = []
    for path, stains in by_path.items():
        if path in files:
            files[path], found = _soiled(files[path], stains)
            blemishes += found
    return [*blemishes, *_byte_order_mark(files)]


def _byte_order_mark(files: Files) -> list[Blemish]:
    path = "extracts/sales/customers.csv"
    files[path] = b"\xef\xbb\xbf" + files[path]
    return [Blemish(path, 1, "customer_id", "byte-order mark", "the mark is no part of the first name", "none")]


def _soiled(content: bytes, stains: list[Stain]) -> tuple[bytes, list[Blemish]]:
    is_german = content.startswith(b"Stichtag")
    encoding, separator, end = (CP1252, ";", "\r\n") if is_german else ("utf-8", ",", "\n")
    header, *lines = content.decode(encoding).removesuffix(end).split(end)
    names = header.split(separator)
    following: dict[int, list[tuple[Stain, str]]] = {}
    errors_left = int(len(lines) * MOST_ROWS_SET_ASIDE_RATIO)
    for stain in stains:
        number = _fitting_line(lines, names, separator, stain)
        if number is None or (stain.severity == "error" and not errors_left):
            continue
        errors_left -= stain.severity == "error"
        row = dict(zip(names, lines[number].split(separator), strict=True)) | stain.change
        text = separator.join([row[name] for name in names][: len(names) - stain.cells_lost])
        following.setdefault(number, []).append((stain, text))
    written, blemishes = [header], []
    for number, line in enumerate(lines):
        changes = following.get(number, [])
        if not any(stain.replaces for stain, _ in changes):
            written.append(line)
        for stain, text in changes:
            written.append(text)
            value = dict(zip(names, text.split(separator), strict=False)).get(stain.column, "")
            blemishes.append(Blemish(stain.path, len(written), stain.column, value, stain.rule, stain.severity))
    return (end.join(written) + end).encode(encoding), blemishes


def _fitting_line(lines: list[str], names: list[str], separator: str, stain: Stain) -> int | None:
    for number in range(int(len(lines) * stain.position), len(lines)):
        cells = lines[number].split(separator)
        if len(cells) == len(names) and '"' not in lines[number] and stain.fits(dict(zip(names, cells, strict=True))):
            return number
    return None


def _is_plain(row: Row) -> bool:
    """A standard order line in the item's unit that was shipped in full."""
    return (
        row["order_type"] == "standard" and row["order_status"] == "closed" and not row["cancelled_quantity"] and not row["unit_of_measure"]
    )


def _stains(year: int) -> list[Stain]:
    def orders(of: int) -> str:
        return f"extracts/sales/sales_orders_{of}.csv"

    last = year - 1
    left_open = {"shipped_quantity": "0", "last_ship_date": "", "order_status": "cancelled", "ordered_quantity": "25", "order_line": "10"}
    return [
        Stain(orders(year), 0.2, {"order_id": "SO-X0001", "item_id": "XX-9999"}, "item_id", "item exists in items", "error", _is_plain),
        Stain(
            orders(year),
            0.4,
            {"order_id": "SO-X0002", "ordered_quantity": "12O"},
            "ordered_quantity",
            "type: the letter O for a zero",
            "error",
            _is_plain,
        ),
        Stain(
            orders(year),
            0.6,
            {"order_id": "SO-X0003", "unit_of_measure": "PAL"},
            "unit_of_measure",
            "unit has a factor",
            "error",
            _is_plain,
        ),
        Stain(
            orders(last),
            0.3,
            {"order_id": "SO-X0004", "net_unit_price": "-48.20"},
            "net_unit_price",
            "net_unit_price ≥ 0",
            "error",
            _is_plain,
        ),
        Stain(orders(last), 0.5, {}, "order_id", "duplicated line, counts once", "info", _is_plain),
        Stain(
            orders(last),
            0.7,
            {"order_id": "SO-X0005", "requested_date": "31.02.2025"},
            "requested_date",
            "type: no such day",
            "error",
            _is_plain,
        ),
        Stain(
            orders(last),
            0.4,
            left_open | {"order_id": "SO-X0006", "cancelled_date": f"{last}-09-01"},
            "order_status",
            "cancelled line left open: no cancelled quantity",
            "warning",
            _is_plain,
        ),
        Stain(
            orders(last - 1), 0.3, {"promised_date": "1900-01-01"}, "promised_date", "no 1900-01-01", "warning", _is_plain, replaces=True
        ),
        Stain(
            orders(last - 1),
            0.6,
            {"last_ship_date": "2014-03-11"},
            "last_ship_date",
            "shipped ≥ ordered",
            "warning",
            _is_plain,
            replaces=True,
        ),
        Stain(
            f"extracts/sales/shipments_{year}.csv",
            0.5,
            {"shipment_id": "DN-X0001", "shipment_line": "1", "shipped_quantity": "3"},
            "shipped_quantity",
            "return as a positive quantity: it counts as shipped, and stock does not close by 3",
            "warning",
            lambda row: row["order_id"].startswith("RT-"),
        ),
        Stain(
            "extracts/sales/sales_forecasts.csv",
            0.5,
            {"item_id": "MO-1001"},
            "item_id",
            "exactly one of item_id and family_id",
            "error",
            lambda row: row["family_id"] == "MOTORS",
        ),
        Stain(
            f"extracts/production/production_history_{last}.csv",
            0.5,
            {"production_id": "P-X0001", "completion_date": f"{year + 36}-05-04"},
            "completion_date",
            "nothing after the day the file was landed",
            "error",
        ),
        Stain(
            f"extracts/supply_chain/inventory_{last}.csv",
            0.5,
            {"Bestandsart": "Konsignation"},
            "Bestandsart",
            "stock_status is a known one",
            "error",
            lambda row: row["Bestandsart"] == "frei verwendbar",
        ),
        Stain(
            "extracts/supply_chain/purchase_receipts.csv",
            0.6,
            {"receipt_id": "R-X0001"},
            "quantity",
            "ragged row: cells are missing",
            "error",
            cells_lost=3,
        ),
        Stain(
            "extracts/engineering/items.csv",
            0.99,
            {"item_id": "CAST-999", "item_type": "casting"},
            "item_type",
            "item_type is a known one",
            "error",
        ),
        Stain(
            "extracts/engineering/bill_of_materials.csv",
            0.7,
            {"component_item_id": "SEAL-999"},
            "component_item_id",
            "item exists in items",
            "error",
        ),
        Stain(
            "extracts/finance/standard_costs.csv",
            0.95,
            {"overhead_cost": "9.99"},
            "total_cost",
            "total_cost equals its parts",
            "error",
            lambda row: row["valid_from"].startswith(str(last - 1)),
            replaces=True,
        ),
    ]
