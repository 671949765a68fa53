"""The doors to erasing a person. Part of `flow.web.routes`."""

from flow.domain.roles import May
from flow.web.door import Door, Where
from flow.web.pages import erasures

_HOME = "/admin/erasures"

ERASURES: tuple[Door, ...] = (
    Door("GET", _HOME, erasures.page, May.USERS, Where.WHOLE),
    Door("POST", f"{_HOME}/find", erasures.find, May.USERS, Where.WHOLE, quiet=True),
    Door("POST", _HOME, erasures.erase, May.USERS, Where.WHOLE, fresh=True),
    Door("POST", f"{_HOME}/{{erasure}}/finish", erasures.finish, May.USERS, Where.WHOLE, fresh=True),
    Door("POST", f"{_HOME}/{{erasure}}/verify", erasures.verify, May.USERS, Where.WHOLE),
)
