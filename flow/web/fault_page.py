"""What a browser is shown instead of a page: the refusal in place for htmx, and a whole page with one way on."""

from html import escape

from starlette.requests import Request

from flow.views.page import Refusal


def refusal(request: Request, reason: str) -> str:
    """The partial that says why, where the person looks."""
    text: str = request.app.state.house.templates.render("_refusal.html", Refusal(reason))
    return text


def fault_page(request: Request, status: int, detail: str) -> str:
    """A page that needs nothing but itself: it must also stand when a template is what failed."""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">'
        '<meta name="color-scheme" content="light dark"><title>Bedflow</title></head><body><main>'
        f"<h1>{_heading(status)}</h1><p>{escape(detail)}</p>"
        '<p><a href="/">Go to the first page</a></p></main></body></html>'
    )


def _heading(status: int) -> str:
    match status:
        case 401:
            return "Please sign in"
        case 403:
            return "Not for this sign-in"
        case 404:
            return "There is no such page"
        case 409:
            return "That did not work"
        case 429:
            return "Too many tries"
        case _ if status >= 500:
            return "Bedflow failed"
        case _:
            return "That did not work"
