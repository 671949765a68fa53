"""`GET /api/v1/command-centre`: how hard the house is pressed and by which rule, its wards, the longest waits, dirty beds, bottlenecks."""

from datetime import datetime

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from flow.domain.alert_rules import DEFINITIONS_VERSION
from flow.views.bottlenecks import Bottleneck
from flow.views.command_centre import CommandCentre, DirtyTile, SumsTile, WaitsTile, WardTile, command_centre
from flow.views.level_tile import LevelTile
from flow.web.api.wire import listing, picture
from flow.web.parts import House, house_of
from flow.web.problems import forbidden
from flow.web.security.audience import sees_house
from flow.web.security.principal import principal_of


class CommandCentreOut(msgspec.Struct):
    """The house as of a moment and a Seq, by the `version` of the definitions of occupancy, boarders and dirty beds."""

    as_of: datetime
    seq: int
    version: int
    level: LevelTile
    sums: SumsTile
    wards: list[WardTile]
    waits: WaitsTile
    dirty: DirtyTile
    bottlenecks: list[Bottleneck]


async def get_command_centre(request: Request) -> Response:
    """The whole house on one page, without anybody's name."""
    house = house_of(request)
    check_house(request)
    now = house_now(house)
    return listing(
        request,
        CommandCentreOut(
            as_of=house.live.as_of,
            seq=house.live.seq,
            version=DEFINITIONS_VERSION,
            level=now.level,
            sums=now.sums,
            wards=list(now.wards),
            waits=now.waits,
            dirty=now.dirty,
            bottlenecks=list(now.bottlenecks.rows),
        ),
    )


def check_house(request: Request) -> None:
    """A clinic's or a public screen is not for this."""
    if not sees_house(principal_of(request)):
        raise forbidden("The command centre is for staff of the whole house.")


def house_now(house: House) -> CommandCentre:
    """As the live picture has it; 503 while there is none."""
    picture(house)
    return command_centre(house.plan, house.live.beds, house.live.requests.values(), house.live.as_of, house.live.pressed)
