"""Turns a page's view into HTML: after a page has built its dataclass (flow.views), before the answer leaves flow.web.

A template gets exactly one name, `view`; anything undefined is an error. Static files are named with a digest of their
content, so that a browser may keep them for ever and a new release is seen at once.
"""

import hashlib
from functools import cache, partial
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

CHECKOUT = Path(__file__).resolve().parent.parent


class Templates:
    """The pages under `root`/templates, and the addresses of the files under `root`/static."""

    def __init__(self, root: Path = CHECKOUT, *, reload: bool = False) -> None:
        self._root = root
        self._environment = _environment(root, reload)

    def render(self, name: str, view: object) -> str:
        """The HTML of template `name` for one view; raises `jinja2.UndefinedError` where the template asks for what the view lacks."""
        return self._environment.get_template(name).render(view=view)

    def static(self, path: str) -> str:
        """The address of a static file under `root`, as templates have it."""
        return address(self._root, path)


@cache
def _environment(root: Path, reload: bool) -> Environment:
    """One of each folder in a process: to compile a page takes longer than to draw it."""
    found = Environment(
        loader=FileSystemLoader(root / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=reload,
    )
    static = partial(address, root)
    found.globals["_"] = said
    found.globals["static"] = static if reload else cache(static)
    return found


def address(root: Path, path: str) -> str:
    """Of a static file, with its digest; raises `FileNotFoundError` for a file that is not there."""
    digest = hashlib.sha256((root / "static" / path).read_bytes()).hexdigest()[:12]
    return f"/static/{path}?v={digest}"


def said(words: str, **values: object) -> str:
    """`_` of the templates: words as they stand, with values where some are given. A text like any other, escaped where it is written:
    jinja2's own (`jinja2.ext.i18n`) takes what it is asked for markup, and a format, though half of what we ask it comes out of a view."""
    return words % values if values else words
