"""What a night says about each extract: fresh or stale, rows read and set aside, the next step. Nothing is read or judged here."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import polars as pl

from sop_pipeline.extracts import EXTRACTS, NOTHING_TO_DO, Extract
from sop_pipeline.landing.land import nothing_sent
from sop_pipeline.landing.quarantine import Staged
from sop_pipeline.landing.records import Load, Status

STATUS_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "extract": pl.String,
    "department": pl.String,
    "owner": pl.String,
    "is_required": pl.Boolean,
    "status": pl.String,
    "reason": pl.String,
    "files": pl.String,
    "fingerprint": pl.String,
    "rows_read": pl.Int64,
    "rows_accepted": pl.Int64,
    "rows_rejected": pl.Int64,
    "rows_repeated": pl.Int64,
    "rows_after_as_of": pl.Int64,
    "last_good_load_at": pl.Datetime("us"),
    "hours_since_landed": pl.Float64,
    "next_step": pl.String,
}


@dataclass(frozen=True)
class ExtractStatus:
    """One extract of one night.

    `hours_since_landed`: age of the content, since it first came; `last_good_load_at`: UTC. Both are clock readings, everything else
    follows from the files. `reason` is empty where the extract is fresh.
    """

    extract: str
    department: str
    owner: str
    is_required: bool
    status: Status
    reason: str
    files: tuple[str, ...]
    fingerprint: str | None
    rows_read: int
    rows_accepted: int
    rows_rejected: int
    rows_repeated: int
    rows_after_as_of: int
    last_good_load_at: dt.datetime | None
    hours_since_landed: float | None
    next_step: str


def extract_status(staged: Staged, rejected_by_rules: int = 0) -> ExtractStatus:
    """The status of a staged extract; `rejected_by_rules`: rows that rules across extracts took out of it afterwards."""
    load = staged.load
    extract = EXTRACTS[load.extract]
    age = load.landed_at - load.content_landed_at if load.content_landed_at else None
    rejected = staged.rows_rejected + rejected_by_rules
    return ExtractStatus(
        extract=extract.name,
        department=extract.department,
        owner=extract.owner,
        is_required=extract.is_required,
        status=load.status,
        reason=load.reason,
        files=tuple(file.name for file in load.files),
        fingerprint=load.fingerprint,
        rows_read=staged.rows_read,
        rows_accepted=staged.rows_accepted - rejected_by_rules,
        rows_rejected=rejected,
        rows_repeated=staged.rows_repeated,
        rows_after_as_of=staged.rows_after_as_of,
        last_good_load_at=load.last_good_load_at,
        hours_since_landed=round(age / dt.timedelta(hours=1), 3) if age is not None else None,
        next_step=_next_step(load, extract, rejected),
    )


def status_frame(statuses: Sequence[ExtractStatus]) -> pl.DataFrame:
    """One row per extract (STATUS_SCHEMA), in the order given; files joined by a comma, moments in UTC without a zone."""
    rows = []
    for status in statuses:
        moment = status.last_good_load_at
        utc = moment.astimezone(dt.UTC).replace(tzinfo=None) if moment is not None else None
        rows.append({**asdict(status), "files": ", ".join(status.files), "last_good_load_at": utc})
    return pl.DataFrame(rows, schema=STATUS_SCHEMA)


def _next_step(load: Load, extract: Extract, rejected: int) -> str:
    sender = extract.owner.removeprefix("team:").replace("_", " ")
    unused = f"Correct the extract with {sender}, or its entry in sop.yaml; the plan is made without it."
    steps = {
        "stale": f"Ask {sender} for a new extract; the plan uses the last good one.",
        "unusable": f"Ask {sender} for the extract; nothing is published without it.",
        "not_supplied": NOTHING_TO_DO if load.reason == nothing_sent(extract) else unused,
        "fresh": f"Correct {rejected} rows with {sender}; see quality_issues." if rejected else "",
    }
    return steps[load.status]
