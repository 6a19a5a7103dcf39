"""Which files belong to an extract, and whether they may be read. Their content stays out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sop_pipeline.company import Company, ConfigurationError
from sop_pipeline.extracts import SUFFIXES, Extract, extract_of_file
from sop_pipeline.landing.sources.excel import night_of_workbook
from sop_pipeline.landing.sources.objects import fetch, local_path, location_of

REVIEW_WORKBOOKS = "review*.xlsx"
REVIEW_SHEETS = ("overrides", "decisions", "market_assumptions")


@dataclass(frozen=True)
class FoundFile:
    """One file of an extract.

    `name`: relative to the company folder, or to a folder of `read_from` with that folder's name before it. `sheet`: the sheet of a
    review workbook that belongs to the extract.
    """

    path: Path
    name: str
    sheet: str | None = None

    @property
    def kind(self) -> str:
        """Suffix without .gz, such as .csv."""
        return next((s for s in SUFFIXES if self.path.name.casefold().removesuffix(".gz").endswith(s)), "")


def find_files(company: Company, extract: Extract, fetched: Path) -> list[FoundFile]:
    """The files of an extract in name order: those of its globs, else those in its department's folder named after it.

    Review workbooks follow in the order of the nights that wrote them, of one night in name order: what june's meeting says of a key
    counts, and not what may's says, whatever the two are called.

    What lies in an object store is fetched below `fetched` first. Raises ConfigurationError for a file outside the company's folders
    (`..` and links resolved) or of a kind that cannot be read, UnreadableSourceError for a store that cannot be reached.
    """
    mapping = company.mapping(extract.name)
    found: dict[str, FoundFile] = {}
    if mapping.files:
        for number, pattern in enumerate(mapping.files):
            for file in _matching(company, f"extracts.{extract.name}.files", pattern, fetched / str(number)):
                if not file.kind:
                    raise ConfigurationError(
                        f"{company.settings_file}: extracts.{extract.name}.files: {file.name} is none of {', '.join(SUFFIXES)}, also .gz"
                    )
                found[file.name] = file
    else:
        for path in _visible(company.default_place(extract).glob("*")):
            if extract_of_file(path.name) == extract:
                file = FoundFile(path, confined_name(company, path))
                found[file.name] = file
    if extract.name in REVIEW_SHEETS:
        for path in _visible((company.extracts / "planning").glob(REVIEW_WORKBOOKS)):
            file = FoundFile(path, f"{confined_name(company, path)}:{extract.name}", extract.name)
            found[file.name] = file
    return [found[name] for name in sorted(found, key=lambda name: (_night(found[name]), name))]


def _night(file: FoundFile) -> str:
    return night_of_workbook(file.path) if file.sheet else ""


def shown_places(patterns: Sequence[str]) -> str:
    """Globs and URLs as they may be shown, without password."""
    locations = ((pattern, location_of(pattern)) for pattern in patterns)
    return ", ".join(location.shown if location else pattern for pattern, location in locations)


def _matching(company: Company, key: str, pattern: str, fetched: Path) -> Iterator[FoundFile]:
    """The files that one glob or URL means. A `file://` URL is a path like any other."""
    try:
        location = location_of(pattern)
        files = list(fetch(location, fetched)) if location else []
    except ConfigurationError as error:
        raise ConfigurationError(f"{company.settings_file}: {key}: {error}") from None
    if location:
        return (FoundFile(file.path, file.name) for file in files)
    return (FoundFile(path, confined_name(company, path)) for path in _glob(company.folder, local_path(pattern)))


def _glob(folder: Path, pattern: str) -> Iterator[Path]:
    given = Path(pattern)
    root, relative = (Path(given.anchor), given.relative_to(given.anchor)) if given.is_absolute() else (folder, given)
    # Path.glob refuses `..`; steps up are taken before the pattern begins
    parts = list(relative.parts)
    while parts and parts[0] == "..":
        root, parts = root / "..", parts[1:]
    return _visible(root.glob(str(Path(*parts)))) if parts else iter(())


def _visible(paths: Iterator[Path]) -> Iterator[Path]:
    """Files but those an editor or a copy in progress leaves beside them."""
    return (path for path in sorted(paths) if path.is_file() and not path.name.startswith((".", "~$")))


def confined_name(company: Company, path: Path) -> str:
    """A path relative to the company folder, or to a folder of `read_from` with that folder's name before it; links and `..` resolved.

    Raises ConfigurationError where it lies outside both.
    """
    real = path.resolve()
    for index, folder in enumerate(company.readable_folders):
        if real.is_relative_to(folder):
            relative = real.relative_to(folder).as_posix()
            return relative if index == 0 else f"{folder.name}/{relative}"
    raise ConfigurationError(
        f"{path} lies outside the company folder and the folders of read_from. Move it, or add its folder there in {company.settings_file}."
    )
