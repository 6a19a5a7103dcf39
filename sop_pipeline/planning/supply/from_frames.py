"""Polars frames keyed by business keys and period number into supply inputs. Columns are the fields of `inputs`; rows come in any order."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sop_pipeline.planning.supply.arrays import DTYPES, InputError
from sop_pipeline.planning.supply.inputs import (
    KINDS,
    PRODUCTION,
    Families,
    Issues,
    KindLimits,
    Resources,
    Sources,
    StockUsages,
    SupplyInputs,
    Usages,
    Workforce,
)
from sop_pipeline.planning.supply.switches import Switches

PERIOD = "period_index"
SOURCE_KEY = ("family_id", "source_kind", "source_id")
KIND_AT = {kind: number for number, kind in enumerate(KINDS)}


def inputs_from_frames(
    families: pl.DataFrame,
    family_periods: pl.DataFrame,
    sources: pl.DataFrame,
    *,
    source_periods: pl.DataFrame | None = None,
    kind_limits: pl.DataFrame | None = None,
    usages: pl.DataFrame | None = None,
    issues: pl.DataFrame | None = None,
    resources: pl.DataFrame | None = None,
    resource_periods: pl.DataFrame | None = None,
    stock_usages: pl.DataFrame | None = None,
    workforce: pl.DataFrame | None = None,
    workforce_periods: pl.DataFrame | None = None,
    switches: Switches | None = None,
) -> SupplyInputs:
    """Supply inputs of frames; the same rows in another order give the same inputs.

    Grain and columns; a further column is a field of the dataclass of that name in `inputs`, with its unit; absent or null = its default:
    `families` family_id, strategy; `family_periods` family_id, period_index (0, 1, …, every one), demand_quantity;
    `sources` family_id, source_kind, source_id; `source_periods` the same and period_index;
    `kind_limits` family_id, source_kind, period_index, minimum_quantity, maximum_quantity;
    `usages` family_id, resource_id, lead_time_offset_periods, usage_per_unit, and source_kind, source_id, null for every production source;
    `issues` family_id (who takes), component_family_id, lead_time_offset_periods, quantity_per_unit;
    `resources` resource_id; `resource_periods` resource_id, period_index; `stock_usages` family_id, resource_id, usage_per_unit;
    `workforce` resource_id, opening_heads; `workforce_periods` resource_id, period_index.
    Raises InputError that names table, key and rule: unknown or repeated keys, unknown columns, a missing period.
    """
    family_ids = _ids(families, "families", "family_id")
    family_at = {key: number for number, key in enumerate(family_ids)}
    periods = _period_count(family_periods)
    resource_ids = _ids(resources, "resources", "resource_id") if resources is not None else ()
    resource_at = {key: number for number, key in enumerate(resource_ids)}
    source_keys = sorted(zip(*(sources[name].to_list() for name in SOURCE_KEY), strict=True), key=_source_order)
    source_at = {key: number for number, key in enumerate(source_keys)}
    named = "strategy" in families.columns
    by_family = dict(zip(families["family_id"], families["strategy"].fill_null("least_cost"), strict=True)) if named else {}

    reader = _Reader(periods)
    by_source = _Keyed(SOURCE_KEY, source_at)
    source_table = reader.table(
        Sources,
        by_source,
        sources,
        source_periods,
        source_ids=tuple(str(key[2]) for key in source_keys),
        family=np.array([_position(family_at, key[0], "sources", "family_id") for key in source_keys], dtype=np.int64),
        kind=np.array([_position(KIND_AT, key[1], "sources", "source_kind") for key in source_keys], dtype=np.int64),
    )
    described = families.drop("strategy", strict=False)
    family_table = reader.table(Families, _Keyed(("family_id",), family_at), described, family_periods, family_ids=family_ids)
    by_resource = _Keyed(("resource_id",), resource_at)
    return SupplyInputs(
        dataclasses.replace(family_table, strategies=tuple(by_family.get(key, "least_cost") for key in family_ids)),
        source_table,
        _limits(kind_limits, family_at, periods),
        usages=_usages(usages, source_at, resource_at),
        issues=_issues(issues, family_at),
        resources=reader.table(Resources, by_resource, resources, resource_periods, resource_ids=resource_ids),
        stock_usages=_stock_usages(stock_usages, family_at, resource_at),
        workforce=_workforce(reader, workforce, workforce_periods, resource_at),
        switches=switches or Switches(),
    )


@dataclasses.dataclass(frozen=True)
class _Reader:
    """Fills the array fields of a dataclass from a frame per key and a frame per key and period."""

    periods: int

    def table(self, table_type: Any, keyed: "_Keyed", *frames: pl.DataFrame | None, **given: Any) -> Any:
        fields = {item.name: item for item in dataclasses.fields(table_type) if "axes" in item.metadata and item.name not in given}
        values: dict[str, Any] = dict(given)
        place = table_type.__name__
        for number, frame in enumerate(frames):
            if frame is None:
                continue
            columns = keyed.columns if number == 0 else (*keyed.columns, PERIOD)
            _refuse_repeated(frame, place, columns)
            extra = set(frame.columns) - set(columns) - set(fields)
            if extra:
                raise InputError(f"{place} has no field {min(extra)!r}; it has {', '.join(sorted(fields))}")
            keys = (_key_of(row) for row in frame.select(keyed.columns).iter_rows())
            rows = np.array([_position(keyed.position, key, place, "/".join(keyed.columns)) for key in keys], dtype=np.int64)
            for name in set(frame.columns) - set(columns):
                values[name] = self._fill(fields[name], frame, rows, len(keyed.position))
        absent = [name for name, item in fields.items() if item.default is dataclasses.MISSING and name not in values]
        if absent:
            raise InputError(f"{place} lacks the column {absent[0]!r}, which has no default")
        return table_type(**values)

    def _fill(self, item: Any, frame: pl.DataFrame, rows: NDArray[np.int64], count: int) -> NDArray[Any]:
        dtype = DTYPES[item.metadata["kind"]]
        default = np.nan if item.default is dataclasses.MISSING else item.default
        values = frame[item.name].fill_null(default).to_numpy().astype(dtype)
        by_period = PERIOD in frame.columns
        full: NDArray[Any] = np.full((count, self.periods) if by_period else count, default, dtype=dtype)
        full[(rows, frame[PERIOD].to_numpy()) if by_period else rows] = values
        return full[:, None] if full.ndim < len(item.metadata["axes"]) else full


@dataclasses.dataclass(frozen=True)
class _Keyed:
    """The key columns of a table and the position of every key."""

    columns: tuple[str, ...]
    position: Mapping[Any, int]


def _ids(frame: pl.DataFrame, place: str, column: str) -> tuple[str, ...]:
    _refuse_repeated(frame, place, (column,))
    return tuple(sorted(frame[column].to_list()))


def _period_count(frame: pl.DataFrame) -> int:
    found = sorted(set(frame[PERIOD].to_list()))
    if found != list(range(len(found))) or not found:
        raise InputError(f"family_periods has the periods {found[:5]} …; they must be 0, 1, 2, … without a gap, for every family")
    for (family,), rows in frame.group_by("family_id"):
        if rows.height != len(found):
            raise InputError(f"family_periods has {rows.height} rows of family {family!r}; each family needs all {len(found)} periods")
    return len(found)


def _refuse_repeated(frame: pl.DataFrame, place: str, key: Sequence[str]) -> None:
    missing = [name for name in key if name not in frame.columns]
    if missing:
        raise InputError(f"{place} lacks the key column {missing[0]!r}; its key is {', '.join(key)}")
    repeated = frame.select(key).filter(frame.select(key).is_duplicated())
    if repeated.height:
        raise InputError(f"{place} has the key {repeated.row(0)!r} twice; sum or drop one of the rows")


def _key_of(row: tuple[Any, ...]) -> Any:
    return row if len(row) > 1 else row[0]


def _position(position: Mapping[Any, int], key: Any, place: str, column: str) -> int:
    if key not in position:
        raise InputError(f"{place}.{column} is {key!r}, which is not planned; it must be one of the {len(position)} known keys")
    return position[key]


def _source_order(key: tuple[str, str, str]) -> tuple[str, int, str]:
    return key[0], KINDS.index(key[1]) if key[1] in KINDS else len(KINDS), key[2]


def _limits(frame: pl.DataFrame | None, family_at: Mapping[str, int], periods: int) -> KindLimits:
    least, most = np.zeros((len(KINDS), len(family_at), periods)), np.full((len(KINDS), len(family_at), periods), np.inf)
    if frame is not None:
        _refuse_repeated(frame, "kind_limits", ("family_id", "source_kind", PERIOD))
        for row in frame.iter_rows(named=True):
            at = (
                _position(KIND_AT, row["source_kind"], "kind_limits", "source_kind"),
                _position(family_at, row["family_id"], "kind_limits", "family_id"),
            )
            least[(*at, row[PERIOD])] = row.get("minimum_quantity") or 0.0
            most[(*at, row[PERIOD])] = np.inf if row.get("maximum_quantity") is None else row["maximum_quantity"]
    return KindLimits(least, most)


def _usages(frame: pl.DataFrame | None, source_at: Mapping[tuple[str, str, str], int], resource_at: Mapping[str, int]) -> Usages:
    found: dict[tuple[int, ...], list[float]] = {}
    makers: dict[str, list[int]] = {}
    for (family, kind, _), number in source_at.items():
        if kind == KINDS[PRODUCTION]:
            makers.setdefault(family, []).append(number)
    for row in frame.iter_rows(named=True) if frame is not None else ():
        resource = _position(resource_at, row["resource_id"], "usages", "resource_id")
        named = row.get("source_id") is not None
        key = (row["family_id"], row.get("source_kind"), row.get("source_id"))
        takers = [_position(source_at, key, "usages", "/".join(SOURCE_KEY))] if named else makers.get(row["family_id"], [])
        for source in takers:
            found.setdefault((source, resource, int(row["lead_time_offset_periods"] or 0)), []).append(row["usage_per_unit"])
    (at_source, at_resource, at_offset), values = _summed(found, 3)
    return Usages(at_source, at_resource, at_offset, values)


def _issues(frame: pl.DataFrame | None, family_at: Mapping[str, int]) -> Issues:
    found: dict[tuple[int, ...], list[float]] = {}
    for row in frame.iter_rows(named=True) if frame is not None else ():
        component = _position(family_at, row["component_family_id"], "issues", "component_family_id")
        consumer = _position(family_at, row["family_id"], "issues", "family_id")
        found.setdefault((component, consumer, int(row["lead_time_offset_periods"] or 0)), []).append(row["quantity_per_unit"])
    (at_component, at_consumer, at_offset), values = _summed(found, 3)
    return Issues(at_component, at_consumer, at_offset, values)


def _stock_usages(frame: pl.DataFrame | None, family_at: Mapping[str, int], resource_at: Mapping[str, int]) -> StockUsages:
    found: dict[tuple[int, ...], list[float]] = {}
    for row in frame.iter_rows(named=True) if frame is not None else ():
        family = _position(family_at, row["family_id"], "stock_usages", "family_id")
        resource = _position(resource_at, row["resource_id"], "stock_usages", "resource_id")
        found.setdefault((family, resource), []).append(row["usage_per_unit"])
    (at_family, at_resource), values = _summed(found, 2)
    return StockUsages(at_family, at_resource, values)


def _workforce(reader: _Reader, frame: pl.DataFrame | None, per_period: pl.DataFrame | None, resource_at: Mapping[str, int]) -> Workforce:
    if frame is None:
        return Workforce(np.zeros(0, dtype=np.int64))
    ids = _ids(frame, "workforce", "resource_id")
    resource = np.array([_position(resource_at, key, "workforce", "resource_id") for key in ids], dtype=np.int64)
    by_pool = _Keyed(("resource_id",), {key: number for number, key in enumerate(ids)})
    table: Workforce = reader.table(Workforce, by_pool, frame, per_period, resource=resource)
    return table


def _summed(found: Mapping[tuple[int, ...], list[float]], parts: int) -> tuple[list[NDArray[np.int64]], NDArray[np.float64]]:
    """Sorted keys as columns, and the sum of what shares one; summed in order of size, so that the order of rows leaves no trace."""
    keys = sorted(found)
    columns = [np.array([key[part] for key in keys], dtype=np.int64) for part in range(parts)]
    return columns, np.array([sum(sorted(found[key])) for key in keys], dtype=np.float64)
