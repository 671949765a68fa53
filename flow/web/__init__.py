"""The web room: every URL, who may open it, and what it answers. Pages, the API and sign-in, over starlette."""
