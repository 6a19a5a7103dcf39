"""Where the files that come with the package are: in a checkout beside it, in an installed wheel inside it. Nothing is ever written there."""

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
