"""Dagster's event log in SQLite with one open connection per file. What an event is, and what the UI shows, stays Dagster's."""

import contextlib
from collections.abc import Iterator
from typing import Any

import sqlalchemy
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._serdes import ConfigurableClassData
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.pool import StaticPool


class OneConnectionEventLog(SqliteEventLogStorage):
    """The stock storage opens an engine, a connection and a statement cache for every event; a night has about 1,500.

    Keeping them takes a third off the cost of a night. Dagster is pinned to one version, and a test holds this class to what the stock
    one stores.
    """

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines: dict[str, Engine] = {}
        super().__init__(base_dir, inst_data)

    @staticmethod
    def from_config_value(inst_data: ConfigurableClassData | None, config_value: Any) -> "OneConnectionEventLog":
        return OneConnectionEventLog(inst_data=inst_data, **config_value)

    @contextlib.contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock:
            if shard not in self._engines:
                address = self.conn_string_for_shard(shard)
                options = {"timeout": 60, "check_same_thread": False}  # the lock lets one thread in at a time
                self._engines[shard] = sqlalchemy.create_engine(address, poolclass=StaticPool, connect_args=options)
                # with a write-ahead log this survives a crash of the process; only a power cut may lose the last events
                with self._engines[shard].connect() as connection:
                    connection.exec_driver_sql("pragma synchronous = normal")
            engine = self._engines[shard]
            if shard not in self._initialized_dbs:
                self._initdb(engine)
                self._initialized_dbs.add(shard)
            with engine.connect() as connection, connection.begin():
                yield connection

    def dispose(self) -> None:
        for engine in self._engines.values():
            engine.dispose()
        self._engines.clear()
        super().dispose()
