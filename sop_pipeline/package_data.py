"""Where the files that come with the package are: beside it in a checkout, inside it in a wheel. Nothing is ever written there."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def sql_root() -> Path:
    """The folder `sql/`."""
    return _found("sql", PACKAGE.parent / "sql")


def demo_root() -> Path:
    """The folder of the demo company."""
    return _found("demo", PACKAGE.parent / "data" / "demo")


def _found(name: str, in_checkout: Path) -> Path:
    packaged = PACKAGE / "_data" / name
    return packaged if packaged.is_dir() else in_checkout
