"""What is escaped and what is not."""

from typing import Any

from jinja2 import Environment
from markupsafe import Markup


def bad(name: str) -> list[Any]:
    return [
        # ruleid: markup-of-data
        Markup(name),
        # ruleid: markup-of-data
        Markup(f"<b>{name}</b>"),
        # ruleid: markup-of-data
        Environment(trim_blocks=True, autoescape=False),
        # ruleid: markup-of-data
        Environment(autoescape=True).from_string(name),
    ]


def good(name: str) -> list[Any]:
    return [
        # ok: markup-of-data
        Markup("<hr>"),
        # ok: markup-of-data
        Environment(autoescape=True).get_template("page.html").render(name=name),
    ]
