"""Object stores and SFTP through fsspec: the files that a URL means, fetched to this machine. Reading a file stays with its format."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote, unquote

from sop_pipeline.company import ConfigurationError
from sop_pipeline.landing.sources.base import UnreadableSourceError

URL = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<authority>[^/]*)(?P<path>.*)", re.DOTALL)
LOCAL = re.compile(r"file://(?:localhost)?(?P<path>/.*)", re.IGNORECASE | re.DOTALL)
SFTP_HOST = re.compile(r"(?:(?P<user>[^:@]*)(?::(?P<password>[^@]*))?@)?(?P<host>[^:@\[\]]+|\[[^\]@]+\])(?::(?P<port>[0-9]{1,5}))?")
CONNECT_SECONDS = 15


@dataclass(frozen=True)
class Location:
    """A URL with wildcards, in parts. `shown`: the URL without user and password; host, port, user and password are those of SFTP."""

    written: str = field(repr=False)
    scheme: str
    path: str
    shown: str
    host: str = ""
    port: int | None = None
    user: str | None = None
    password: str | None = field(default=None, repr=False)

    def without_secrets(self, error: Exception) -> str:
        """What a store says, on one line, without password."""
        said = " ".join(f"{type(error).__name__} {error}".split())
        for secret in (self.written, self.password, quote(self.password or "", safe="")):
            said = said.replace(secret, "***") if secret and self.password else said
        return said


@dataclass(frozen=True)
class Fetched:
    """One file of a store: its URL without user and password, and where it lies now."""

    name: str
    path: Path


@dataclass(frozen=True)
class Store:
    """`opened`: the file system and the pattern within it; `prefix`: what comes before a path of it in a URL."""

    extra: str
    opened: Callable[[Location], tuple[Any, str]]
    prefix: Callable[[Location], str] = lambda location: f"{location.scheme}://"


def location_of(pattern: str) -> Location | None:
    """The parts of a URL; None for a path of this machine.

    Raises ConfigurationError for a store that cannot be read, several URLs in one, a host that is none, and credentials in a URL of an
    object store; the message does not repeat what may be a password.
    """
    if "::" in pattern and "://" in pattern:
        raise ConfigurationError("`::` in a URL would name a second place; name one")
    match = URL.fullmatch(pattern)
    if match is None or LOCAL.fullmatch(pattern):
        return None
    scheme, authority, path = match["scheme"].casefold(), match["authority"], match["path"]
    if scheme not in STORES:
        raise ConfigurationError(f"{scheme}:// is no place that can be read; there are {', '.join(f'{name}://' for name in STORES)}")
    if scheme == "sftp":
        host = SFTP_HOST.fullmatch(authority)
        if host is None:
            raise ConfigurationError(
                "sftp://…: no host; write sftp://user@host:22/folder/file.csv, with %40 for @ and %2F for / in a password"
            )
        place = f"sftp://{authority.rpartition('@')[2]}"
        user, password = (unquote(host[part]) if host[part] else None for part in ("user", "password"))
        port = int(host["port"]) if host["port"] else None
        return Location(pattern, scheme, path, f"{place}{path}", host["host"].strip("[]"), port, user, password)
    if ":" in authority:
        raise ConfigurationError(f"{scheme}://…: keys do not belong in the URL; set them in the environment, as its own tools want them")
    return Location(pattern, scheme, path, pattern)


def local_path(pattern: str) -> str:
    """The path of a `file://` URL; any other text as it is."""
    match = LOCAL.fullmatch(pattern)
    return unquote(match["path"]) if match else pattern


def fetch(location: Location, folder: Path) -> Iterator[Fetched]:
    """Fetch the files a URL means into a folder, in order of name, those that begin with a point left out; none is no error.

    Raises ConfigurationError when the driver is not installed, UnreadableSourceError with the store's words, without password, when it
    cannot be reached or refuses.
    """
    store = STORES[location.scheme]
    try:
        system, pattern = store.opened(location)
        found = system.glob(pattern, detail=True)
        names = sorted(name for name, about in found.items() if about["type"] != "directory")
        for number, name in enumerate(names):
            last = PurePosixPath(name).name
            if last.startswith((".", "~$")):
                continue
            target = folder / str(number) / last
            target.parent.mkdir(parents=True)
            system.get_file(name, str(target))
            yield Fetched(f"{store.prefix(location)}{name.lstrip('/')}", target)
    except ImportError as error:
        missing = f"{location.shown} needs a driver that is not installed ({error.name or error})"
        raise ConfigurationError(f"{missing}. Install it: pip install 'sop-pipeline[{store.extra}]'") from None
    except Exception as error:  # noqa: BLE001 - stores raise what they like, and what they say may hold the password
        raise UnreadableSourceError(f"{location.shown}: cannot be fetched: {location.without_secrets(error)}") from None


def _open_url(location: Location) -> tuple[Any, str]:
    from fsspec.core import url_to_fs  # noqa: PLC0415 - an extra

    # what was listed or opened an hour ago is asked for again
    system, path = url_to_fs(location.written, skip_instance_cache=True, use_listings_cache=False)
    return system, path


def _open_sftp(location: Location) -> tuple[Any, str]:
    """sshfs, and not fsspec's own SFTP, which would take any host key: here the host must be in ~/.ssh/known_hosts."""
    from sshfs import SSHFileSystem  # noqa: PLC0415 - an extra

    given = {"port": location.port, "username": location.user, "password": location.password}
    options = {name: value for name, value in given.items() if value is not None}
    # sshfs checks no host key unless told to; an empty known_hosts means the user's own
    system = SSHFileSystem(location.host, known_hosts=(), connect_timeout=CONNECT_SECONDS, skip_instance_cache=True, **options)
    return system, location.path


def _sftp_prefix(location: Location) -> str:
    return f"{location.shown.removesuffix(location.path)}/"


STORES: Mapping[str, Store] = {
    "s3": Store("s3", _open_url),
    "gs": Store("gcs", _open_url),
    "az": Store("azure", _open_url),
    "abfs": Store("azure", _open_url),
    "abfss": Store("azure", _open_url),
    "sftp": Store("sftp", _open_sftp, _sftp_prefix),
    "memory": Store("objects", _open_url),
}
