"""`bedflow device ...`: let in a screen or phone by the six digits it shows, from the command line."""

from typing import Annotated

import typer

from flow import main
from flow.cli.start import run, settings
from flow.domain.ids import ClinicId, WardId
from flow.errors import Refused
from flow.history.devices import Devices, Grant

app = typer.Typer(help="Displays and phones.", no_args_is_help=True)


@app.callback()
def devices() -> None:
    """Displays and phones."""


@app.command()
def pair(
    code: Annotated[str, typer.Argument(help="The six digits that the screen shows at /pair.")],
    name: Annotated[str, typer.Option(help="What it is called in the list, like 'Screen by the lifts'.")],
    ward: Annotated[str, typer.Option(help="The ward it shows or cleans.")] = "",
    clinic: Annotated[str, typer.Option(help="The clinic it shows.")] = "",
    audience: Annotated[str, typer.Option(help="public, ward or staff: who stands before it.")] = "public",
) -> None:
    """Let in the screen or phone that shows the code; a phone asks for a PIN of its own at its first use."""
    if audience not in ("public", "ward", "staff"):
        raise Refused(f"There is no audience {audience}; one of public, ward, staff.", code="unknown-audience")

    async def work() -> str:
        async with main.open_house(settings()) as house:
            if (ward and WardId(ward) not in house.plan.ward) or (clinic and ClinicId(clinic) not in house.plan.clinic):
                raise Refused("There is no such ward or clinic.", code="unknown-ward")
            grant = Grant(name, audience, WardId(ward) if ward else None, ClinicId(clinic) if clinic else None)
            return await Devices(house.database, house.vault).pair(code.replace(" ", ""), grant, "command-line", house.clock.now())

    print(f"{name} is let in as {run(work())}.")
