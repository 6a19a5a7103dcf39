"""The address of a database or an object store: its parts, and how it may be shown. Nothing is opened here."""

import re
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote

# The user's name and password reach to the last @, so that a password that should have been encoded is still known as one.
ADDRESS = re.compile(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9]*)(?:\+[A-Za-z0-9_]+)?://(?:(?P<userinfo>.*)@)?"
    r"(?P<host>\[[^\]@]*\]|[^@/?:\[\]]*)(?::(?P<port>[0-9]{1,5}))?(?:/(?P<path>[^?@]*))?(?:\?(?P<query>[^@]*))?",
    re.DOTALL,
)
SECRET_OPTION = re.compile("pass|pwd|secret|token|key|sig", re.IGNORECASE)
HIDDEN = "***"


@dataclass(frozen=True)
class Address:
    """A URI in parts, decoded. `path` is without the slash that ends the host; `written` is the whole, for finding it in messages."""

    scheme: str
    host: str
    port: int | None
    user: str | None
    path: str
    password: str | None = field(repr=False)
    options: dict[str, str] = field(repr=False)
    written: str = field(repr=False)

    @property
    def secrets(self) -> tuple[str, ...]:
        """Texts that must not be shown, the longest first."""
        _, _, rest = self.written.partition("://")
        userinfo, at, _ = rest.rpartition("@")
        _, _, encoded = userinfo.partition(":")
        options = (value for name, value in self.options.items() if SECRET_OPTION.search(name))
        secrets = {self.written, userinfo if at and encoded else "", encoded, self.password or "", *options}
        return tuple(sorted(secrets - {""}, key=lambda secret: (-len(secret), secret)))

    def without_secrets(self, message: object) -> str:
        """What a driver says, on one line, without password: drivers repeat the address they were given."""
        said = " ".join(str(message).split())
        for secret in self.secrets:
            said = said.replace(secret, HIDDEN)
        return said

    @property
    def place(self) -> str:
        """Scheme, host, port and path: what may be shown."""
        port = f":{self.port}" if self.port else ""
        return f"{self.scheme}://{self.host}{port}/{self.path}"


def address_of(written: str) -> Address | None:
    """The parts of a URI; None where it is none, and then nothing of it may be shown: it may be a password in the wrong place."""
    match = ADDRESS.fullmatch(written.strip())
    if match is None:
        return None
    user, colon, password = (match["userinfo"] or "").partition(":")
    return Address(
        scheme=match["scheme"].casefold(),
        host=match["host"].strip("[]"),
        port=int(match["port"]) if match["port"] else None,
        user=unquote(user) or None,
        path=unquote(match["path"] or ""),
        password=unquote(password) if colon else None,
        options=dict(parse_qsl(match["query"] or "", keep_blank_values=True)),
        written=written.strip(),
    )
