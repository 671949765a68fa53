"""`bedflow device ...`: let in a screen, a phone or a ward station by the six digits it shows, see what each shows, shut one out, from the
command line."""

from typing import Annotated

import typer

from flow import main
from flow.cli.deeds import traced
from flow.cli.start import run, settings
from flow.domain.ids import ClinicId, WardId
from flow.errors import Refused
from flow.history.devices import Devices, Grant
from flow.history.displays import Displays
from flow.history.sounds import Sounds
from flow.locale import called, languages
from flow.views.admin import shows, stamp
from flow.views.display_past import picture
from flow.views.display_sound import hearing

app = typer.Typer(help="Displays, phones and ward stations.", no_args_is_help=True)


@app.callback()
def devices() -> None:
    """Displays, phones and ward stations."""


@app.command()
def pair(
    code: Annotated[str, typer.Argument(help="The six digits that the screen shows at /pair.")],
    name: Annotated[str, typer.Option(help="What it is called in the list, like 'Screen by the lifts'.")],
    ward: Annotated[str, typer.Option(help="The ward it shows, cleans or stands in.")] = "",
    clinic: Annotated[list[str] | None, typer.Option(help="The clinic it shows; several times for those of one waiting hall.")] = None,
    audience: Annotated[str, typer.Option(help="public, ward or staff: who stands before it.")] = "public",
    lang: Annotated[str, typer.Option(help=f"Its language: {', '.join(languages())}; else what is usual there.")] = "",
    light: Annotated[bool, typer.Option(help="Black on white, for bright corridors.")] = False,
) -> None:
    """Let in the screen, phone or ward station that shows the code; a phone asks for a PIN of its own at its first use."""
    if audience not in ("public", "ward", "staff"):
        raise Refused(f"There is no audience {audience}; one of public, ward, staff.", code="unknown-audience")
    if lang and lang not in languages():
        raise Refused(f"There are no words in {lang}; one of {', '.join(languages())}.", code="unknown-language")

    async def work() -> str:
        async with main.open_house(settings()) as house:
            clinics = tuple(map(ClinicId, clinic or ()))
            if (ward and WardId(ward) not in house.plan.ward) or not set(clinics) <= house.plan.clinic.keys():
                raise Refused("There is no such ward or clinic.", code="unknown-ward")
            grant = Grant(name, audience, WardId(ward) if ward else None, clinics, lang=lang, light=light)
            device = await Devices(house.database, house.vault).pair(code.replace(" ", ""), grant, "command-line", house.clock.now())
            await traced(house, "device pair", device=device, ward=ward, clinics=list(clinics), audience=audience)
            return device

    print(f"{name} is let in as {run(work())}.")


@app.command("list")
def listed() -> None:
    """Every device that is let in: what for, when it was last seen, and what a display says it shows."""

    async def work() -> list[str]:
        async with main.open_house(settings()) as house:
            devices = await Devices(house.database, house.vault).all()
            said, now, zone = await Displays(house.database).newest(), house.clock.now(), house.plan.zone
            heard = hearing(await Sounds(house.database).all(), now, called)
        let_in = [device for device in devices if device.revoked_at is None]
        return [
            f"{device.id}  {device.name}: {shows(device)}, seen {stamp(device.seen_at, zone) if device.seen_at else 'never'}"
            + (f", {picture(said.get(device.id), now, zone)}" if device.kind == "display" else "")
            + (f", {heard(device.id).words}" if heard(device.id).words else "")
            for device in let_in
        ]

    print("\n".join(run(work())) or "No device is let in.")


@app.command()
def revoke(device: Annotated[str, typer.Argument(help="Its id, as `bedflow device list` has it.")]) -> None:
    """Shut a device out: within five seconds it shows nothing any more, whichever web process it listens to."""

    async def work() -> bytes | None:
        async with main.open_house(settings()) as house:
            found = await Devices(house.database, house.vault).revoke(device, house.clock.now())
            if found is not None:
                await traced(house, "device revoke", device=device)
            return found

    if run(work()) is None:
        raise Refused(f"There is no device {device}, or it is shut out already.", code="unknown-device")
    print(f"{device} is shut out.")
