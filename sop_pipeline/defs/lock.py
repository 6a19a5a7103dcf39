"""One night at a time: a lock file that says who holds it. DuckDB's own lock guards single stages; this one guards the whole night."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from sop_pipeline.company import Company
from sop_pipeline.warehouse import WarehouseBusyError


def lock_file(company: Company) -> Path:
    return company.warehouse_file.parent / "night.lock"


@contextlib.contextmanager
def hold_night(company: Company) -> Iterator[None]:
    """Hold the night while the block runs. Raises WarehouseBusyError that names the process holding it."""
    path = lock_file(company)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise WarehouseBusyError(_sentence(path)) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def holder(company: Company) -> int | None:
    """The process that holds the night, if any."""
    path = lock_file(company)
    if not path.exists():
        return None
    with path.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return int(path.read_text() or 0)
    return None


def refuse_if_held(company: Company) -> None:
    """Raise WarehouseBusyError when a process other than this one holds the night."""
    if holder(company) not in (None, os.getpid()):
        raise WarehouseBusyError(_sentence(lock_file(company)))


def _sentence(path: Path) -> str:
    return f"process {path.read_text().strip() or 'unknown'} runs a night on this company (it holds {path}). Wait for it to end."
