"""Items: the split of a family, lots, and requirements through the bill of materials, against plain loops and hand-computed cases."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sop_pipeline.planning.supply import InputError
from sop_pipeline.planning.supply.disaggregate import item_load, round_to_lots, split_by_run_out, split_families
from sop_pipeline.planning.supply.requirements import ItemStructure, level_codes, plan_requirements, whole_leads


def test_items_that_get_any_run_out_on_the_same_day() -> None:
    family = np.array([0, 0, 0])
    stock, rate = np.array([0.0, 10, 100]), np.array([1.0, 2, 1])
    quantity = split_by_run_out(family, stock, rate, np.array([50.0]))
    np.testing.assert_allclose(quantity, [20, 30, 0])
    np.testing.assert_allclose((stock + quantity)[:2] / rate[:2], 20)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 4), st.integers(1, 12))
def test_run_out_times_are_levelled_from_the_bottom_and_families_keep_their_totals(seed: int, families: int, extra: int) -> None:
    random = np.random.default_rng(seed)
    family = np.sort(np.concatenate([np.arange(families), random.integers(0, families, extra)]))
    stock = random.uniform(-20, 60, family.size)
    rate = np.where(random.random(family.size) < 0.2, 0.0, random.uniform(0.1, 5, family.size))
    wanted = random.uniform(0, 200, families)
    quantity = split_by_run_out(family, stock, rate, wanted)
    assert (quantity >= 0).all()
    np.testing.assert_allclose(np.bincount(family, quantity, minlength=families), wanted, atol=1e-6)
    for one in range(families):
        mine = (family == one) & (rate > 0)
        if not mine.any() or ((family == one) & (rate == 0) & (stock < 0)).any():
            continue
        days = (stock + quantity)[mine] / rate[mine]
        level = days[quantity[mine] > 1e-9]
        if level.size:
            assert np.ptp(level) < 1e-6 * max(1.0, np.abs(level).max())
            assert (days >= level.max() - 1e-6 * max(1.0, abs(level.max()))).all()


def test_an_item_that_customers_wait_for_comes_first_even_without_coming_demand() -> None:
    quantity = split_by_run_out(np.array([0, 0]), np.array([-5.0, 0.0]), np.array([0.0, 1.0]), np.array([8.0]))
    np.testing.assert_allclose(quantity, [5, 3], atol=1e-6)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10_000))
def test_lots_are_whole_and_their_residual_stays_within_the_largest_lot(seed: int) -> None:
    random = np.random.default_rng(seed)
    family = np.sort(random.integers(0, 3, 12))
    family[:3] = [0, 1, 2]
    family.sort()
    lot = random.choice([0.0, 1.0, 7.0, 25.0], 12)
    demand = random.uniform(0, 30, (12, 8))
    wanted = np.stack([np.full(8, demand[family == one].sum() / 8) for one in range(3)])
    split = split_families(
        np.arange(12),
        family,
        np.zeros(3),
        opening_quantity=random.uniform(0, 40, 12),
        demand_quantity=demand,
        source_quantity=wanted,
        lot_minimum=np.zeros(12),
        lot_multiple=lot,
    )
    whole = split.lot_quantity[lot > 0] / lot[lot > 0][:, None]
    np.testing.assert_allclose(whole, np.round(whole), atol=1e-9)
    given_out = np.stack([np.cumsum(split.lot_quantity[family == one].sum(axis=0)) for one in range(3)])
    left = np.stack([split.residual_quantity[family == one].sum(axis=0) for one in range(3)])
    np.testing.assert_allclose(left, np.cumsum(wanted, axis=1) - given_out, atol=1e-6)
    assert np.abs(left).max() <= max(lot.max(), 1.0) + 1e-6


def test_a_source_few_items_have_is_split_first_and_the_others_make_up_for_it() -> None:
    """Items 0 and 1 can both be made, only item 0 can be bought in: item 0 gets all of that, and the less of what is made."""
    split = split_families(
        np.array([0, 0, 1]),
        np.array([0, 1, 1]),
        np.array([0, 1]),
        opening_quantity=np.zeros(2),
        demand_quantity=np.full((2, 1), 50.0),
        source_quantity=np.array([[40.0], [60.0]]),
        lot_minimum=np.zeros(2),
        lot_multiple=np.zeros(2),
    )
    np.testing.assert_allclose(split.run_out_quantity[:, 0], [40, 10, 50])


def test_a_source_whose_lots_ran_ahead_of_its_plan_rests_until_the_plan_has_caught_up() -> None:
    split = split_families(
        np.array([0]),
        np.array([0]),
        np.array([0]),
        opening_quantity=np.zeros(1),
        demand_quantity=np.full((1, 6), 6.0),
        source_quantity=np.full((1, 6), 6.0),
        lot_minimum=np.array([20.0]),
        lot_multiple=np.array([10.0]),
    )
    np.testing.assert_allclose(split.lot_quantity[0], [0, 20, 0, 0, 20, 0])
    np.testing.assert_allclose(split.residual_quantity[0], [6, -8, -2, 4, -10, -4])


def test_rounding_adds_lots_to_the_largest_remainders_first() -> None:
    lots = round_to_lots(
        np.zeros(3, dtype=int), np.array([14.0, 18.0, 11.0]), np.array([43.0]), lot_minimum=np.zeros(3), lot_multiple=np.full(3, 10.0)
    )
    np.testing.assert_allclose(lots, [10, 20, 10])


def test_the_load_of_the_real_mix_is_usage_times_items() -> None:
    load = item_load(np.array([0, 1]), np.array([1, 1]), np.array([2.0, 0.5]), np.array([[10.0, 0], [4, 8]]), 2)
    np.testing.assert_allclose(load, [[0, 0], [22, 4]])


def bicycle(**changes: np.ndarray) -> ItemStructure:
    """A bicycle takes two wheels and a frame, a wheel takes 32 spokes."""
    items = {
        "timing": whole_leads(np.arange(3), 5),
        "lead": np.array([1, 1, 2, 0]),
        "line_lead": np.full(3, -1),
        "is_scheduled": np.zeros(4, dtype=bool),
        "on_hand_quantity": np.array([5.0, 0, 20, 0]),
        "safety_quantity": np.zeros(4),
        "lot_minimum": np.zeros(4),
        "lot_multiple": np.array([0.0, 0, 1000, 0]),
    } | changes
    return ItemStructure(("bicycle", "frame", "spoke", "wheel"), np.array([0, 0, 3]), np.array([1, 3, 2]), np.array([1.0, 2, 32]), **items)


def test_requirements_of_a_bicycle_by_hand() -> None:
    demand = np.zeros((4, 5))
    demand[0] = [0, 0, 10, 10, 0]
    found = plan_requirements(bicycle(), demand, np.zeros((4, 5)))
    np.testing.assert_array_equal(found.level_code, [0, 1, 2, 1])
    np.testing.assert_allclose(found.receipt_quantity[0], [0, 0, 5, 10, 0])
    np.testing.assert_allclose(found.release_quantity[0], [0, 5, 10, 0, 0])
    np.testing.assert_allclose(found.gross_quantity[3], [0, 10, 20, 0, 0])
    np.testing.assert_allclose(found.release_quantity[3], [0, 10, 20, 0, 0])
    np.testing.assert_allclose(found.gross_quantity[2], [0, 320, 640, 0, 0])
    np.testing.assert_allclose(found.receipt_quantity[2], [0, 1000, 0, 0, 0])
    np.testing.assert_allclose(found.past_due_quantity, [0, 0, 1000, 0])
    np.testing.assert_allclose(found.release_quantity[2], [1000, 0, 0, 0, 0])
    np.testing.assert_allclose(found.projected_quantity[2], [20, 700, 60, 60, 60])


def test_a_circle_in_the_bill_of_materials_names_an_item() -> None:
    structure = bicycle()
    circle = replace(structure, parent=np.array([0, 3, 2]), component=np.array([3, 2, 3]))
    with pytest.raises(InputError, match="spoke"):
        level_codes(circle)


def test_a_line_with_its_own_lead_is_taken_that_long_before_its_parent_is_received() -> None:
    demand = np.zeros((4, 5))
    demand[0, 4] = 15
    found = plan_requirements(bicycle(line_lead=np.array([0, 2, -1])), demand, np.zeros((4, 5)))
    np.testing.assert_allclose(found.gross_quantity[1], [0, 0, 0, 0, 10])
    np.testing.assert_allclose(found.gross_quantity[3], [0, 0, 20, 0, 0])


def test_a_scheduled_item_follows_its_plan_less_what_is_on_order_whatever_its_stock() -> None:
    demand, scheduled, planned, unissued = (np.zeros((4, 5)) for _ in range(4))
    demand[0] = 100
    planned[0] = [0, 8, 0, 6, 0]
    scheduled[0, 1], unissued[0, 1] = 3, 2
    bicycles = bicycle(is_scheduled=np.array([True, False, False, False]))
    found = plan_requirements(bicycles, demand, scheduled, planned_quantity=planned, unissued_quantity=unissued)
    np.testing.assert_allclose(found.net_quantity[0], [0, 5, 0, 6, 0])
    np.testing.assert_allclose(found.receipt_quantity[0], [0, 5, 0, 6, 0])
    # frames for the five not ordered yet and the two of the open order that has not taken its own
    np.testing.assert_allclose(found.gross_quantity[1], [7, 0, 6, 0, 0])


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000))
def test_requirements_agree_with_a_plain_loop(seed: int) -> None:
    random = np.random.default_rng(seed)
    count, periods = 8, 6
    lines = sorted({(int(a), int(b)) for a, b in np.sort(random.integers(0, count, (12, 2)), axis=1) if a != b})
    parent, component = (np.array([line[part] for line in lines], dtype=np.int64) for part in (0, 1))
    structure = ItemStructure(
        tuple(f"item {number}" for number in range(count)),
        parent,
        component,
        random.integers(1, 4, parent.size).astype(float),
        whole_leads(np.arange(4), periods),
        random.integers(0, 4, count),
        random.integers(-1, 4, parent.size),
        random.random(count) < 0.3,
        random.integers(0, 40, count).astype(float),
        random.integers(0, 9, count).astype(float),
        random.choice([0.0, 15.0], count),
        random.choice([0.0, 1.0, 10.0], count),
    )
    demand = random.integers(0, 20, (count, periods)).astype(float)
    scheduled = random.choice([0.0, 0.0, 25.0], (count, periods))
    planned = random.choice([0.0, 30.0], (count, periods))
    unissued = scheduled * random.choice([0.0, 0.4, 1.0], (count, 1))
    found = plan_requirements(structure, demand, scheduled, planned_quantity=planned, unissued_quantity=unissued)
    gross = demand.copy()
    for item in range(count):
        stock, plan_stock, late = structure.on_hand_quantity[item], 0.0, 0.0
        release, receipt = np.zeros(periods), np.zeros(periods)
        for period in range(periods):
            stock += scheduled[item, period] - gross[item, period]
            plan_stock += scheduled[item, period] - planned[item, period]
            missing = -plan_stock if structure.is_scheduled[item] else structure.safety_quantity[item] - stock
            lot = 0.0
            if missing > 1e-9:
                lot = max(missing, structure.lot_minimum[item])
                multiple = structure.lot_multiple[item]
                lot = np.ceil(lot / multiple - 1e-9) * multiple if multiple else lot
            stock += lot
            plan_stock += lot
            receipt[period] = lot
            when = period - structure.lead[item]
            release[max(when, 0)] += lot
            late += lot if when < 0 else 0.0
            assert found.net_quantity[item, period] == pytest.approx(max(missing, 0.0) if lot else 0.0)
            assert found.receipt_quantity[item, period] == pytest.approx(lot)
        assert found.past_due_quantity[item] == pytest.approx(late)
        np.testing.assert_allclose(found.release_quantity[item], release)
        for line in np.flatnonzero(parent == item):
            lead = structure.lead[item] if structure.line_lead[line] < 0 else structure.line_lead[line]
            for period in range(periods):
                begun = max(period - lead, 0)
                gross[component[line], begun] += structure.quantity_per[line] * (receipt[period] + unissued[item, period])
        ends = structure.on_hand_quantity[item] + np.cumsum(scheduled[item] + receipt - gross[item])
        np.testing.assert_allclose(found.projected_quantity[item], ends)
    np.testing.assert_allclose(found.gross_quantity, gross)
