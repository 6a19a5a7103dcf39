"""An extract that is a query on a database: what the tests of databases start from."""

import json
import os
import socket
import subprocess
from pathlib import Path

from landing_case import Landed, company_of, take

from sop_pipeline import warehouse
from sop_pipeline.company import Company

QUERY = "select id as production_id, item as item_id, day as completion_date, good as good_quantity, scrap as scrap_quantity from made"


def mapped(folder: Path, database: str, query: str = QUERY) -> Company:
    """A company whose production history is a query."""
    folder.mkdir(exist_ok=True)
    return company_of(folder, {}, f"extracts: {{production_history: {json.dumps({'database': database, 'query': query})}}}\n")


def night(company: Company) -> Landed:
    """Take the production history of a company."""
    with warehouse.connect(None) as con:
        return take(con, company, "production_history")


def raw(company: Company) -> list[tuple[object, ...]]:
    """The production history as read, all text, with its lines."""
    with warehouse.connect(None) as con:
        take(con, company, "production_history")
        columns = "production_id, item_id, completion_date, good_quantity, scrap_quantity, source_line"
        return con.execute(f"select {columns} from raw.production_history order by source_line").fetchall()


def free_port() -> int:
    """A port of loopback that nothing listens on."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def run_as(user: str, folder: Path, *command: str) -> None:
    """Run a program of a server in a folder, as `user` where root would be refused."""
    subprocess.run([*as_user(user), *command], check=True, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120)


def as_user(user: str) -> list[str]:
    """What stands before a command so that it is not root who runs it."""
    return ["runuser", "-u", user, "--"] if os.geteuid() == 0 else []
