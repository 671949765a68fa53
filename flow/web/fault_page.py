"""What a browser is shown instead of a page: the refusal in place for htmx, and a whole page with one way on."""

from html import escape

import structlog
from starlette.requests import Request

from flow.views.error_page import error_page
from flow.views.page import Chrome, Refusal

log = structlog.get_logger()


def refusal(request: Request, reason: str) -> str:
    """The partial that says why, where the person looks."""
    text: str = request.app.state.house.templates.render("_refusal.html", Refusal(reason))
    return text


def fault_page(request: Request, status: int, detail: str) -> str:
    """The page for an error. Without its template too: it must also stand when a template is what failed."""
    house = request.app.state.house
    try:
        view = error_page(Chrome("Bedflow", house.plan.name), status, detail, request.scope["path"])
        text: str = house.templates.render("error/page.html", view)
    except Exception as error:  # noqa: BLE001  # whatever is wrong with the template, the person is told something
        log.error("web.error_page_failed", kind=type(error).__name__)
        return _bare(detail)
    return text


def _bare(detail: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Bedflow</title></head>'
        f'<body><main><h1>That did not work</h1><p>{escape(detail)}</p><p><a href="/">First page</a></p></main></body></html>'
    )
