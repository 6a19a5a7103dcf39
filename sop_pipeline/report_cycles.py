"""What the command prints about cycles: a plan signed off, a past night run again. The night itself is told in report."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sop_pipeline.company import Company
from sop_pipeline.landing.all_extracts import without_copies
from sop_pipeline.record import compare_nights, night_manifest
from sop_pipeline.sign_off import SignedOff


@dataclass(frozen=True)
class Repetition:
    """A past night run again: what it published before, and the extracts that had to come from today's files."""

    before: Mapping[str, Any] | None
    without_copies: Sequence[str]

    @classmethod
    def begin(cls, company: Company) -> "Repetition":
        """To be called before the night runs, since the night writes both anew."""
        return cls(night_manifest(company.cycles, company.as_of_date), without_copies(company))

    def end(self, company: Company) -> dict[str, Any]:
        """How the night that was published now compares with the one before, as a document."""
        after = night_manifest(company.cycles, company.as_of_date) or {"extracts": {}}
        from_today = [name for name in self.without_copies if name in after["extracts"]]
        if self.before is None:
            return {"is_equal": None, "differing_tables": [], "causes": [], "from_todays_files": from_today}
        found = compare_nights(self.before, after, from_today)
        return {
            "is_equal": not found.tables,
            "differing_tables": list(found.tables),
            "causes": list(found.causes),
            "from_todays_files": from_today,
        }


def repetition_lines(found: dict[str, Any]) -> list[str]:
    """The comparison of a repeated night as the summary tells it."""
    if found["is_equal"]:
        return ["Repeats a past night: every published table is equal to what that night published."]
    if found["is_equal"] is None:
        lines = ["A past date without a night in the record: there is nothing to compare this plan with."]
    else:
        lines = [f"Repeats a past night, with differences in {', '.join(found['differing_tables'])}:"]
        lines += [f"  {cause}" for cause in found["causes"]]
        lines.append("  The record of that night now holds this plan: later nights read it as what was published then.")
    if found["from_todays_files"]:
        lines.append(f"  read from today's files, later facts left out: {', '.join(found['from_todays_files'])}")
    return lines


def signed_document(signed: SignedOff) -> dict[str, Any]:
    """A frozen or approved version as one document: its manifest, where it lies, whether it is new."""
    return {"folder": str(signed.version.folder), "is_new": signed.is_new, **signed.version.manifest}


def signed_text(signed: SignedOff) -> str:
    """What was frozen or approved, where executive differs from consensus, and what comes of it."""
    version, manifest = signed.version, signed.version.manifest
    by = f" by {manifest['by']}" if manifest["by"] else ""
    if not signed.is_new:
        return f"Cycle {version.cycle_id} was {version.kind} on {manifest['recorded_on']}{by} with this very plan: nothing to do."
    rows = sum(file["rows"] for file in manifest["files"].values())
    lines = [
        f"Cycle {version.cycle_id} is {version.kind}{by}, as of {manifest['as_of_date']}: {len(manifest['files'])} tables, {rows:,} rows."
    ]
    for change in manifest["executive_changes"]:
        before = "unknown" if change["consensus_quantity"] is None else f"{change['consensus_quantity']:,.2f}"
        why = ", ".join(part for part in (change["author"], change["reason"]) if part)
        lines.append(
            f"  executive differs from consensus: {change['family_id']} {change['period_start']}: "
            f"{change['executive_quantity']:,.2f} for {before}{f' ({why})' if why else ''}"
        )
    lines.append(f"It lies in {version.folder}, read-only; the next night publishes it beside the working plan.")
    return "\n".join(lines)
