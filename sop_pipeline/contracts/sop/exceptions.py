"""Contracts of exceptions: what is wrong, ranked by money. The plan itself, the sheet and money stay out."""

from sop_pipeline.contracts.base import Amount, Count, Date, Flag, Number, Table, Text, column

EXCEPTION_KINDS = (
    "short",
    "overloaded",
    "below_target",
    "excess",
    "spoiled",
    "limit_not_kept",
    "lead_time_over_target",
    "schedule_off_plan",
    "sales_plan_missing",
    "sales_plan_partial",
    "heads_bound",
    "unexplained",
    "control_total",
    "cash_below_minimum",
    "horizon_too_short",
    "circular_families",
    "launch_not_ready",
    "stale_extract",
    "bias",
    "parameter_drift",
    "past_due_release",
)
EXCEPTION_STATUSES = ("new", "open", "gone")

_SUBJECT = "What else it is about: an extract, an item launched, the backlog, too few or too many heads, a parameter"


class ExceptionCells(Table, key=("kind", "family_id", "resource_id", "subject_id", "period_start")):
    """One row per kind of exception, what it is about and period in which the working plan, or a closed period, shows it."""

    kind: Text = column("Kind of exception", isin=EXCEPTION_KINDS)
    family_id: Text = column("Product family", optional=True)
    resource_id: Text = column("Resource", optional=True)
    subject_id: Text = column(_SUBJECT, optional=True)
    period_start: Date = column("First day of the period; of the first one where it is judged over several together")
    periods: Count = column("Periods judged together", ge=1)
    missing_value: Number = column("By how much the limit is missed, in the unit that the wording names", ge=0)
    is_negligible: Flag = column("Missed by no more than negligible_ratio: it counts only beside a period in which it is not")
    wording: Text = column("The sentence, with {} where the value stands")
    standing_amount: Amount = column("Money at stake as it stands in the period: of periods in a row the largest counts", optional=True)
    flowing_amount: Amount = column("Money at stake of the period alone: several periods in a row are added up", optional=True)
    owner: Text = column("Who acts: the family's planner, else the team", optional=True)


class ResourceExceptions(ExceptionCells, key=("kind", "family_id", "resource_id", "subject_id", "period_start")):
    """One row per kind of exception of resources and of the company as a whole, what it is about and period."""


class ExceptionFacts(Table, key=("kind", "family_id", "resource_id", "subject_id")):
    """One row per kind of exception and what it is about, for what the plan rests on: extracts, forecasts, launches, master data."""

    kind: Text = column("Kind of exception", isin=EXCEPTION_KINDS)
    family_id: Text = column("Product family", optional=True)
    resource_id: Text = column("Resource", optional=True)
    subject_id: Text = column(_SUBJECT, optional=True)
    sentence: Text = column("What is wrong")
    money_at_stake_amount: Amount = column("Money at stake; empty where no price is known", optional=True)
    owner: Text = column("Who acts", optional=True)


class Exceptions(Table, key=("exception_id",)):
    """One row per exception: trouble of one kind, what it is about, and consecutive periods; what is gone stays for one more night."""

    cycle_id: Text = column("Planning cycle: the period that holds the as-of date")
    scenario_id: Text = column("base: exceptions are of the working plan")
    exception_rank: Count = column("1 is what most money is at stake in; what is gone comes last", ge=1, unique=True)
    exception_id: Text = column("Kind, family, resource, subject and first period, joined by slashes")
    kind: Text = column("Kind of exception; docs/exceptions.md gives the formula of each", isin=EXCEPTION_KINDS)
    family_id: Text = column("Product family", optional=True)
    resource_id: Text = column("Resource", optional=True)
    subject_id: Text = column(_SUBJECT, optional=True)
    period_start: Date = column("First day of the first period; empty where no period is meant", optional=True)
    last_period_start: Date = column("First day of the last period", optional=True)
    periods: Count = column("Number of consecutive periods", optional=True, ge=1)
    sentence: Text = column("What is wrong, by how much, and when")
    money_at_stake_amount: Amount = column("Money at stake; empty where no price is known", optional=True)
    currency: Text = column("Currency of that money")
    owner: Text = column("Who acts: the family's planner, else the team", optional=True)
    since: Date = column("As-of date of the first night of the unbroken run that saw it")
    exception_status: Text = column("new, open (last night saw it too) or gone (only last night saw it)", isin=EXCEPTION_STATUSES)


TABLES: dict[str, type[Table]] = {
    "sop.exception_cells": ExceptionCells,
    "sop.resource_exceptions": ResourceExceptions,
    "sop.exception_facts": ExceptionFacts,
    "sop.exceptions": Exceptions,
}
