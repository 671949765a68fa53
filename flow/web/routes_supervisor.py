"""The supervisor's URLs, a part of the table in `flow.web.routes`: the board, and the people who clean."""

from flow.domain.roles import May
from flow.web.door import Door, Where
from flow.web.pages import cleaners, supervisor

SUPERVISOR: tuple[Door, ...] = (
    Door("GET", "/supervisor", supervisor.page, May.SUPERVISE, Where.WHOLE),
    Door("GET", "/supervisor/board", supervisor.board, May.SUPERVISE, Where.WHOLE),
    Door("POST", "/supervisor/give", supervisor.give, May.SUPERVISE, Where.WHOLE),
    Door("POST", "/supervisor/jobs/{bed}/stat", supervisor.stat, May.SUPERVISE, Where.BED),
    Door("POST", "/supervisor/jobs/{bed}/inspect", supervisor.inspect, May.SUPERVISE, Where.BED),
    Door("POST", "/supervisor/problems/{problem}", supervisor.settle, May.SUPERVISE, Where.WHOLE),
    Door("GET", "/supervisor/problems/{problem}/photo", supervisor.photo, May.SUPERVISE, Where.WHOLE),
    Door("GET", "/supervisor/cleaners", cleaners.page, May.SUPERVISE, Where.WHOLE),
    Door("POST", "/supervisor/cleaners", cleaners.add, May.SUPERVISE, Where.WHOLE),
    Door("POST", "/supervisor/cleaners/{cleaner}", cleaners.change, May.SUPERVISE, Where.WHOLE),
    Door("POST", "/supervisor/cleaners/{cleaner}/badge", cleaners.badge, May.SUPERVISE, Where.WHOLE),
    Door("POST", "/supervisor/cleaners/{cleaner}/pin", cleaners.pin, May.SUPERVISE, Where.WHOLE),
    Door("POST", "/supervisor/cleaners/{cleaner}/shift", cleaners.shift, May.SUPERVISE, Where.WHOLE),
    Door("POST", "/supervisor/cleaners/{cleaner}/leave", cleaners.leave, May.SUPERVISE, Where.WHOLE),
)
