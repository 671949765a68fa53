"""`bedflow proxy nginx`, `bedflow proxy caddy`: the configuration of a reverse proxy before this house, with its own names in it."""

from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

import typer

from flow.cli.start import settings
from flow.errors import Misconfigured
from flow.settings import Settings

SAMPLES = Path(__file__).resolve().parent.parent / "sample"
HOST, BEHIND, CERT, KEY = "beds.example.org", "127.0.0.1:8000", "/etc/bedflow/fullchain.pem", "/etc/bedflow/privkey.pem"
"""What the samples say where a house says its own."""


class Kind(StrEnum):
    """The proxies that are tried before every release."""

    NGINX = "nginx"
    CADDY = "caddy"


FILES = {Kind.NGINX: "nginx.conf", Kind.CADDY: "Caddyfile"}


def proxy(
    kind: Kind,
    cert: Path = typer.Option(CERT, help="The proxy's certificate with its chain (PEM)."),
    key: Path = typer.Option(KEY, help="Its private key (PEM)."),
) -> None:
    """Print the configuration of a reverse proxy for this house: its public name, where it listens, the certificate."""
    print(filled(kind, settings(), cert, key), end="")


def filled(kind: Kind, found: Settings, cert: Path, key: Path) -> str:
    """A sample with a house's own names. Misconfigured where nobody said what it is called, or where it serves TLS itself."""
    host = urlsplit(found.public_url or "").hostname
    if not host:
        raise Misconfigured("Set BEDFLOW_PUBLIC_URL to the address people type (https://beds.example.org): the proxy serves that name.")
    if found.tls:
        raise Misconfigured(
            "Behind a proxy Bedflow itself serves plain HTTP on this machine: unset BEDFLOW_TLS_CERT, BEDFLOW_TLS_KEY and BEDFLOW_LAN."
        )
    text = (SAMPLES / FILES[kind]).read_text("utf-8")
    for sample, said in ((HOST, host), (BEHIND, str(found.http)), (CERT, str(cert)), (KEY, str(key))):
        text = text.replace(sample, said)
    return text
