"""An explanation as people read it. What it says is put together in document and costs."""

import io
from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

WIDTH = 140
CENT = 0.01
SAID_OF_SOURCES = ("marginal_value_amount", "planning_unit", "currency", "is_as_approved")
SAID_OF_RESOURCES = ("capacity_unit", "marginal_value_amount", "currency")
UNIT_NAMES = {"hours": "hour", "pallets": "pallet", "units": "unit"}


def explanation_text(found: dict[str, Any]) -> str:
    """The document of `explain` as lines and tables."""
    text = io.StringIO()
    console = _recorder(text)
    console.print(f"{found['family_name']} ({found['family']}), {found['period']} ({found['period_kind']}), as of {found['as_of_date']}")
    if found["balance_status"]:
        console.print(f"status: {found['balance_status'].replace('_', ' ')}" + (f"; {found['note']}" if found["note"] else ""))
    for value in found.get("values", [found.get("measure")]):
        console.print(f"  {value['name']}: {number(value['value'])} {value['unit'] or ''}".rstrip())
        if "measure" in found:
            console.print(f"    {value['meaning']}: {value['formula']}" if value["formula"] else "    the sheet holds it as it is")
    for item in found["sums"]:
        terms = " ".join(_signed(term["value"], term["name"]) for term in item["terms"] if term["value"])
        console.print(f"{item['measure']} {number(item['value'])} = {terms.removeprefix('+ ') or '0'}")
    _table(console, "Demand, step by step", found.get("steps", []))
    _table(console, "Events in the marketing step", found.get("events", []))
    methods = ", ".join(f"{row['items']} by {row['forecast_method']}" for row in found.get("forecast_methods", []))
    if methods:
        console.print(f"Statistical forecast of the items: {methods}")
    _table(console, "Supply, by source", [_without(row, SAID_OF_SOURCES) for row in found.get("supply", [])])
    for row in found.get("supply", []):
        for sentence in _held(row):
            console.print(sentence)
    _table(console, "Resources it uses, the fullest first", [_without(row, SAID_OF_RESOURCES) for row in found.get("resources", [])])
    for row in found.get("resources", []):
        if row["marginal_value_amount"]:
            saved = f"{number(row['marginal_value_amount'])} {row['currency']}"
            console.print(
                f"One more {UNIT_NAMES.get(row['capacity_unit'], row['capacity_unit'])} of {row['resource_name']} would save {saved}."
            )
    for peg in found.get("shortage_pegs", []):
        console.print(_pegged(peg))
    if found.get("gap"):
        console.print("Gap to the business plan: " + ", ".join(f"{name} {number(value)}" for name, value in found["gap"].items()))
    _table(console, "Planned again from the night's tables", found.get("replay", []))
    _table(console, "Exceptions", found["exceptions"])
    for source in found.get("sources", []):
        _table(console, f"{source['extract']}: {len(source['rows'])} of {source['found']} rows, the largest first", source["rows"])
    if found.get("sources_note"):
        console.print(found["sources_note"])
    elif "measure" in found and not found["sources"]:
        console.print("No row of an extract stands behind it directly: it follows from the numbers above.")
    return text.getvalue()


def _without(row: dict[str, Any], said: tuple[str, ...]) -> dict[str, Any]:
    """A row without what its sentence says."""
    return {name: value for name, value in row.items() if name not in said}


def _held(source: dict[str, Any]) -> Iterator[str]:
    """What the quantity of a source is held by, and what that costs, as a sentence; nothing where the plan is free or not worth a cent."""
    value = float(source["marginal_value_amount"] or 0.0)
    # A source that is dearer than the others and not used is held by nothing.
    if abs(value) < CENT or (value > 0 and not source["quantity"]):
        return
    held = "stays at what was approved" if source["is_as_approved"] else "is held by a limit, a freeze or an override"
    which = "more" if value < 0 else "less"
    money = f"{number(abs(value))} {source['currency']}"
    yield f"{source['source_kind'].capitalize()} {held}: one {source['planning_unit']} {which} would save {money}."


def _pegged(peg: dict[str, Any]) -> str:
    """What a shortage hangs on, since when it could have been prevented, and what relief would do, as a sentence."""
    short = f"{number(peg['shortage_quantity'])} {peg['planning_unit']} wait or are lost"
    if not peg["resource_id"]:
        return f"{short}; no resource is scarce: an override, a freeze or time itself binds."
    share = f", {peg['share_ratio']:.0%} of the scarcity" if peg["share_ratio"] is not None else ""
    told = f"{short} because {_scarce(peg)}{share}."
    if peg["relief_quantity"] is None:
        return told
    saved = f" and save {number(peg['relief_amount'])} {peg['currency']}" if peg["relief_amount"] is not None else ""
    return f"{told} A tenth more of it in that time would end {number(peg['relief_quantity'])} {peg['planning_unit']} of it{saved}."


def _scarce(peg: dict[str, Any]) -> str:
    """A resource that is used up, has no place for stock made ahead, or has no hour left."""
    since = f"from {peg['window_start']} on"
    if peg.get("is_storable"):
        return f"{peg['resource_name']} is used up {since}"
    if peg.get("is_stock_based"):
        return f"{peg['resource_name']} is full {since}, so that no more can be made ahead"
    return f"{peg['resource_id']} is full {since}"


def costs_text(found: dict[str, Any]) -> str:
    """The document of `explain_costs` as one table."""
    text = io.StringIO()
    console = _recorder(text)
    rows = [
        {"measure": name, "unit": values["unit"], **{strategy: values.get(strategy) for strategy in found["strategies"]}}
        for name, values in found["measures"].items()
    ]
    _table(console, "Strategies of the whole company", rows)
    return text.getvalue()


def number(value: Any) -> str:
    """A value as people read it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, int):
        return f"{value:,}"
    if hasattr(value, "is_finite") or isinstance(value, float):
        text = f"{float(value):,.2f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return str(value)


def _signed(value: float, name: str) -> str:
    return f"{'−' if value < 0 else '+'} {number(abs(value))} {name.removesuffix('_quantity').removesuffix('_amount').replace('_', ' ')}"


def _table(console: Console, title: str, rows: Sequence[dict[str, Any]]) -> None:
    if not rows:
        return
    table = Table(title=title, title_justify="left")
    for name, value in rows[0].items():
        table.add_column(name.replace("_", " "), justify="left" if isinstance(value, str) or value is None else "right")
    for row in rows:
        table.add_row(*(number(value) for value in row.values()))
    console.print(table)


def _recorder(text: io.StringIO) -> Console:
    return Console(file=text, width=WIDTH, highlight=False, markup=False, no_color=True)
