"""What a request says of itself."""

from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse


def here(path: str) -> str:
    return path


def bad(request: Request) -> list[Any]:
    return [
        # ruleid: url-of-the-request
        request.url.hostname,
        # ruleid: url-of-the-request
        str(request.url),
        # ruleid: url-of-the-request
        request.url_for("page"),
        # ruleid: forwarded-read
        request.headers.get("x-forwarded-for"),
        # ruleid: forwarded-read
        "X-Forwarded-Host" in request.headers,
        # ruleid: forwarded-read
        request.headers["x-real-ip"],
    ]


def good(request: Request, origin: str) -> list[Any]:
    return [
        # ok: url-of-the-request
        request.scope["path"],
        # ok: url-of-the-request
        f"{origin}/page?{request.url.query}",
        # ok: forwarded-read
        request.headers.get("x-csrf-token"),
        # ok: forwarded-read
        request.client,
    ]


def bad_redirect(request: Request) -> RedirectResponse:
    where = request.query_params["next"]
    # ruleid: open-redirect
    return RedirectResponse(where, 303)


def bad_location(request: Request, response: Any) -> None:
    # ruleid: open-redirect
    response.headers["location"] = request.headers.get("referer", "/")


def good_redirect(request: Request) -> RedirectResponse:
    where = here(request.query_params["next"])
    # ok: open-redirect
    return RedirectResponse(where, 303)


def good_location(request: Request) -> RedirectResponse:
    # ok: open-redirect
    return RedirectResponse(f"/wards/{quote(request.query_params['ward'], safe='')}", 303)
