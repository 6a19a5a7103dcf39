"""What can be read off a contract: its columns in order and its rules by name. Nothing is validated here."""

from dataclasses import dataclass
from typing import Any, Literal

from pandera.api.base.checks import BaseCheck
from pandera.api.polars.components import Column

from sop_pipeline.contracts.base import Table

Kind = Literal["text", "date", "timestamp", "quantity", "money", "ratio", "count", "flag"]

KIND_OF_TYPE: dict[str, Kind] = {
    "String": "text",
    "Date": "date",
    "Datetime": "timestamp",
    "Decimal": "quantity",
    "Float64": "ratio",
    "Int64": "count",
    "Boolean": "flag",
}

UNIQUE_KEY = "unique_key"  # judged over the whole table, beside Pandera

# Pandera's names hold the bounds; a rule keeps its name, and so its history, when a bound moves.
ASPECT_OF_CHECK = {
    "not_nullable": "required",
    "field_uniqueness": "unique",
    "greater_than": "range",
    "greater_than_or_equal_to": "range",
    "less_than": "range",
    "less_than_or_equal_to": "range",
    "isin": "list",
    "str_matches": "pattern",
}
BOUND_SIGNS = {"greater_than": ">", "greater_than_or_equal_to": "≥", "less_than": "<", "less_than_or_equal_to": "≤"}


@dataclass(frozen=True)
class ColumnSpec:
    """One column of a contract. `is_optional`: a file may lack it or leave it empty; with a `default`, the table holds that instead."""

    name: str
    kind: Kind
    is_optional: bool
    is_key: bool
    description: str
    allowed_values: tuple[str, ...] = ()
    bounds: str = ""
    default: str | None = None
    currency: str | None = None


@dataclass(frozen=True)
class RuleSpec:
    """One rule of a contract. `column`: the column it judges, of several their names joined by a comma; None for the key's."""

    name: str
    column: str | None
    severity: str
    hint: str


def column_specs(contract: type[Table]) -> tuple[ColumnSpec, ...]:
    """The columns of a contract, in its order."""
    return tuple(_column_spec(contract, name, column) for name, column in contract.to_schema().columns.items())


def rule_specs(contract: type[Table]) -> tuple[RuleSpec, ...]:
    """Every rule of a contract: those of its columns in order, then those over a whole row, then the key."""
    found: dict[str, RuleSpec] = {}
    for name, column in contract.to_schema().columns.items():
        checks = ["not_nullable"] * (not column.nullable) + ["field_uniqueness"] * column.unique
        for check in checks + [str(check.name) for check in column.checks]:
            rule = rule_of(contract, name, check)
            found[rule.name] = rule
    whole_rows = [*contract.row_rules(), *([UNIQUE_KEY] if contract.key_columns() else [])]
    return (*found.values(), *(rule_of(contract, None, check) for check in whole_rows))


def rule_of(contract: type[Table], column: str | None, check: str) -> RuleSpec:
    """The rule that a failure case of Pandera breaks, from its `column` and `check`.

    `check` may carry bounds, as in `greater_than(0)`; `unique_key` is the key's. Raises KeyError for what is no rule about a row,
    such as a wrong type.
    """
    rule = contract.row_rules().get(check)
    if rule is not None:
        judged = set(rule.holds.meta.root_names())
        together = ", ".join(name for name in contract.to_schema().columns if name in judged)
        return RuleSpec(check, together, rule.severity, rule.hint)
    if check == UNIQUE_KEY and contract.key_columns():
        key = ", ".join(contract.key_columns())
        return RuleSpec(UNIQUE_KEY, None, "error", f"Send one row per {key}: identical rows count once, different ones are all set aside.")
    columns = contract.to_schema().columns
    aspect = ASPECT_OF_CHECK.get(check.split("(", maxsplit=1)[0])
    if column is None or column not in columns or aspect is None:
        raise KeyError(f"{contract.__name__} has no rule for check {check!r} of column {column!r}")
    spec = _column_spec(contract, column, columns[column])
    if aspect == "required":
        return RuleSpec(f"{column}_required", column, "error", f"Fill {column}: {_lowered(spec.description)}.")
    hints = {
        "unique": f"Give every row its own {column}.",
        "range": f"{column} must be {spec.bounds}; correct the value.{_left_out(spec, columns[column].metadata['severity'])}",
        "list": f"Use one of {', '.join(spec.allowed_values)} for {column}, or map the value in sop.yaml under values.",
        "pattern": f"Write {column} as described: {_lowered(spec.description)}.",
    }
    return RuleSpec(f"{column}_{aspect}", column, columns[column].metadata["severity"], hints[aspect])


def _left_out(spec: ColumnSpec, severity: str) -> str:
    """What becomes of a value out of range whose row is used all the same."""
    if severity != "warning":
        return ""
    return f" Until then it counts as {spec.default}." if spec.default is not None else " Until then it counts as not given."


def _column_spec(contract: type[Table], name: str, column: Column) -> ColumnSpec:
    metadata: dict[str, Any] = column.metadata or {}
    kind = KIND_OF_TYPE[str(column.dtype).split("(")[0]]
    allowed = next((check.statistics["allowed_values"] for check in column.checks if check.name == "isin"), ())
    return ColumnSpec(
        name=name,
        kind="money" if metadata.get("currency") else kind,
        is_optional=column.nullable or metadata.get("default") is not None,
        is_key=name in contract.key_columns(),
        description=column.description or "",
        allowed_values=tuple(str(value) for value in allowed),
        bounds=" and ".join(_bound(check) for check in column.checks if check.name in BOUND_SIGNS),
        default=metadata.get("default"),
        currency=metadata.get("currency"),
    )


def _bound(check: BaseCheck) -> str:
    (value,) = (check.statistics or {}).values()
    return f"{BOUND_SIGNS[str(check.name)]} {value}"


def _lowered(description: str) -> str:
    return description[:1].lower() + description[1:]
