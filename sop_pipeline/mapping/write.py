"""A proposal as YAML to paste into sop.yaml, and as a document for machines. Nothing is decided here."""

import glob
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sop_pipeline.mapping.propose import Proposal
from sop_pipeline.mapping.sniff import Sniffed
from sop_pipeline.settings import ExtractMapping

PLAIN = re.compile(r"[^\W\d_][\w ./()äöüÄÖÜß-]*[\w)]|[^\W\d_]")
# words YAML takes for something else than text
RESERVED = {"true", "false", "null", "yes", "no", "on", "off", "y", "n", "nan", "inf"}
FORMAT_KEYS = ("delimiter", "decimal", "thousands", "date", "encoding", "skip_rows_like", "sheet")
COMMA = ("delimiter", ",")
DELIMITER_WORDS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
MARK_WORDS = {".": "point", ",": "comma", " ": "blank", "'": "apostrophe"}


def as_yaml(proposal: Proposal, sniffed: Sniffed, files: str | None) -> str:
    """The mapping below `extracts:`, with how sure it is and what is open as comments; `files`: the glob, None for the default place."""
    return "\n".join([*_head(proposal, sniffed), "extracts:", f"  {proposal.extract}:", *_body(proposal, files), *_open(proposal)]) + "\n"


def as_document(proposal: Proposal, sniffed: Sniffed, files: str | None) -> dict[str, Any]:
    """The proposal for machines; `mapping` is what stands below the extract's name in sop.yaml."""
    return {
        "file": str(sniffed.path),
        "extract": proposal.extract,
        "confidence": proposal.confidence,
        "alternatives": dict(proposal.alternatives),
        "rows": sniffed.rows,
        "ragged_lines": sniffed.ragged,
        "header_row": sniffed.header_line,
        "columns": [
            {"ours": match.ours, "theirs": match.theirs, "confidence": match.confidence, "reason": match.reason}
            for match in proposal.matches
        ],
        "mapping": _mapping(proposal, files).model_dump(mode="json", exclude_defaults=True),
        "questions": [
            {"about": question.about, "question": question.text, "options": dict(question.options)} for question in proposal.questions
        ],
        "notes": list(proposal.notes),
        "unmapped": {
            "theirs": list(proposal.unmapped_theirs),
            "required": list(proposal.unmapped_required),
            "optional": list(proposal.unmapped_optional),
        },
        "yaml": as_yaml(proposal, sniffed, files),
    }


def place_of(path: Path, company_folder: Path) -> str:
    """A file as `files:` names it: relative to the company folder where it lies inside. A name is taken by the letter, not as a pattern."""
    real = path.resolve()
    inside = real.is_relative_to(company_folder)
    return glob.escape((real.relative_to(company_folder) if inside else real).as_posix())


def _mapping(proposal: Proposal, files: str | None) -> ExtractMapping:
    renamed = {match.ours: match.theirs for match in proposal.matches if match.theirs != match.ours}
    return ExtractMapping(
        files=(files,) if files else (),
        format=proposal.format,
        columns=renamed,
        constants=dict(proposal.constants),
        values={name: dict(codes) for name, codes in proposal.values.items()},
    )


def _head(proposal: Proposal, sniffed: Sniffed) -> Iterator[str]:
    yield f"# {sniffed.path.name} is {proposal.extract}, confidence {proposal.confidence:.2f}"
    close = [f"{name} {sure:.2f}" for name, sure in proposal.alternatives.items() if sure > 0]
    if close:
        yield f"# it could also be {', '.join(close)}: say so with --as"
    given = proposal.format
    parts = [sniffed.kind.removeprefix(".")]
    if sniffed.kind in (".csv", ".tsv", ".txt"):
        parts.append(f"delimiter {DELIMITER_WORDS.get(given.delimiter or '', given.delimiter)}")
        parts.append(f"encoding {given.encoding or 'utf-8'}")
    if sniffed.header_line:
        parts.append(f"header in row {sniffed.header_line}")
    if given.decimal or given.thousands:
        parts.append(
            f"decimal {MARK_WORDS[given.decimal or '.']}" + (f", thousands by {MARK_WORDS[given.thousands]}" if given.thousands else "")
        )
    yield f"# {', '.join(parts)}; {sniffed.rows:,} rows" + (f", {sniffed.ragged} ragged lines" if sniffed.ragged else "")


def _body(proposal: Proposal, files: str | None) -> Iterator[str]:
    if files:
        yield f"    files: {_scalar(files)}"
    # a comma is what landing tries first
    written = {key: value for key in FORMAT_KEYS if (value := getattr(proposal.format, key)) not in (None, ()) and (key, value) != COMMA}
    if written:
        yield "    format:"
        for key, value in written.items():
            yield f"      {key}: {_listed(value) if isinstance(value, tuple) else json.dumps(value, ensure_ascii=False)}"
    renamed = [match for match in proposal.matches if match.theirs != match.ours]
    if renamed:
        width = max(len(f"{match.ours}: {_scalar(match.theirs)}") for match in renamed)
        yield "    columns:"
        for match in renamed:
            yield f"      {f'{match.ours}: {_scalar(match.theirs)}':<{width}}  # {match.confidence:.2f} {match.reason}"
    for match in proposal.matches:
        if match.theirs == match.ours:
            yield f"    # {match.ours}: {match.confidence:.2f} {match.reason}"
    if proposal.constants:
        yield "    constants:"
        for name, value in proposal.constants.items():
            yield f"      {name}: {_scalar(value)}  # assumed, the file has no such column"
    if proposal.values:
        yield "    values:"
        for name, codes in proposal.values.items():
            yield f"      {name}:"
            yield from (f"        {_scalar(theirs, key=True)}: {_scalar(ours)}" for theirs, ours in codes.items())
    if not (files or written or renamed or proposal.constants or proposal.values):
        yield "    {}  # nothing to say: the file is written as the extract is"


def _open(proposal: Proposal) -> Iterator[str]:
    for question in proposal.questions:
        yield f"# open: {_one_line(question.text)}"
        for answer, line in question.options.items():
            yield f"#   {answer}: {_one_line(line)}"
    for note in proposal.notes:
        yield f"# note: {_one_line(note)}"
    for name, hint in proposal.unmapped_required.items():
        yield f"# missing: {name} is required and no column of the file is it ({_one_line(hint)}); map it or set it under constants"
    for name, value in proposal.unmapped_theirs.items():
        yield f"# not mapped, theirs: {_one_line(name)}" + (f" (such as {_one_line(value)})" if value else " (empty)")
    if proposal.unmapped_optional:
        yield f"# not mapped, ours, optional: {', '.join(proposal.unmapped_optional)}"


def _one_line(text: str) -> str:
    """A text that cannot end the comment it stands in, cut where it is long."""
    bare = "".join(sign if sign.isprintable() else " " for sign in text)
    return bare if len(bare) <= 240 else bare[:239] + "…"


def _listed(texts: tuple[str, ...]) -> str:
    return json.dumps(texts[0]) if len(texts) == 1 else json.dumps(list(texts))


def _scalar(text: str, *, key: bool = False) -> str:
    """A text as YAML: bare where nobody can take it for something else, else quoted as JSON."""
    is_plain = PLAIN.fullmatch(text) and text.casefold() not in RESERVED and "  " not in text
    quoted = json.dumps(text, ensure_ascii=not text.isprintable())
    return text if is_plain and not (key and len(text) > 100) else quoted
