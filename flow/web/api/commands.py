"""Taking back what one has just done."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from flow.domain.events import ENTITY
from flow.web.act import take_back
from flow.web.api.wire import answer
from flow.web.problems import unknown


class UndoneOut(msgspec.Struct):
    """The Seq after undoing, and what went back (`bed/4B-A-03`)."""

    seq: int
    restored: list[str]


async def undo_command(request: Request) -> Response:
    """Undo one's own command while it is fresh; 409 when it is too late or somebody has changed it since."""
    number = request.path_params["command"]
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        raise unknown("unknown-command", "There is no such command.")
    done = await take_back(request, int(number))
    return answer(UndoneOut(done.seq, [f"{ENTITY[type(record)]}/{record.id}" for record in done.records]))
