"""The way into an embedded Valkey for whoever must empty it or look through it: Bedflow's own user may do neither."""

from pathlib import Path
from urllib.parse import urlsplit

from flow.embedded.valkey import KEEPER


def keeper(redis_url: str) -> str:
    """The keeper's address of the server and database that a URL of Bedflow's names; of a server of one's own the same URL."""
    parts = urlsplit(redis_url)
    file = Path(parts.path).parents[1] / KEEPER if parts.scheme == "unix" else None
    if file is None or not file.exists():
        return redis_url
    return f"{file.read_text('ascii').partition('?')[0]}?{parts.query}"
