"""The URLs of the command centre and of the housekeeping board, with their right; `routes` puts them among all the others."""

from flow.domain.roles import May
from flow.web.api import command_centre as api
from flow.web.door import Door, Where
from flow.web.pages import cleaning_wall, command_centre

COMMAND = (Door("GET", "/api/v1/command-centre", api.get_command_centre, May.COMMAND, Where.WHOLE, gives=api.CommandCentreOut),)

COMMAND_PAGES = (
    Door("GET", "/command-centre", command_centre.page, May.COMMAND, Where.WHOLE),
    Door("GET", "/displays/staff/command-centre", command_centre.wall, May.COMMAND, Where.WHOLE),
    Door("GET", "/displays/staff/housekeeping", cleaning_wall.of_house, May.DIRTY_WALL, Where.WHOLE),
    Door("GET", "/displays/ward/housekeeping", cleaning_wall.of_house, May.DIRTY_WALL, Where.WHOLE),
    Door("GET", "/displays/staff/housekeeping/{ward}", cleaning_wall.of_ward, May.DIRTY_WALL, Where.WARD),
    Door("GET", "/displays/ward/housekeeping/{ward}", cleaning_wall.of_ward, May.DIRTY_WALL, Where.WARD),
)
