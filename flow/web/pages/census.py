"""The census as a page to print: of the house or of one ward, with the names that its reader may see; still there when Postgres is not."""

from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response

from flow.domain.ids import WardId
from flow.domain.roles import May, Reach
from flow.locale import DEFAULT, languages, words
from flow.views.census import Whom
from flow.views.census_page import CensusPage, Sees, WardLink, census_sheets, for_reader
from flow.views.words import Words
from flow.web.names import masked_name
from flow.web.pages.page import chrome, html
from flow.web.parts import house_of
from flow.web.security.principal import Principal, principal_of
from flow.witness import broke_glass, saw


async def page(request: Request) -> Response:
    """The whole house; whoever is bound to a ward gets that ward's."""
    return await _page(request, principal_of(request).only_ward(May.CENSUS))


async def of_ward(request: Request) -> Response:
    """One ward."""
    return await _page(request, request.path_params["ward"])


async def _page(request: Request, ward: str | None) -> Response:
    house, principal = house_of(request), principal_of(request)
    made = await house.census.newest()
    shown = for_reader(made, _sees(principal), only=WardId(ward) if ward is not None else None) if made is not None else None
    said = words(request.query_params.get("lang", DEFAULT))
    view = CensusPage(
        replace(chrome(request, "Census"), lang=said.lang),
        census_sheets(shown, house.clock.now(), said) if shown is not None else None,
        _wards(request, principal, ward, said),
        named=principal.reach(May.NAMES) is not Reach.NO or principal.opened is not None,
        enters=_enters(principal, ward),
        words=said,
        languages=tuple(WardLink(f"{request.scope['path']}?lang={each}", each.name, each == said.lang) for each in languages()),
    )
    return html(request, "census/page.html", view)


def _enters(principal: Principal, ward: str | None) -> str:
    """Where the reader enters what stands on this paper."""
    if not principal.may(May.ENTER_BACK):
        return ""
    return f"/back-entry/{ward}" if ward is not None and principal.only_ward(May.ENTER_BACK) in (None, ward) else "/back-entry"


def _wards(request: Request, principal: Principal, ward: str | None, said: Words) -> tuple[WardLink, ...]:
    """The house and its wards, in the language that is read; nothing to choose for whoever is bound to one."""
    if principal.only_ward(May.CENSUS) is not None:
        return ()
    kept = f"?lang={said.lang}" if said.lang != DEFAULT else ""
    wards = (WardLink(f"/census/{each.id}{kept}", str(each.id), each.id == ward) for each in house_of(request).plan.wards)
    return (WardLink(f"/census{kept}", said.say("The whole house"), ward is None), *wards)


def _sees(principal: Principal) -> Sees:
    """What this reader may know of a patient, by the ward they lie in."""
    masked = principal.reach(May.NAMES) is Reach.MASKED

    def sees(ward: WardId | None, whom: Whom) -> Whom:
        named = principal.sees_names(ward, whom.patient)
        if (named or masked) and whom.patient is not None:
            saw([whom.patient])
            broke_glass([whom.patient] if principal.breaks_glass(ward, whom.patient) else ())
        return whom if named else replace(whom, name=masked_name(whom.name) if masked else "", mrn="", patient=None)

    return sees
