"""Which time a page of figures, or a file of it, is asked about: read from the address. A page says what is wrong beside its fields and
shows the usual time; a file is refused, for it would be another one's figures."""

from collections.abc import Collection
from datetime import date
from urllib.parse import urlencode

from starlette.requests import Request

from flow.history.begun import begun
from flow.history.cuts import kept_from
from flow.views.period import AskedPeriod, Rules, WrongPeriod, asked_period, day_in, days_words, last_days, names_days
from flow.web.parts import House, house_of
from flow.web.problems import bad_request, invalid

EVERY_LENGTH = Rules()


async def period_of(request: Request, rules: Rules = EVERY_LENGTH, *, exact: bool = False) -> AskedPeriod:
    """`from` and `to`, days of the hospital, or `range`. `exact`: days that cannot be shown are refused."""
    house, query = house_of(request), request.query_params
    now, zone = house.clock.now(), house.plan.zone
    first = await begun(house.database, summed=True)
    since = await begun(house.database) if rules.single else first
    gone = since != first
    typed = (query.get("from", ""), query.get("to", "")) if names_days(query) else ("", "")
    try:
        period = asked_period(query, rules, now, zone, day_in(since, zone) if since is not None else None, gone=gone)
    except WrongPeriod as wrong:
        if exact:
            raise bad_request("bad-period", str(wrong)) from None
        return AskedPeriod(last_days(rules.usual, now, zone), rules, now, typed, str(wrong), since, gone)
    return AskedPeriod(period, rules, now, (typed[0], period.last.isoformat()) if typed[0] else typed, "", since, gone)


async def refuse_gone(house: House, day: date) -> None:
    """Refuses a day of which single movements are no longer kept."""
    since = await kept_from(house.database)
    if since is not None and day < (first := day_in(since, house.plan.zone)):
        raise invalid("no-longer-kept", f"Single movements before {days_words(first, first)} are no longer kept. Choose a later day.")


def files_query(request: Request, asked: AskedPeriod, cuts: Collection[str] = ()) -> str:
    """The filters of the page's address for its files: of the period that it shows, cut as it is (`cuts`: by what it can be)."""
    wrong = {"from", "to", "range"} if asked.wrong else set[str]()
    wrong |= {"by"} if cuts and request.query_params.get("by", "") not in cuts else set()
    if not wrong & set(request.query_params):
        return request.url.query
    others = [(name, value) for name, value in request.query_params.multi_items() if name not in wrong]
    return urlencode([*(asked.period.asked.items() if asked.wrong else ()), *others])


def cut_of(request: Request, known: Collection[str], usual: str, *, exact: bool) -> str:
    """`by` of the address: a page shows the usual cut in place of one that there is not, a file (`exact`) is refused."""
    said = request.query_params.get("by") or usual
    if said in known:
        return said
    if exact:
        raise bad_request("bad-parameter", f"by is one of {', '.join(known)}.")
    return usual
