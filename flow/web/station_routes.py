"""The URLs of ward stations and of the badges that open them; `routes` puts them among all the others."""

from flow.domain.roles import May
from flow.web.door import Door, Open
from flow.web.pages import badges, stations
from flow.web.pages.my_sign_in import HOME

_BADGE = "/admin/users/{user}/badge"

STATIONS = (
    Door("POST", "/station/badge", stations.badge, Open.STATION),
    Door("GET", "/station/scan", stations.scan, Open.STATION),
    Door("GET", "/station/state", stations.state, Open.STATION),
    Door("POST", f"{HOME}/badge-pin", badges.choose_pin, Open.PERSON, fresh=True),
    Door("GET", _BADGE, badges.reloaded, May.USERS),
    Door("POST", _BADGE, badges.issue, May.USERS, fresh=True),
    Door("POST", f"{_BADGE}/revoke", badges.revoke, May.USERS, fresh=True),
    Door("POST", f"{_BADGE}/clear", badges.clear, May.USERS, fresh=True),
)
