"""Contracts of schema forecast: the statistical demand plan. What people add to it stays out."""

from sop_pipeline.contracts.base import Count, Date, Number, Table, Text, column
from sop_pipeline.contracts.core.intentions import DEMAND_STEPS

DEMAND_CLASSES = ("smooth", "erratic", "intermittent", "lumpy", "no_demand")


class ItemForecast(Table, key=("item_id", "period_start")):
    """One row per item and planned period (look-ahead included), in the item's unit, reconciled with its family."""

    item_id: Text = column("Item")
    family_id: Text = column("Family")
    period_start: Date = column("First day of the period")
    statistical_quantity: Number = column("Most likely demand", ge=0)
    statistical_lower_quantity: Number = column("Lower bound of the 80 % interval", ge=0)
    statistical_upper_quantity: Number = column("Upper bound of the 80 % interval", ge=0)


class FamilyForecast(Table, key=("family_id", "period_start")):
    """One row per family and planned period (look-ahead included), in planning units: the sum of its items."""

    family_id: Text = column("Family")
    period_start: Date = column("First day of the period")
    statistical_quantity: Number = column("Most likely demand; empty for a family without history", optional=True, ge=0)
    statistical_lower_quantity: Number = column("Lower bound of the 80 % interval", optional=True, ge=0)
    statistical_upper_quantity: Number = column("Upper bound of the 80 % interval", optional=True, ge=0)


class SegmentForecast(Table, key=("family_id", "dimension", "segment", "period_start")):
    """One row per family, dimension (region or channel), segment of it and planned period, in planning units; sums to the family."""

    family_id: Text = column("Family")
    dimension: Text = column("region or channel", isin=("region", "channel"))
    segment: Text = column("Region or channel; 'not given' where the customer states none")
    period_start: Date = column("First day of the period")
    statistical_quantity: Number = column("Most likely demand", ge=0)
    statistical_lower_quantity: Number = column("The family's lower bound, in the same share", ge=0)
    statistical_upper_quantity: Number = column("The family's upper bound, in the same share", ge=0)


class FamilyIntervals(Table, key=("family_id", "period_start", "level_ratio")):
    """One row per family with history, planned period and level of the setting forecast.levels, in planning units."""

    family_id: Text = column("Family")
    period_start: Date = column("First day of the period")
    level_ratio: Number = column("Share of outcomes the bounds are to hold: 0.8 is 80 %", gt=0, lt=1)
    lower_quantity: Number = column("Lower bound of the statistical forecast", ge=0)
    upper_quantity: Number = column("Upper bound of the statistical forecast", ge=0)


class ItemMethods(Table, key=("item_id",)):
    """One row per forecast item: how its forecast came about."""

    item_id: Text = column("Item")
    family_id: Text = column("Family")
    demand_class: Text = column("smooth, erratic, intermittent, lumpy, new or none")
    method: Text = column("Model or rung of the ladder that gave the forecast")
    reason: Text = column("Why this one")
    observations: Count = column("Closed periods used", ge=0)


class HistoryCorrections(Table, key=("item_id", "period_start", "kind")):
    """One row per item, period and correction of the history before the fit, or flag that left it as it was."""

    item_id: Text = column("Item")
    period_start: Date = column("First day of the period")
    kind: Text = column(
        "What was done: stock_out, promotion, pull_forward (family_ before it: of the whole family), predecessor, one_off_order (a flag), "
        "gap, negative, several_rows, repeated_row, before_first_demand, after_delisting, unknown, infinite, too_large"
    )
    quantity_before: Number = column("As recorded", optional=True)
    quantity_after: Number = column("As used", optional=True)
    reason: Text = column("Why")


class EstimatedUplifts(Table, key=("promotion_id", "family_id", "item_id")):
    """One row per promotion and item or family: what past promotions say it will do."""

    promotion_id: Text = column("Promotion")
    family_id: Text = column("Family")
    item_id: Text = column("Item; empty for the whole family")
    estimated_uplift_ratio: Number = column("Uplift while it runs; empty where no promotion has been seen yet", optional=True)
    estimated_pull_forward_ratio: Number = column("Share of the uplift missing in the period after", optional=True, ge=0, le=1)
    promoted_periods: Count = column("Promoted periods of the item or family it was learned from", optional=True, ge=0)
    own_weight_ratio: Number = column("Weight of its own promotions against those of all", optional=True, ge=0, le=1)
    reason: Text = column("How it was estimated", optional=True)


class LaunchForecast(Table, key=("item_id", "period_start")):
    """One row per launched item and planned period until its own history speaks, in the item's unit."""

    item_id: Text = column("Item")
    family_id: Text = column("Family")
    period_start: Date = column("First day of the period")
    expected_quantity: Number = column("Demand the launch is expected to have", ge=0)
    lower_quantity: Number = column("Lower bound, by the confidence given", ge=0)
    upper_quantity: Number = column("Upper bound, by the confidence given", ge=0)
    reason: Text = column("Where the number comes from")


class PriceEffects(Table, key=("item_id", "period_start")):
    """One row per item and planned period from its first coming change of price on: what past changes say demand will do."""

    item_id: Text = column("Item")
    family_id: Text = column("Family")
    period_start: Date = column("First day of the period")
    price_ratio: Number = column("Price ÷ price in the last closed period, by the days it holds", gt=0)
    effect_ratio: Number = column("Expected change of demand; 0 where the history shows no response", ge=-1)
    reason: Text = column("Where the number comes from")


class FamilyBacktest(Table, key=("family_id", "lag_periods")):
    """One row per family and lag: the errors of the statistical forecast at past origins, against seasonal naive."""

    family_id: Text = column("Family")
    lag_periods: Count = column("Periods between origin and period", ge=1)
    observations: Count = column("Pairs of forecast and actual", ge=0)
    actual_quantity: Number = column("Σ|actual| of the pairs, planning units", ge=0)
    wape_ratio: Number = column("Σ|error| ÷ Σ|actual|", optional=True, ge=0)
    bias_ratio: Number = column("Σ error ÷ Σ actual; positive is over-forecast", optional=True)
    mase_ratio: Number = column("Mean absolute error ÷ in-sample mean absolute error of the seasonal naive", optional=True, ge=0)
    tracking_signal: Number = column("Σ error ÷ mean absolute error", optional=True)
    naive_wape_ratio: Number = column("WAPE of the seasonal naive on the same pairs", optional=True, ge=0)
    value_added_ratio: Number = column("WAPE of the seasonal naive less WAPE, over the pairs where both exist", optional=True)
    compared_quantity: Number = column("Σ|actual| of the pairs where both exist", ge=0)
    error_deviation_quantity: Number = column("Standard deviation of the error, planning units", optional=True, ge=0)


class PublishedAccuracy(Table, key=("family_id", "step", "lag_periods")):
    """One row per family, step and lag: the errors of what versions of earlier cycles said of the closed periods of the last season."""

    family_id: Text = column("Family")
    step: Text = column("Step of the demand plan", isin=DEMAND_STEPS)
    lag_periods: Count = column("Periods between the cycle of the version and the period", ge=1)
    first_period_start: Date = column("First of the periods judged")
    last_period_start: Date = column("Last of them")
    observations: Count = column("Pairs of forecast and actual", ge=1)
    actual_quantity: Number = column("Σ|actual| of the pairs, planning units", ge=0)
    wape_ratio: Number = column("Σ|error| ÷ Σ|actual|", optional=True, ge=0)
    bias_ratio: Number = column("Σ error ÷ Σ actual; positive is over-forecast", optional=True)
    mase_ratio: Number = column("Mean absolute error ÷ in-sample mean absolute error of the seasonal naive", optional=True, ge=0)
    tracking_signal: Number = column("Σ error ÷ mean absolute error", optional=True)
    naive_wape_ratio: Number = column("WAPE of the seasonal naive on the same pairs", optional=True, ge=0)
    value_added_ratio: Number = column("WAPE of the seasonal naive less WAPE, over the pairs where both exist", optional=True)
    compared_quantity: Number = column("Σ|actual| of the pairs where both exist", ge=0)
    value_added_over_before_ratio: Number = column("WAPE of the step before less WAPE, over the pairs where both exist", optional=True)


class AuthorAccuracy(Table, key=("author", "family_id", "step", "lag_periods", "basis")):
    """One row per author, family, step, lag and basis: the errors of what the author submitted or of the cells the author changed."""

    author: Text = column("Who submitted or changed; several of one cell joined by a comma")
    family_id: Text = column("Family")
    step: Text = column("Step of the demand plan", isin=DEMAND_STEPS)
    lag_periods: Count = column("Periods between cycle and period", ge=1)
    basis: Text = column("submitted: sales_forecasts; published: versions of earlier cycles", isin=("submitted", "published"))
    observations: Count = column("Pairs of forecast and actual", ge=1)
    actual_quantity: Number = column("Σ|actual| of the pairs, planning units", ge=0)
    wape_ratio: Number = column("Σ|error| ÷ Σ|actual|", optional=True, ge=0)
    bias_ratio: Number = column("Σ error ÷ Σ actual; positive is over-forecast", optional=True)
    mase_ratio: Number = column("Mean absolute error ÷ in-sample mean absolute error of the seasonal naive", optional=True, ge=0)
    tracking_signal: Number = column("Σ error ÷ mean absolute error", optional=True)
    naive_wape_ratio: Number = column("WAPE of the seasonal naive on the same pairs", optional=True, ge=0)
    value_added_ratio: Number = column("WAPE of the seasonal naive less WAPE, over the pairs where both exist", optional=True)
    compared_quantity: Number = column("Σ|actual| of the pairs where both exist", ge=0)
    value_added_over_before_ratio: Number = column("WAPE of the step before less WAPE, over the pairs where both exist", optional=True)


class PublishedItemAccuracy(Table, key=("item_id", "step", "lag_periods")):
    """One row per item, step and lag: the errors of what versions of earlier cycles said of the closed periods of the last season."""

    item_id: Text = column("Item")
    family_id: Text = column("Family")
    step: Text = column("Step of the demand plan", isin=DEMAND_STEPS)
    lag_periods: Count = column("Periods between the cycle of the version and the period", ge=1)
    observations: Count = column("Pairs of forecast and actual", ge=1)
    actual_quantity: Number = column("Σ|actual| of the pairs, in the item's unit", ge=0)
    wape_ratio: Number = column("Σ|error| ÷ Σ|actual|", optional=True, ge=0)
    bias_ratio: Number = column("Σ error ÷ Σ actual; positive is over-forecast", optional=True)
    mase_ratio: Number = column("Mean absolute error ÷ in-sample mean absolute error of the seasonal naive", optional=True, ge=0)
    tracking_signal: Number = column("Σ error ÷ mean absolute error", optional=True)
    naive_wape_ratio: Number = column("WAPE of the seasonal naive on the same pairs", optional=True, ge=0)
    value_added_ratio: Number = column("WAPE of the seasonal naive less WAPE, over the pairs where both exist", optional=True)
    compared_quantity: Number = column("Σ|actual| of the pairs where both exist", ge=0)
    value_added_over_before_ratio: Number = column("WAPE of the step before less WAPE, over the pairs where both exist", optional=True)


class ItemBacktest(Table, key=("item_id", "lag_periods")):
    """One row per item and lag: the errors of the express engine at past origins, against seasonal naive."""

    item_id: Text = column("Item")
    family_id: Text = column("Family")
    lag_periods: Count = column("Periods between origin and period", ge=1)
    observations: Count = column("Pairs of forecast and actual", ge=1)
    actual_quantity: Number = column("Σ|actual| of the pairs, in the item's unit", ge=0)
    wape_ratio: Number = column("Σ|error| ÷ Σ|actual|", optional=True, ge=0)
    bias_ratio: Number = column("Σ error ÷ Σ actual; positive is over-forecast", optional=True)
    mase_ratio: Number = column("Mean absolute error ÷ in-sample mean absolute error of the seasonal naive", optional=True, ge=0)
    tracking_signal: Number = column("Σ error ÷ mean absolute error", optional=True)
    naive_wape_ratio: Number = column("WAPE of the seasonal naive on the same pairs", optional=True, ge=0)
    value_added_ratio: Number = column("WAPE of the seasonal naive less WAPE, over the pairs where both exist", optional=True)
    compared_quantity: Number = column("Σ|actual| of the pairs where both exist", ge=0)


class ItemClasses(Table, key=("item_id",)):
    """One row per item of a family with a history: how its demand comes, what it earns, how well it can be foreseen."""

    item_id: Text = column("Item")
    family_id: Text = column("Family")
    demand_class: Text = column("Syntetos–Boylan: smooth, erratic, intermittent or lumpy; no_demand", isin=DEMAND_CLASSES)
    average_interval_periods: Number = column("Periods since the first demand ÷ periods with demand", optional=True, ge=1)
    squared_variation: Number = column("Squared coefficient of variation of the demand of periods that have some", optional=True, ge=0)
    margin_amount: Number = column("Shipments of the last season × (net price − standard cost); not supplied without both", optional=True)
    abc_class: Text = column(
        "A: the items that make the first 80 % of the margin, B: up to 95 %, C: the rest", optional=True, isin=("A", "B", "C")
    )
    error_ratio: Number = column("WAPE one period ahead, backtest", optional=True, ge=0)
    xyz_class: Text = column("X: error up to 20 %, Y: up to 50 %, Z: above", optional=True, isin=("X", "Y", "Z"))


TABLES: dict[str, type[Table]] = {
    "forecast.item_forecast": ItemForecast,
    "forecast.family_forecast": FamilyForecast,
    "forecast.segment_forecast": SegmentForecast,
    "forecast.family_intervals": FamilyIntervals,
    "forecast.item_methods": ItemMethods,
    "forecast.history_corrections": HistoryCorrections,
    "forecast.estimated_uplifts": EstimatedUplifts,
    "forecast.launch_forecast": LaunchForecast,
    "forecast.price_effects": PriceEffects,
    "forecast.family_backtest": FamilyBacktest,
    "forecast.published_accuracy": PublishedAccuracy,
    "forecast.author_accuracy": AuthorAccuracy,
    "forecast.published_item_accuracy": PublishedItemAccuracy,
    "forecast.item_backtest": ItemBacktest,
    "forecast.item_classes": ItemClasses,
}
