"""Files for browsers: named with a digest of their content (flow.templating), so a browser that has one keeps it for ever."""

from starlette.datastructures import MutableHeaders
from starlette.staticfiles import StaticFiles
from starlette.types import Message, Receive, Scope, Send

_FOR_EVER = "public, max-age=31536000, immutable"
_ASK_AGAIN = "public, no-cache"


class Static(StaticFiles):
    """Starlette's static files, with how long they may be kept."""

    def __init__(self, directory: object) -> None:
        super().__init__(directory=str(directory), check_dir=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        named = b"v=" in scope["query_string"]

        async def keeping(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] in (200, 304):
                MutableHeaders(scope=message)["cache-control"] = _FOR_EVER if named else _ASK_AGAIN
            await send(message)

        await super().__call__(scope, receive, keeping)
