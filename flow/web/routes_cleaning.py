"""The URLs of cleaning, a part of the table in `flow.web.routes`: jobs over the API, the supervisor's board, the people who clean."""

from flow.domain.roles import May
from flow.web.api import cleaning
from flow.web.api.wire import Listed
from flow.web.door import PAGED, Door, Query, Where
from flow.web.pages import cleaners, supervisor, ward_cleaning

_JOBS = "/api/v1/cleaning-jobs"
_JOB = f"{_JOBS}/{{bed}}"
_FROM = (Query("from", "the first moment, with its offset; else a day ago", "date-time"),)
_TAP = (May.CLEAN, Where.BED, cleaning.StepAsked, cleaning.JobOut)

CLEANING: tuple[Door, ...] = (
    Door("GET", _JOBS, cleaning.list_jobs, May.JOBS, Where.FILTERED, gives=Listed[cleaning.JobOut], query=PAGED),
    Door("GET", f"{_JOBS}/times", cleaning.get_times, May.SUPERVISE, Where.WHOLE, gives=cleaning.TimesOut, query=_FROM),
    Door("GET", _JOB, cleaning.get_job, May.JOBS, Where.BED, gives=cleaning.JobOut),
    Door("POST", f"{_JOB}/coming", cleaning.coming, *_TAP),
    Door("POST", f"{_JOB}/start", cleaning.start, *_TAP),
    Door("POST", f"{_JOB}/suspend", cleaning.suspend, *_TAP),
    Door("POST", f"{_JOB}/step", cleaning.step, *_TAP),
    Door("POST", f"{_JOB}/finish", cleaning.finish, *_TAP),
    Door("POST", f"{_JOB}/inspect", cleaning.inspect, *_TAP),
    Door("POST", f"{_JOB}/verdict", cleaning.verdict, May.SUPERVISE, Where.BED, cleaning.VerdictAsked, cleaning.JobOut),
    Door("POST", f"{_JOB}/give", cleaning.give, May.SUPERVISE, Where.BED, cleaning.GiveAsked, cleaning.JobOut),
)

WARD_CLEANING: tuple[Door, ...] = (
    Door("POST", "/wards/{ward}/dirty", ward_cleaning.dirty, May.ASK, Where.WARD),
    Door("POST", "/wards/{ward}/problems/{problem}", ward_cleaning.settle, May.BLOCK, Where.WARD),
    Door("GET", "/wards/{ward}/problems/{problem}/photo", ward_cleaning.photo, May.BLOCK, Where.WARD),
)

SUPERVISOR: tuple[Door, ...] = (
    Door("GET", "/supervisor", supervisor.page, May.SUPERVISE, Where.WHOLE),
    Door("GET", "/supervisor/board", supervisor.board, May.SUPERVISE, Where.WHOLE),
    Door("POST", "/supervisor/ask", supervisor.ask, May.SUPERVISE, Where.WHOLE),
    Door("POST", "/supervisor/give", supervisor.give, May.SUPERVISE, Where.WHOLE),
    Door("POST", "/supervisor/jobs/{bed}/stat", supervisor.stat, May.SUPERVISE, Where.BED),
    Door("POST", "/supervisor/jobs/{bed}/inspect", supervisor.inspect, May.SUPERVISE, Where.BED),
    Door("POST", "/supervisor/problems/{problem}", supervisor.settle, May.SUPERVISE, Where.WHOLE),
    Door("POST", "/supervisor/beds/{bed}/keep", supervisor.keep, May.SUPERVISE, Where.BED),
    Door("GET", "/supervisor/problems/{problem}/photo", supervisor.photo, May.SUPERVISE, Where.WHOLE),
    Door("GET", "/supervisor/cleaners", cleaners.page, May.SUPERVISE, Where.WHOLE),
    Door("POST", "/supervisor/cleaners", cleaners.add, May.SUPERVISE, Where.WHOLE),
    Door("POST", "/supervisor/cleaners/{cleaner}", cleaners.change, May.SUPERVISE, Where.WHOLE),
    Door("GET", "/supervisor/cleaners/{cleaner}/badge", cleaners.reloaded, May.SUPERVISE, Where.WHOLE),
    Door("POST", "/supervisor/cleaners/{cleaner}/badge", cleaners.badge, May.SUPERVISE, Where.WHOLE),
    Door("POST", "/supervisor/cleaners/{cleaner}/pin", cleaners.pin, May.SUPERVISE, Where.WHOLE),
    Door("POST", "/supervisor/cleaners/{cleaner}/shift", cleaners.shift, May.SUPERVISE, Where.WHOLE),
    Door("POST", "/supervisor/cleaners/{cleaner}/leave", cleaners.leave, May.SUPERVISE, Where.WHOLE),
)
