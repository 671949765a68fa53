"""The URLs of what displays show and have shown, with their rights; `routes` puts them among all the others."""

from flow.domain.roles import May
from flow.web.door import Door, Open
from flow.web.pages import admin, display_sound, displays, displays_past

DISPLAY_PAGES = (
    Door("POST", "/displays/shown", display_sound.said, Open.SIGNED_IN, quiet=True),
    Door("GET", "/admin/board", admin.board, May.DEVICES),
    Door("GET", "/admin/displays", displays.page, May.DEVICES),
    Door("GET", "/admin/displays/shown", displays_past.page, May.DEVICES),
)
