"""Contracts of the marketing extracts: promotions, launches, market assumptions. The sales plan is sales'."""

from sop_pipeline.contracts.base import CURRENCY_CODE, Count, Date, Money, Quantity, Ratio, Table, Text, column
from sop_pipeline.contracts.staging.vocabulary import (
    SOURCE_FILE,
    SOURCE_LINE,
    at_least_one_of,
    at_most_one_of,
    exactly_one_of,
    not_a_percentage,
    not_before,
)

PROMOTION_STATUSES = ("idea", "planned", "committed", "cancelled")
CONFIDENCES = ("low", "medium", "high")
ASSUMPTION_STATUSES = ("open", "confirmed", "broken", "expired")


class Promotions(
    Table,
    key=("promotion_id", "item_id", "family_id"),
    rules={
        "exactly_one_of_item_and_family": exactly_one_of("item_id", "family_id"),
        "end_date_not_before_start_date": not_before("end_date", "start_date"),
        "at_most_one_uplift": at_most_one_of("uplift_ratio", "uplift_quantity"),
        "uplift_ratio_not_a_percentage": not_a_percentage("uplift_ratio"),
    },
):
    """One row per promotion and item or family."""

    promotion_id: Text = column("Promotion")
    item_id: Text = column("Item promoted, where it is one item", optional=True)
    family_id: Text = column("Family promoted, where it is a whole family", optional=True)
    start_date: Date = column("First day")
    end_date: Date = column("Last day")
    promotion_status: Text = column("Planned and committed ones lift the plan, past ones clean the history", isin=PROMOTION_STATUSES)
    uplift_ratio: Ratio = column("Extra demand while it runs, as a share of normal demand: 0.15 is 15 %", optional=True, ge=0)
    uplift_quantity: Quantity = column("Extra demand of the whole promotion, spread by days", optional=True, ge=0)
    pull_forward_ratio: Ratio = column("Share of the uplift taken from the following period", optional=True, ge=0, le=1)
    cost: Money = column("What the promotion costs", optional=True, currency="currency")
    currency: Text = column("Currency of the cost, ISO 4217", optional=True, matches=CURRENCY_CODE)
    source_file: Text = SOURCE_FILE
    source_line: Count = SOURCE_LINE


class ProductLaunches(
    Table,
    key=("item_id",),
    rules={
        "like_item_or_expected_quantity": at_least_one_of("like_item_id", "expected_period_quantity"),
    },
):
    """One row per item that is launched."""

    item_id: Text = column("Item launched")
    launch_date: Date = column("First day of sales")
    like_item_id: Text = column("Item whose history it is expected to follow", optional=True)
    like_item_scale: Ratio = column("Expected demand as a share of the like item's: 1.2 is 20 % more", optional=True, ge=0)
    ramp_periods: Count = column("Periods until the expected level is reached", optional=True, ge=0)
    expected_period_quantity: Quantity = column("Expected quantity of a period once ramped up, in the item's unit", optional=True, ge=0)
    confidence: Text = column("How sure marketing is", optional=True, isin=CONFIDENCES)
    source_file: Text = SOURCE_FILE
    source_line: Count = SOURCE_LINE


class MarketAssumptions(
    Table,
    key=("assumption_id",),
    rules={
        "period_to_not_before_period_from": not_before("period_to", "period_from"),
        "effect_ratio_not_a_percentage": not_a_percentage("effect_ratio"),
    },
):
    """One row per assumption."""

    assumption_id: Text = column("Assumption")
    family_id: Text = column("Family it concerns; the whole company where empty", optional=True)
    statement: Text = column("What is assumed, in a sentence")
    period_from: Date = column("First day of the first period it holds for")
    period_to: Date = column("First day of the last period it holds for")
    effect_ratio: Ratio = column("Effect on demand: 0.03 is 3 % more", optional=True, ge=-1)
    probability: Ratio = column("How likely it is, 0 to 1", optional=True, ge=0, le=1)
    owner: Text = column("Who watches it", optional=True)
    assumption_status: Text = column("Where it stands", isin=ASSUMPTION_STATUSES)
    source_file: Text = SOURCE_FILE
    source_line: Count = SOURCE_LINE


TABLES: dict[str, type[Table]] = {
    "staging.promotions": Promotions,
    "staging.product_launches": ProductLaunches,
    "staging.market_assumptions": MarketAssumptions,
}
