"""Sign-off: the published working plan becomes a version of its cycle, or a clear refusal. How a version is kept stays in cycles."""

import datetime as dt
from dataclasses import dataclass

from sop_pipeline.company import Company
from sop_pipeline.cycles import CycleError, Kind, Stamp, Version, make_version
from sop_pipeline.publish import published_rows, working_plan
from sop_pipeline.record import last_night, night_manifest, recorded_cycles

VERBS = {"frozen": "freeze", "approved": "approve"}


@dataclass(frozen=True)
class SignedOff:
    """A version and whether it is new; False where the same plan had been frozen or approved before."""

    version: Version
    is_new: bool


def sign_off(company: Company, cycle_id: str, kind: Kind, *, by: str | None, at: dt.datetime) -> SignedOff:
    """Freeze or approve the published working plan of a cycle; `at` is UTC, the day is the company's own.

    Raises CycleError where nothing is published, where another cycle is, where the record does not hold the night that published it, or
    where the cycle has such a version with another plan.
    """
    file = company.published / "sop.duckdb"
    if not file.exists():
        raise CycleError(f"{file} does not exist: nothing is published yet. Run a night first: sop run --company {company.folder}")
    run = published_rows(file, "select as_of_date, cycle_id, input_digest from sop.run").row(0, named=True)
    if cycle_id != run["cycle_id"]:
        raise CycleError(
            f"cycle {cycle_id} is not the published one: {file} holds cycle {run['cycle_id']}, as of {run['as_of_date']}. "
            f"{_how_to_publish(company, cycle_id, run['cycle_id'], kind)}"
        )
    night = night_manifest(company.cycles, run["as_of_date"])
    if night is None or night["input_digest"] != run["input_digest"]:
        raise CycleError(
            f"the record of the night of {run['as_of_date']} is not that of the published file: it was put back, or its night was cut off. "
            f"Run the night again: sop run --as-of {run['as_of_date']} --company {company.folder}"
        )
    stamp = Stamp(
        cycle_id=cycle_id,
        cycle_start=dt.date.fromisoformat(night["cycle_start"]),
        kind=kind,
        recorded_on=max(company.as_of_date, run["as_of_date"]),
        by=by,
        at=at,
        night=night,
    )
    return SignedOff(*make_version(company.cycles, stamp, working_plan(file, cycle_id)))


def _how_to_publish(company: Company, cycle_id: str, published: str, kind: Kind) -> str:
    night = last_night(company.cycles, cycle_id)
    if night is not None:
        return (
            f"To {VERBS[kind]} {cycle_id}, publish its last night first: sop run --as-of {night} --company {company.folder}; "
            f"to {VERBS[kind]} what is published: sop {VERBS[kind]} {published}"
        )
    known = ", ".join(recorded_cycles(company.cycles)) or "none"
    return (
        f"No night of cycle {cycle_id} is in the record; cycles with nights: {known}. Name the published one: sop {VERBS[kind]} {published}"
    )
