"""How the text of a setting becomes its value: each reader raises ValueError saying what the text must be."""

from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit, urlunsplit

from flow import crash
from flow.keeps import Span

Network = IPv4Network | IPv6Network

FLAGS = {"1": True, "true": True, "yes": True, "on": True, "": False, "0": False, "false": False, "no": False, "off": False}


def path(text: str) -> Path:
    """A file or folder, from where the program stands."""
    return Path(text).expanduser().absolute()


def optional_path(text: str) -> Path | None:
    """The same, or none."""
    return path(text) if text else None


def flag(text: str) -> bool:
    """Yes or no."""
    if text.lower() not in FLAGS:
        raise ValueError("1 or 0 (yes or no)")
    return FLAGS[text.lower()]


def whole(least: int) -> Callable[[str], int]:
    """A whole number of at least this."""

    def parse(text: str) -> int:
        if not (text.isascii() and text.lstrip("-").isdigit() and int(text) >= least):
            raise ValueError(f"a whole number of at least {least}")
        return int(text)

    return parse


def speed(text: str) -> float:
    """A factor."""
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0.0 < speed <= 100_000.0:
        raise ValueError("a number above 0, at most 100000")
    return speed


def one_of(*choices: str) -> Callable[[str], str]:
    """One of these words."""

    def parse(text: str) -> str:
        if text.lower() not in choices:
            raise ValueError(f"one of {', '.join(choices)}")
        return text.lower()

    return parse


def url(*schemes: str) -> Callable[[str], str | None]:
    """An address of one of these schemes, or none."""

    def parse(text: str) -> str | None:
        if text and urlsplit(text).scheme not in schemes:
            raise ValueError(f"a URL that starts with {' or '.join(f'{scheme}://' for scheme in schemes)}")
        return text.rstrip("/") or None

    return parse


def issuer(text: str) -> str | None:
    """A provider of sign-ins, letter by letter as its tokens name it: over TLS, or on this machine itself; or none."""
    if text and (not is_safe(text) or urlsplit(text).query or urlsplit(text).fragment):
        raise ValueError("the issuer's https:// address, as it stands in its discovery document, without ? and #")
    return text or None


def is_safe(url: str) -> bool:
    """Whether what is said to this address is for its ears alone: TLS, or a machine that is this one."""
    parts = urlsplit(url)
    here = parts.hostname in ("localhost", "127.0.0.1", "::1")
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and here))


@dataclass(frozen=True, slots=True)
class Secret:
    """A word that nobody is shown; `text` is the word."""

    text: str = field(repr=False)

    def __str__(self) -> str:
        return "****" if self.text else ""


def span(least: Span, why: str = "") -> Callable[[str], Span]:
    """A time by the calendar of at least this."""

    def parse(text: str) -> Span:
        found = Span.read(text)
        if found < least:
            raise ValueError(f"at least {least}{f': {why}' if why else ''}")
        return found

    return parse


class Client(NamedTuple):
    """Who we are to another system: our id there, and the secret that shows it."""

    id: str
    secret: str

    def __str__(self) -> str:
        return f"{self.id} ****"


def client_of(text: str) -> Client | None:
    """The setting: the id, then the secret. Raises ValueError saying what it must be."""
    if not text:
        return None
    words = text.split()
    if len(words) != 2:
        raise ValueError("the id and the secret, with a space between")
    return Client(*words)


class Address(NamedTuple):
    """A place to listen: host and port."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def address(text: str) -> Address:
    """HOST:PORT."""
    host, colon, port = text.rpartition(":")
    if not (colon and host and port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise ValueError("HOST:PORT, like 127.0.0.1:8000, with a port from 1 to 65535")
    return Address(host.strip("[]"), int(port))


def networks(text: str) -> tuple[Network, ...]:
    """Addresses and networks, with commas between."""
    try:
        return tuple(ip_network(word.strip()) for word in text.split(",") if word.strip())
    except ValueError:
        raise ValueError("addresses or networks with commas between, like 10.0.0.5,192.168.7.0/24") from None


def crash_point(text: str) -> str:
    """A point of `flow.crash`, as it is written."""
    if text:
        crash.parse(text)
    return text


def masked(url: str) -> str:
    """A URL with its password and query hidden, fit for a screen or a log."""
    parts = urlsplit(url)
    if parts.password is None and "password" not in parts.query:
        return url
    account, at, place = parts.netloc.rpartition("@")
    netloc = f"{account.partition(':')[0]}:****{at}{place}" if parts.password is not None else parts.netloc
    return urlunsplit((parts.scheme, netloc, parts.path, "****" if parts.query else "", ""))
