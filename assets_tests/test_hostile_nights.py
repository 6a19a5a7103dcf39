"""Whole nights of a small company whose supply extracts hold nonsense: published, adding up, and every nonsense told of.

`-k "seed1-night04"` runs one night again; its name is all it takes.
"""

import random
from collections.abc import Iterator, Mapping
from pathlib import Path

import polars as pl
import pytest
from hostile_values import NONSENSE, Nonsense
from nights import rows, run
from published_identities import broken_identities
from sound_company import Row, Tables, sound_tables, write_company

SEEDS = 3
MOST = 6  # kinds of nonsense in a night
STRATEGIES = ("level", "chase", "hybrid", "least_cost")


def dealt(seed: int) -> list[list[str]]:
    """All nonsense over nights: no extract is hit twice in one, and of what only an exception tells there is one at most."""
    names = list(NONSENSE)
    random.Random(seed).shuffle(names)  # noqa: S311 - no secret
    nights: list[list[str]] = []
    for name in names:
        fitting = (
            night for night in nights if len(night) < MOST and all(_live_together(NONSENSE[name], NONSENSE[other]) for other in night)
        )
        night = next(fitting, None)
        if night is None:
            nights.append([name])
        else:
            night.append(name)
    return nights


def _live_together(one: Nonsense, other: Nonsense) -> bool:
    return one.extract != other.extract and not (one.kinds and other.kinds)


NIGHTS = {f"seed{seed}-night{number:02}": night for seed in range(SEEDS) for number, night in enumerate(dealt(seed))}


def untold(folder: Path, tables: Tables, touched: Mapping[str, list[Row]]) -> Iterator[str]:
    """Nonsense that neither an issue of its rows and column nor an exception of its kinds tells."""
    issues = rows(folder, "select * from sop.quality_issues where value is not null or column_name is null")
    kinds = set(rows(folder, "select kind from sop.exceptions")["kind"])
    for name, changed in touched.items():
        nonsense = NONSENSE[name]
        lines = [line for line, row in enumerate(tables[nonsense.extract], start=2) if any(row is other for other in changed)]
        of_rows = issues.filter(pl.col("extract") == nonsense.extract, pl.col("source_line").is_in(lines))
        about = pl.lit(True)
        if nonsense.column is not None:
            # A rule over several columns of a row names them in its hint; a row set aside is told whole.
            named = pl.any_horizontal(pl.col("column_name", "hint").str.contains(nonsense.column, literal=True))
            about = named | (pl.col("severity") == "error")
        if nonsense.is_told and not of_rows.filter(about).height and not kinds & set(nonsense.kinds):
            yield name


@pytest.mark.campaign
def test_a_sound_company_publishes_and_adds_up_and_has_nothing_to_tell(tmp_path: Path) -> None:
    folder = write_company(tmp_path / "company", sound_tables())

    assert run(folder).succeeded
    assert broken_identities(folder) == []
    assert rows(folder, "select * from sop.quality_issues").is_empty()
    assert set(rows(folder, "select kind from sop.exceptions")["kind"]) <= {"schedule_off_plan"}


@pytest.mark.campaign
@pytest.mark.parametrize("name", NIGHTS)
def test_nonsense_is_planned_around_and_told(tmp_path: Path, name: str) -> None:
    strategy = random.Random(name).choice(STRATEGIES)  # noqa: S311 - no secret
    tables = sound_tables(strategy)
    touched = {nonsense: NONSENSE[nonsense].put(tables) for nonsense in NIGHTS[name]}
    folder = write_company(tmp_path / "company", tables)

    outcome = run(folder)

    if outcome.beyond_money:
        # Sums of money that no currency knows are the one thing a night cannot plan around: it says so, and publishes nothing.
        assert not outcome.published
        assert "sop check tells the odd ones" in outcome.errors[0]
        return
    assert outcome.succeeded, (NIGHTS[name], strategy, outcome.errors, [check for check in outcome.failed_checks if check.blocking])
    assert broken_identities(folder) == [], (NIGHTS[name], strategy)
    assert list(untold(folder, tables, touched)) == [], (NIGHTS[name], strategy)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_every_nonsense_has_its_night(seed: int) -> None:
    assert sorted(name for night in dealt(seed) for name in night) == sorted(NONSENSE)
