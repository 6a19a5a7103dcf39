"""A `.sql` file as an object: address, grain, parameters, upstream tables, digest, all derived from its text. No data is touched here."""

import functools
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from sop_pipeline.package_data import sql_root

PARAMETER = re.compile(r"(?<![\w$])\$([a-z_][a-z0-9_]*)")
COMMENT = re.compile(r"--[^\n]*")
LITERAL = re.compile(r"'(?:[^']|'')*'")


@dataclass(frozen=True)
class SqlFile:
    """One bare SELECT. `address` is `schema.table`; `header` holds the `-- name: value` lines that follow the grain."""

    path: Path
    address: str
    text: str

    @property
    def schema(self) -> str:
        return self.address.split(".")[0]

    @property
    def table(self) -> str:
        return self.address.split(".")[1]

    @functools.cached_property
    def grain(self) -> str:
        """The sentence of the first line: what one row is."""
        first = self.text.lstrip().splitlines()[0]
        if not first.startswith("--"):
            raise ValueError(f"{self.path}: line 1 must be a comment that states the grain, such as '-- One row per family and period.'")
        return first.removeprefix("--").strip()

    @functools.cached_property
    def header(self) -> Mapping[str, str]:
        """`-- name: value` comment lines between the grain and the query, such as severity, owner and hint of a rule."""
        found: dict[str, str] = {}
        for line in self.text.lstrip().splitlines()[1:]:
            match = re.match(r"--\s*([a-z_]+):\s*(.+)$", line)
            if not line.startswith("--"):
                break
            if match:
                found[match[1]] = match[2].strip()
        return found

    @functools.cached_property
    def query(self) -> str:
        return COMMENT.sub("", self.text).strip().rstrip(";")

    @functools.cached_property
    def parameters(self) -> frozenset[str]:
        return frozenset(PARAMETER.findall(LITERAL.sub("''", self.query)))

    @functools.cached_property
    def upstream(self) -> tuple[str, ...]:
        """Tables the query reads, as `schema.table`, sorted, without itself. From DuckDB's own parse tree, so it cannot drift."""
        with duckdb.connect() as con:
            return _tables_read(con, self)

    @functools.cached_property
    def digest(self) -> str:
        """Digest of the query without comments and spacing: the code version of the table."""
        return hashlib.sha256(" ".join(self.query.split()).encode()).hexdigest()[:12]

    def bind(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Pick this file's parameters out of `values`; a parameter nobody sets is an error that names it."""
        missing = sorted(self.parameters - values.keys())
        if missing:
            raise ValueError(f"{self.path}: no value for ${', $'.join(missing)}; known: {', '.join(sorted(values))}")
        return {name: values[name] for name in sorted(self.parameters)}


def load_sql_files(schema: str, root: Path | None = None) -> dict[str, SqlFile]:
    """Every `sql/<schema>/<table>.sql`, keyed by address, sorted by name."""
    folder = (root or sql_root()) / schema
    return _load({path: f"{schema}.{path.stem}" for path in sorted(folder.glob("*.sql"))})


def load_rules(root: Path | None = None) -> dict[str, SqlFile]:
    """Every `sql/checks/<schema>/<table>__<rule>.sql`, keyed by `schema.table__rule`."""
    folder = (root or sql_root()) / "checks"
    return _load({path: f"{path.parent.name}.{path.stem}" for path in sorted(folder.glob("*/*__*.sql"))})


def in_build_order(files: Mapping[str, SqlFile]) -> list[SqlFile]:
    """Sort so that every table stands after the tables of the same set it reads. Raises ValueError on a cycle, naming it."""
    done: list[str] = []
    state: dict[str, int] = {}

    def visit(address: str, path: tuple[str, ...]) -> None:
        if state.get(address) == 2:
            return
        if state.get(address) == 1:
            raise ValueError(f"SQL files read each other in a circle: {' -> '.join([*path, address])}")
        state[address] = 1
        for upstream in files[address].upstream:
            if upstream in files:
                visit(upstream, (*path, address))
        state[address] = 2
        done.append(address)

    for address in sorted(files):
        visit(address, ())
    return [files[address] for address in done]


def _load(addresses: Mapping[Path, str]) -> dict[str, SqlFile]:
    files = {address: SqlFile(path, address, path.read_text(encoding="utf-8")) for path, address in addresses.items()}
    # one parser for all of them: opening a connection costs more than parsing
    with duckdb.connect() as con:
        for file in files.values():
            file.__dict__["upstream"] = _tables_read(con, file)
    return files


def _tables_read(con: duckdb.DuckDBPyConnection, file: SqlFile) -> tuple[str, ...]:
    # the serializer does not take parameters; a literal in their place leaves the tables as they are
    parameterless = PARAMETER.sub("null", file.query)
    tree = json.loads(con.execute("select json_serialize_sql(?)", [parameterless]).fetchall()[0][0])
    if tree.get("error"):
        raise ValueError(f"{file.path}: {tree.get('error_message')}")
    names = {f"{node['schema_name']}.{node['table_name']}" for node in _base_tables(tree) if node.get("schema_name")}
    return tuple(sorted(names - {file.address}))


def _base_tables(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        if node.get("type") == "BASE_TABLE":
            yield node
        for value in node.values():
            yield from _base_tables(value)
    elif isinstance(node, list):
        for value in node:
            yield from _base_tables(value)
