"""Whoever runs a ward, a clinic or the house sees what its wall shows, a link away."""

import re

import pytest

from flow.domain.roles import Role
from tests.integration.web_house import Web, web

__all__ = ["web"]


@pytest.mark.parametrize(
    ("role", "page", "wall"),
    [
        (Role.NURSE, "/wards/4B", "/displays/ward/ward/4B"),
        (Role.MANAGER, "/command-centre", "/displays/staff/command-centre"),
        (Role.ADMISSIONS, "/opd/ENT", "/displays/public/opd/ENT"),
        (Role.SUPERVISOR, "/supervisor", "/displays/ward/housekeeping"),
    ],
)
async def test_a_page_leads_to_its_wall(web: Web, role: Role, page: str, wall: str) -> None:
    reader = await web.as_role(role, "4B" if role is Role.NURSE else None)
    assert f'href="{wall}"' in (await reader.get(page)).text
    shown = await reader.get(wall)
    assert shown.status_code == 200
    [stream] = re.findall(r'data-stream="([^"]+)"', shown.text)
    assert "audience=staff" not in stream, "a manager sees no names, and is refused a stream for those who do"
