"""What a case of a rule across extracts is made of: its rows, the lines it must name, and the masters that rows refer to."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Row = Mapping[str, Any]
Tables = Mapping[str, Sequence[Row]]

AS_OF = dt.date(2026, 11, 2)


@dataclass(frozen=True)
class Case:
    """`breaks`: rows of the rule's own extract that must be named, by their line (the first row is line 1); the others must not."""

    own: Sequence[Row]
    breaks: Sequence[int]
    others: Tables = field(default_factory=dict)


ITEM = {"items": [{"item_id": "A", "unit_of_measure": "pc", "family_id": "P", "sourcing": "make", "item_type": "finished"}]}
FAMILY = {"product_families": [{"family_id": "P", "product_group": "G"}]}
RESOURCE = {"resources": [{"resource_id": "R", "resource_type": "labour"}]}


def unknown(column: str, masters: Tables, known: str, **more: Any) -> Case:
    """A known code, an unknown one, and none where the column may be empty."""
    return Case([{column: known, **more}, {column: "nobody", **more}, {column: None, **more}], [2], masters)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


RATES = {
    "exchange_rates": [
        {"from_currency": "USD", "to_currency": "EUR", "rate_type": "actual", "valid_from": day("2026-03-01")},
        {"from_currency": "EUR", "to_currency": "GBP", "rate_type": "actual", "valid_from": day("2026-03-01")},
        {"from_currency": "CHF", "to_currency": "EUR", "rate_type": "actual", "valid_from": day("2026-11-02")},
    ]
}
UNITS = {
    **ITEM,
    "unit_conversions": [
        {"item_id": None, "from_unit": "doz", "to_unit": "pc"},
        {"item_id": "A", "from_unit": "pc", "to_unit": "box"},
        {"item_id": "B", "from_unit": "pal", "to_unit": "pc"},
    ],
}


def bom(*lines: str) -> list[Row]:
    return [{"parent_item_id": line[0], "component_item_id": line[1]} for line in lines]


def rates(*stated: tuple[str, float]) -> list[Row]:
    return [{"from_currency": pair[:3], "to_currency": pair[3:], "rate": rate} for pair, rate in stated]


def order(**more: Any) -> Row:
    return {"order_id": "1", "order_line": "1", "item_id": "A", "ordered_quantity": 10, "order_date": day("2026-02-01"), **more}
