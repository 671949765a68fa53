"""The address of Postgres as its programs take it: the password in the environment, never on a command line."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

FOLLOWER = "bedflow_backup"
"""The receiver's name in Postgres, and that of its slot."""


@dataclass(frozen=True, slots=True)
class Address:
    """What stands on the command line, and what in the environment."""

    dsn: str
    environ: Mapping[str, str]


def address(dsn: str) -> Address:
    """For a programme that is called by `FOLLOWER`'s name."""
    parts = urlsplit(dsn)
    account, at, place = parts.netloc.rpartition("@")
    name, _, secret = account.partition(":")
    query = dict(parse_qsl(parts.query))
    password = query.pop("password", None) or unquote(secret)
    said = urlencode(query | {"application_name": FOLLOWER}, quote_via=quote)
    shown = urlunsplit((parts.scheme, f"{name}{at}{place}", parts.path, said, ""))
    return Address(shown, {"PGPASSWORD": password} if password else {})
