"""Administration: paired devices and people; and the buttons that revoke, add and close."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from flow.domain.audit import Kind
from flow.domain.ids import WardId
from flow.domain.roles import May, Role
from flow.errors import Refused
from flow.history.accounts import Account
from flow.history.devices import Station
from flow.locale import called
from flow.views.admin import AdminPage, admin_page
from flow.views.backup import BackupPanel, backup_panel
from flow.views.display_past import picture
from flow.views.display_sound import hearing
from flow.web.pages.form import form_of
from flow.web.pages.page import chrome, html
from flow.web.parts import house_of
from flow.web.problems import forbidden, invalid, unknown
from flow.web.security.entrance import end_at, end_everywhere
from flow.web.security.principal import principal_of
from flow.witness import happened


async def page(request: Request) -> Response:
    """The administrator's page; each part for those who may see it."""
    return html(request, "admin/page.html", await _view(request, await _backup(request)))


async def board(request: Request) -> Response:
    """Its devices again, as they stand now."""
    return html(request, "admin/_devices.html", await _view(request))


async def _backup(request: Request) -> BackupPanel | None:
    house = house_of(request)
    return backup_panel(await house.upkeep.backup(), house.plan.zone) if principal_of(request).may(May.USERS_READ) else None


async def _view(request: Request, backup: BackupPanel | None = None) -> AdminPage:
    house, principal = house_of(request), principal_of(request)
    now, said = house.clock.now(), await house.displays.newest()
    return admin_page(
        chrome(request, "Administration"),
        house.plan,
        now,
        devices=await house.devices.all(),
        users=await house.accounts.all() if principal.may(May.USERS_READ) else (),
        provider=house.provider.name if house.provider is not None else "",
        second=await house.factors.held() if principal.may(May.USERS_READ) else frozenset(),
        badges=await house.badges.held() if principal.may(May.USERS_READ) else {},
        practitioners=await house.practitioners.codes() if principal.may(May.USERS_READ) else {},
        codes=await house.practitioners.known() if principal.may(May.USERS) else {},
        may_pair=principal.may(May.PAIR),
        may_write=principal.may(May.USERS),
        sees_letters=principal.may(May.LETTERS),
        sees_tokens=principal.may(May.USERS_READ),
        pictures=lambda device: picture(said.get(device), now, house.plan.zone),
        hearing=hearing(await house.hall.sounds.all(), now, called),
        backup=backup,
    )


async def revoke(request: Request) -> Response:
    """Shut a device out; it goes dark within five seconds, whichever process its stream is in (`Watch`)."""
    house, number = house_of(request), request.path_params["device"]
    device = next((each for each in await house.devices.all() if each.id == number and each.revoked_at is None), None)
    if device is None:
        raise unknown("unknown-device", "There is no such device, or it is revoked already.")
    if device.kind != "phone" and not principal_of(request).may(May.USERS):
        raise forbidden("Only an administrator shuts a wall display or a ward station out.")
    digest = await house.devices.revoke(device.id, house.clock.now())
    if digest is not None:
        house.watch.cut(digest)
        house.doorkeeper.forget_digest(digest)
    if device.kind == "station" and device.ward is not None:
        await end_at(house, Station(device.id, device.name, device.ward))
    happened(Kind.SHUT_OUT, of=device.kind, named=device.name)
    return RedirectResponse("/admin", 303)


async def add_user(request: Request) -> Response:
    """Make an account."""
    form, house = await form_of(request), house_of(request)
    role, ward, name = form.word("role", Role), form.text("ward"), form.needed("account", longest=40)
    if role is None or (ward and ward not in house.plan.ward):
        raise invalid("unknown-role", "Say which role, and a ward that there is.")
    if role is Role.NURSE and not ward:
        raise invalid("ward-missing", f"Say which ward: a {role} sees the people of one ward.")
    if any(account.id == name and not account.disabled for account in await house.accounts.all()):
        raise Refused(f"There is an account {name} already.", code="account-exists")
    account = Account(name, form.needed("name", longest=80), role, WardId(ward) if ward else None, given=True)
    await house.accounts.add(account, form.secret("password"), house.clock.now())
    return RedirectResponse("/admin", 303)


async def reset_second_factor(request: Request) -> Response:
    """No second factor any more for somebody who lost it; they are signed out, and set one up when they sign in again."""
    house, name = house_of(request), request.path_params["user"]
    if name == principal_of(request).id:
        raise Refused("You cannot reset your own second factor; another administrator can.", code="own-account")
    if name not in await house.factors.held():
        raise unknown("unknown-account", "There is no such account, or it has no second factor.")
    await house.factors.reset(name)
    await end_everywhere(house, name)
    happened(Kind.CREDENTIAL, principal_of(request).id, principal_of(request).role, what="second factor reset", of=name)
    return RedirectResponse("/admin", 303)


async def close_user(request: Request) -> Response:
    """Close an account; whoever is signed in under it is signed out."""
    house, name = house_of(request), request.path_params["user"]
    if name == principal_of(request).id:
        raise Refused("You cannot close your own account; another administrator can.", code="own-account")
    if not await house.accounts.disable(name, house.clock.now()):
        raise unknown("unknown-account", "There is no such account, or it is closed already.")
    await house.sessions.end_all(name)
    return RedirectResponse("/admin", 303)
