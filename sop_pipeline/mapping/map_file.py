"""`sop map`: one file read, taken for an extract, its mapping proposed, asked about and tried. Printing and asking are the command's."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from sop_pipeline.company import Company, ConfigurationError
from sop_pipeline.extracts import EXTRACTS, extract_of_file
from sop_pipeline.landing.sources.base import UnreadableSourceError
from sop_pipeline.mapping.keys import company_keys
from sop_pipeline.mapping.match import ExtractMatch, match_extract, rank_extracts, specs_of
from sop_pipeline.mapping.names import headings_of, plain
from sop_pipeline.mapping.propose import Proposal, Question, propose
from sop_pipeline.mapping.sniff import Sniffed, sniff
from sop_pipeline.mapping.trial import Trial, try_mapping
from sop_pipeline.mapping.write import as_yaml, place_of
from sop_pipeline.settings import nearest

LEAST_CONFIDENCE = 0.35
CLOSE = 0.1


@dataclass(frozen=True)
class Mapped:
    """A file with its mapping. `files`: what sop.yaml calls it, None where it stands in its default place; `yaml` is the text to paste."""

    sniffed: Sniffed
    proposal: Proposal
    files: str | None
    yaml: str
    trial: Trial


def map_file(company: Company, path: Path, extract: str | None = None, ask: Callable[[Question], str | None] | None = None) -> Mapped:
    """Propose the mapping of a file; `ask` is called for each question that has answers, and gives one or None.

    Raises ConfigurationError for a file that cannot be read, a name that is no extract, a file that looks like none.
    """
    if extract is not None and extract not in EXTRACTS:
        raise ConfigurationError(f"--as {extract}: no extract has this name{nearest(extract, EXTRACTS)}")
    known = {plain(name) for one in EXTRACTS for spec in specs_of(one) for name, _ in headings_of(one, spec.name)}
    try:
        sniffed = sniff(path, lambda cell: plain(cell) in known)
    except UnreadableSourceError as error:
        raise ConfigurationError(str(error)) from None
    taken, alternatives = _taken_for(company, sniffed, extract)
    currency = company.settings.reporting_currency
    proposal = propose(sniffed, taken, alternatives, currency)
    if ask is not None and proposal.questions:
        answers = {question.about: answer for question in proposal.questions if question.options and (answer := ask(question))}
        proposal = propose(sniffed, taken, alternatives, currency, answers)
    if not any(path.resolve().is_relative_to(folder) for folder in company.readable_folders):
        told = "the file lies outside the company's folders; move it there, or add its folder to read_from"
        proposal = replace(proposal, notes=(*proposal.notes, told))
    files = _place(company, path, proposal.extract)
    text = as_yaml(proposal, sniffed, files)
    return Mapped(sniffed, proposal, files, text, try_mapping(company, proposal.extract, text, path))


def _taken_for(company: Company, sniffed: Sniffed, extract: str | None) -> tuple[ExtractMatch, dict[str, float]]:
    keys = company_keys(company, but=extract)
    if extract is not None:
        return match_extract(sniffed.columns, extract, keys), {}
    best, *others = rank_extracts(sniffed.columns, keys, sniffed.path.name)
    if best.confidence < LEAST_CONFIDENCE:
        headings = ", ".join(column.name for column in sniffed.columns[:20])
        raise ConfigurationError(
            f"{sniffed.path}: looks like no extract; its columns are {headings}. "
            f"Say which one it is with --as: {', '.join(sorted(EXTRACTS))}"
        )
    return best, {other.extract: other.confidence for other in others if other.confidence > best.confidence - CLOSE}


def _place(company: Company, path: Path, extract: str) -> str | None:
    real = path.resolve()
    found = extract_of_file(path.name)
    at_home = real.parent == company.default_place(EXTRACTS[extract]) and found is not None and found.name == extract
    return None if at_home else place_of(path, company.folder)
