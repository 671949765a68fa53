"""A page that says what went wrong, where, and what to do next. Never a name, never a stack trace."""

from dataclasses import dataclass

from flow.views.page import Chrome

_SAID: dict[int, tuple[str, str]] = {
    400: ("That cannot be read", "Go back, check what was entered and send it again."),
    401: ("Please sign in", "Your sign-in has ended or never began. Sign in and you come back to this page."),
    403: ("Not for this sign-in", "Your role may not open this page. Ask an administrator if it should."),
    404: ("There is no such page", "The address may be old or mistyped. Start from the first page."),
    405: ("Not this way", "This address is for forms. Start from the first page."),
    409: ("That did not work", "Somebody was faster, or the hospital's rules say no. Go back and look again."),
    422: ("Something is missing", "Go back and correct what is named above."),
    429: ("Too many tries", "Wait a minute, then try again."),
    500: ("Bedflow failed", "Nothing was changed. Try again; if it stays, tell the administrator the time and the address."),
    503: ("Not available just now", "A store is away. Nothing was lost; this page tries again by itself when you reload it."),
}


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """`what` happened, `detail` in the words of the error, `where` the address, `next` what to do."""

    chrome: Chrome
    status: int
    what: str
    detail: str
    where: str
    next: str
    sign_in: bool


def error_page(chrome: Chrome, status: int, detail: str, where: str) -> ErrorPage:
    """The page for one status; unknown ones are told like the class they belong to."""
    what, following = _SAID.get(status) or _SAID[500 if status >= 500 else 400]
    return ErrorPage(chrome, status, what, detail, where, following, sign_in=status == 401)
