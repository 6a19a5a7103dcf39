"""Telling whoever watches that a table is done: the command prints it, the web UI has its own events. No counting of anything else."""

from collections.abc import Callable

Listener = Callable[[str, int], None]
_listeners: list[Listener] = []


def listen(listener: Listener) -> Callable[[], None]:
    """Call `listener(address, rows)` for every table that is built in this process; returns what ends that."""
    _listeners.append(listener)
    return lambda: _listeners.remove(listener)


def table_done(address: str, rows: int) -> None:
    for listener in _listeners:
        listener(address, rows)
