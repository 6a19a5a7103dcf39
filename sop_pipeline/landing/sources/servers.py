"""Database servers: a connection from an address, one function a family, so that values come exact. Reading rows stays in `database`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sop_pipeline.company import ConfigurationError
from sop_pipeline.landing.uri import Address

CONNECT_SECONDS = 15
APPLICATION = "sop_pipeline"


@dataclass(frozen=True)
class Family:
    """A family of servers. `extra`: what installs its driver; `connect`: an open connection of the driver (PEP 249), ready to read."""

    name: str
    schemes: tuple[str, ...]
    extra: str
    connect: Callable[[Address], Any]
    # PostgreSQL sends a result piece by piece only to a cursor that has a name
    cursor: Callable[[Any], Any] = lambda connection: connection.cursor()


def connect_postgresql(address: Address) -> Any:
    """psycopg, everything as the text PostgreSQL itself writes: 12.10 stays 12.10, and dates no Python date can hold stay readable."""
    import psycopg  # noqa: PLC0415 - an extra
    from psycopg.types.string import TextLoader  # noqa: PLC0415

    given: dict[str, Any] = {
        "host": address.host or None,
        "port": address.port,
        "user": address.user,
        "password": address.password,
        "dbname": address.path or None,
        "connect_timeout": CONNECT_SECONDS,
        "application_name": APPLICATION,
        "client_encoding": "utf8",
        **address.options,
    }
    connection = psycopg.connect(**{name: value for name, value in given.items() if value is not None})
    connection.read_only = True
    connection.execute("select set_config('DateStyle', 'ISO', false), set_config('TimeZone', 'UTC', false)")
    for kind in connection.adapters.types:
        for oid in (kind.oid, kind.array_oid):
            if oid:
                connection.adapters.register_loader(oid, TextLoader)
    return connection


def connect_mysql(address: Address) -> Any:
    """PyMySQL, everything as the text the server writes; it also speaks to MariaDB."""
    import pymysql  # noqa: PLC0415 - an extra
    from pymysql.converters import encoders  # noqa: PLC0415
    from pymysql.cursors import SSCursor  # noqa: PLC0415

    # encoders without decoders: what comes back stays text
    connection = pymysql.connect(**mysql_arguments(address), conv=encoders, cursorclass=SSCursor)
    with connection.cursor() as cursor:
        cursor.execute("set session transaction read only")
    return connection


def mysql_arguments(address: Address) -> dict[str, Any]:
    """Arguments of `pymysql.connect`."""
    files = ("ssl_ca", "ssl_cert", "ssl_key")
    switches = ("ssl_verify_cert", "ssl_verify_identity", "ssl_disabled")
    _refuse_unknown(address, (*files, *switches, "unix_socket"))
    options = {name: value.casefold() in ("true", "1", "yes") if name in switches else value for name, value in address.options.items()}
    return {
        "host": address.host or "localhost",
        "port": address.port or 3306,
        "user": address.user,
        "password": address.password or "",
        "database": address.path or None,
        "charset": "utf8mb4",
        "connect_timeout": CONNECT_SECONDS,
        **options,
    }


def connect_mssql(address: Address) -> Any:
    """Microsoft's own driver for SQL Server; decimals come as Decimal."""
    import mssql_python  # noqa: PLC0415 - an extra

    return mssql_python.connect(mssql_connection_string(address), timeout=CONNECT_SECONDS)


def mssql_connection_string(address: Address) -> str:
    """The connection string; every value in braces, so that none can add a setting of its own."""
    _refuse_unknown(address, ("Encrypt", "TrustServerCertificate", "HostNameInCertificate", "Authentication", "ApplicationIntent"))
    server = f"tcp:{address.host},{address.port or 1433}"
    settings = {"Server": server, "Database": address.path, "UID": address.user, "PWD": address.password, **address.options}
    return ";".join(f"{name}={{{value.replace('}', '}}')}}}" for name, value in settings.items() if value)


def connect_oracle(address: Address) -> Any:
    """python-oracledb without Oracle's client; NUMBER as Decimal, which its default, a double, would round."""
    import oracledb  # noqa: PLC0415 - an extra

    oracledb.defaults.fetch_decimals = True
    oracledb.defaults.fetch_lobs = False
    connection = oracledb.connect(**oracle_arguments(address))
    with connection.cursor() as cursor:
        cursor.execute("set transaction read only")
    return connection


def oracle_arguments(address: Address) -> dict[str, Any]:
    """Arguments of `oracledb.connect`; the path is the service name."""
    _refuse_unknown(address, ("protocol", "wallet_location", "wallet_password", "ssl_server_cert_dn"))
    return {
        "user": address.user,
        "password": address.password,
        "host": address.host,
        "port": address.port or 1521,
        "service_name": address.path,
        "tcp_connect_timeout": CONNECT_SECONDS,
        **address.options,
    }


FAMILIES = (
    Family("PostgreSQL", ("postgresql", "postgres"), "postgres", connect_postgresql, lambda connection: connection.cursor("extract")),
    Family("MySQL", ("mysql", "mariadb"), "mysql", connect_mysql),
    Family("SQL Server", ("mssql", "sqlserver"), "mssql", connect_mssql),
    Family("Oracle", ("oracle",), "oracle", connect_oracle),
)
SERVERS: Mapping[str, Family] = {scheme: family for family in FAMILIES for scheme in family.schemes}


def _refuse_unknown(address: Address, known: tuple[str, ...]) -> None:
    unknown = [name for name in address.options if name not in known]
    if unknown:
        raise ConfigurationError(f"{address.place}: {', '.join(unknown)}: no option of this database; known: {', '.join(known)}")
