"""Aggregate plans as books publish them, and random ones in their manner, by the switches they need. Answers stay in the tests."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace

from textbook_companies import Case, Crew


@dataclass(frozen=True)
class Book:
    """Cases of one company: its months, and its switches as sop.yaml has them."""

    cases: tuple[Case, ...]
    months: int = 6
    holding_cost_on: str = "closing"
    idle_hours: str = "allowed"
    whole_heads: str = "false"


RED_TOMATO = Case(
    "RED-TOMATO",
    (1600, 3000, 3200, 3800, 2200, 2200),
    opening_inventory=1000,
    closing_inventory=500,
    production_cost=10,
    holding_cost=2,
    backorder_cost=5,
    subcontract_cost=30,
    crew=Crew(80, 4, wage=4, overtime_wage=6, overtime_hours_per_head=10, hire=300, layoff=500),
)
# Chopra and Meindl's further plans for Red Tomato: demand that varies more, and promotions in January or April of 10 % or twice as much.
RED_TOMATOES = (
    RED_TOMATO,
    replace(RED_TOMATO, family="RED-TOMATO-VARIABLE", demand=(1000, 3000, 3800, 4800, 2000, 1400)),
    replace(RED_TOMATO, family="RED-TOMATO-JANUARY", demand=(3000, 2400, 2560, 3800, 2200, 2200)),
    replace(RED_TOMATO, family="RED-TOMATO-APRIL", demand=(1600, 3000, 3200, 5060, 1760, 1760)),
    replace(RED_TOMATO, family="RED-TOMATO-JANUARY-TWICE", demand=(4440, 2400, 2560, 3800, 2200, 2200)),
    replace(RED_TOMATO, family="RED-TOMATO-APRIL-TWICE", demand=(1600, 3000, 3200, 8480, 1760, 1760)),
    replace(RED_TOMATO, family="RED-TOMATO-MATERIAL", standard_cost=40, material_cost=10),
    replace(RED_TOMATO, family="RED-TOMATO-HEADS", crew=replace(RED_TOMATO.crew, closing_heads=80)),  # type: ignore[type-var]
)
SURESTEP = Case(
    "SURESTEP",
    (3000, 5000, 2000, 1000),
    working_days=(20,) * 4,
    opening_inventory=500,
    production_cost=15,
    holding_cost=3,
    may_backorder=False,
    crew=Crew(100, 4, wage=9.375, overtime_wage=13, overtime_hours_per_head=20, hire=1600, layoff=2000),
)
CANDY = Case(
    "CANDY",
    (80_000, 50_000, 120_000, 150_000),
    working_days=(20,) * 4,
    standard_cost=2,
    production_cost=2,
    holding_cost=0.5,
    may_backorder=False,
    crew=Crew(100, 0.16, wage=0, hire=100, layoff=500),
)
DENSEPACK = Case(
    "DENSEPACK",
    (1280, 640, 900, 1200, 2000, 1400),
    working_days=(20, 24, 18, 26, 22, 15),
    opening_inventory=500,
    closing_inventory=600,
    holding_cost=80,
    may_backorder=False,
    crew=Crew(300, 8 / 0.14653, wage=0, hire=500, layoff=1000),
)
TRU_RAINBOW = Case(
    "TRU-RAINBOW",
    (270, 850, 1500, 350),
    working_days=(20,) * 4,
    opening_inventory=250,
    closing_inventory=300,
    standard_cost=1,
    production_cost=1,
    holding_cost=0.3,
    may_backorder=False,
    capacity=(450, 450, 750, 450),
    overtime_capacity=(90, 90, 150, 90),
    overtime_cost=0.5,
    subcontract_cost=1.9,
    subcontract_capacity=(200,) * 4,
)


FARNSWORTH = Case(
    "FARNSWORTH",
    (800, 1000, 750, 0),
    working_days=(20,) * 4,
    opening_inventory=100,
    standard_cost=40,
    production_cost=40,
    holding_cost=2,
    may_backorder=False,
    capacity=(700, 700, 700, 0),
    overtime_capacity=(50, 50, 50, 0),
    overtime_cost=10,
    subcontract_cost=70,
    subcontract_capacity=(150, 50, 130, 0),
)
BURRUSS = Case(
    "BURRUSS",
    (900, 1500, 1600, 3000),
    working_days=(20,) * 4,
    opening_inventory=300,
    standard_cost=20,
    production_cost=20,
    holding_cost=3,
    may_backorder=False,
    capacity=(1000, 1200, 1300, 1300),
    overtime_capacity=(100, 150, 200, 200),
    overtime_cost=5,
    subcontract_cost=28,
    subcontract_capacity=(500,) * 4,
)
TRANSPORT = Case(
    "TRANSPORT",
    (550, 700, 750, 0),
    working_days=(20,) * 4,
    opening_inventory=100,
    standard_cost=60,
    production_cost=60,
    holding_cost=1,
    backorder_cost=3,
    capacity=(500, 500, 500, 0),
    overtime_capacity=(50, 50, 50, 0),
    overtime_cost=20,
    subcontract_cost=90,
    subcontract_capacity=(120, 120, 100, 0),
)
# A setup is a head that is there for a month, paid what the setup costs, and enough for everything: lots are then whole heads.
SETUPS = (85, 102, 102, 101, 98, 114, 105, 86, 119, 110, 98, 114)
WAGNER_WHITIN = Case(
    "WAGNER-WHITIN",
    (69, 29, 36, 61, 61, 26, 34, 67, 45, 67, 79, 56),
    working_days=(20,) * 12,
    standard_cost=10,
    holding_cost=1,
    may_backorder=False,
    crew=Crew(0, 0.2, wages=tuple(setup / 160 for setup in SETUPS)),
)


def random_cases(prefix: str, seed: int, count: int, months: int) -> Iterator[Case]:
    """Cases with crews or lines, backlogs, subcontractors with and without a limit, lost sales, closing stock and no hiring."""
    draw = random.Random(seed)  # noqa: S311 - test data
    for number in range(count):
        demand = tuple(float(draw.randrange(200, 1500, 10)) for _ in range(months))
        mean = sum(demand) / months
        with_crew = number % 2 == 0
        unlimited = draw.random() < 0.5
        may_backorder = draw.random() < 0.6
        # Somebody can always deliver what no own capacity can: an unlimited partner, or customers who go away.
        loses = not unlimited
        yield Case(
            f"{prefix}-{number:02}",
            demand,
            working_days=tuple(draw.randrange(17, 24) for _ in range(months)),
            opening_inventory=0.0 if number % 3 == 0 else float(draw.randrange(0, 500, 10)),
            opening_backlog=float(draw.randrange(50, 300, 10)) if number % 3 == 0 and may_backorder else 0.0,
            closing_inventory=float(draw.randrange(0, 400, 50)) if unlimited else None,
            standard_cost=100.0,
            production_cost=float(draw.randrange(10, 60)),
            holding_cost=draw.randrange(10, 200) / 10,
            backorder_cost=draw.randrange(30, 150) / 10 if may_backorder else None,
            may_backorder=may_backorder,
            subcontract_cost=float(draw.randrange(90, 140)),
            subcontract_capacity=() if unlimited else tuple(float(draw.randrange(50, 200)) for _ in range(months)),
            lost_sale_cost=float(draw.randrange(300, 600)) if loses else None,
            capacity=() if with_crew else tuple(round(mean * draw.uniform(0.6, 1.1), 1) for _ in range(months)),
            overtime_capacity=round(0.2 * mean, 1),
            overtime_cost=draw.randrange(5, 25),
            crew=Crew(
                draw.randrange(6, 30),
                round(160 * 18 / mean, 2),
                wage=4,
                overtime_wage=6.5,
                overtime_hours_per_head=draw.choice((0, 12, 30)),
                hire=draw.randrange(100, 500),
                layoff=draw.randrange(100, 500),
                maximum_hires=draw.choice((None, 0, 3)),
                is_constant=draw.random() < 0.2,
            )
            if with_crew
            else None,
        )


BOOKS = {
    "as it comes": Book((*RED_TOMATOES, *random_cases("OPEN", 1, 12, 6))),
    "whole heads": Book((RED_TOMATO, DENSEPACK, *random_cases("WHOLE", 2, 6, 6)), whole_heads="optimal"),
    "average stock": Book((*random_cases("MEAN", 3, 12, 6),), holding_cost_on="average"),
    "four months": Book(
        (
            SURESTEP,
            replace(SURESTEP, family="SURESTEP-LATE", may_backorder=True, backorder_cost=20),
            TRU_RAINBOW,
            FARNSWORTH,
            BURRUSS,
            TRANSPORT,
        ),
        months=4,
        whole_heads="optimal",
    ),
    "a year of lots": Book((WAGNER_WHITIN,), months=12, whole_heads="optimal"),
    "no idle hour": Book(
        (
            CANDY,
            replace(CANDY, family="CANDY-LEVEL", strategy="level"),
            replace(CANDY, family="CANDY-CHASE", strategy="chase", target_inventory=(0,) * 4),
        ),
        months=4,
        idle_hours="none",
    ),
}
