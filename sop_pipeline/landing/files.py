"""Which files belong to an extract, and whether they may be read. Their content stays out."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sop_pipeline.company import Company, ConfigurationError
from sop_pipeline.extracts import SUFFIXES, Extract, extract_of_file

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


def find_files(company: Company, extract: Extract) -> list[FoundFile]:
    """The files of an extract in name order: those of its globs, else those in its department's folder named after it.

    Raises ConfigurationError for a file outside the company's folders (`..` and links resolved) or of a kind that cannot be read.
    """
    mapping = company.mapping(extract.name)
    found: dict[str, FoundFile] = {}
    if mapping.files:
        for pattern in mapping.files:
            for path in _glob(company.folder, pattern):
                file = FoundFile(path, confined_name(company, path))
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
    return [found[name] for name in sorted(found)]


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
