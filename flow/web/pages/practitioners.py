"""Whose patients a doctor's account sees the names of: the codes by which the feeds name that doctor, said by an administrator."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from flow.domain.audit import Kind
from flow.domain.roles import Role
from flow.errors import Refused
from flow.history.practitioners import typed_codes
from flow.web.pages.form import form_of
from flow.web.parts import house_of
from flow.web.problems import unknown
from flow.web.security.principal import principal_of
from flow.witness import happened


async def bind(request: Request) -> Response:
    """Say by which codes the feeds name a doctor."""
    form, house, name = await form_of(request), house_of(request), request.path_params["user"]
    codes = typed_codes(form.text("codes", longest=400))
    account = next((each for each in await house.accounts.all() if each.id == name and not each.disabled), None)
    if account is None:
        raise unknown("unknown-account", "There is no such account.")
    if account.role is not Role.DOCTOR:
        raise Refused("Only a doctor's account goes by doctor's codes.", code="no-doctor")
    await house.practitioners.bind(name, codes)
    happened(Kind.CREDENTIAL, principal_of(request).id, principal_of(request).role, what="doctor's codes", of=name, codes=codes)
    return RedirectResponse("/admin", 303)
