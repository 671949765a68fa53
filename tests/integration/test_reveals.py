"""Letters opened for a reason (break-glass): in one list with names that were opened, reviewed there once, by somebody else."""

from datetime import timedelta

import pytest

from flow.domain.opening import LASTS
from flow.domain.roles import Role
from flow.history.pool import NotStored
from tests.integration.test_openings import lying, opens
from tests.integration.test_signin import csrf, signed_in
from tests.integration.web_house import Web, web

__all__ = ["web"]


async def test_letters_that_were_opened_stand_in_the_same_list_and_are_reviewed_there(web: Web) -> None:
    await lying(web)
    await opens(await signed_in(web, "farah", Role.MANAGER))
    web.core.clock.advance(LASTS)
    auditor = await signed_in(web, "lakshmi", Role.AUDITOR)
    reveals, now = web.house.reveals, web.core.clock.now()
    number = await reveals.note(7, "root", ("answer the sender", "their message 4"), now)
    await web.house.database.pool.execute(  # one of before
        "insert into reveal (hospital, letter, actor, reason, at) values ($1, 6, 'root', 'look into an incident: x', $2)",
        *(web.house.plan.id, now - timedelta(days=1)),
    )
    web.core.clock.advance(timedelta(seconds=1))
    web.house.doorkeeper._known.clear()
    page = (await auditor.get("/openings")).text
    assert "Openings · 3 new" in page and page.index("letter 7") < page.index("ward 4B") < page.index("letter 6"), "newest first"
    assert 'href="/integration/letters/7"' in page and "their message 4" in page
    letters, names = [(await auditor.get(f"/openings?by={kind}")).text for kind in ("letters", "names")]
    assert "letter 7" in letters and "ward 4B" not in letters and "letter 7" not in names and "ward 4B" in names
    assert (await auditor.get("/openings.csv?by=wards")).status_code == 400
    file = (await auditor.get("/openings.csv?by=letters")).text
    assert "letter 6" in file and "letter 7" in file and "ward 4B" not in file
    said = {"csrf": await csrf(auditor, "/openings"), "remark": "Asked the sender: right", "new": "yes", "by": "letters"}
    for status in (303, 409):
        answer = await auditor.post(f"/openings/letters/{number}/review", data=said)
        assert answer.status_code == status
    assert (await auditor.post("/openings/letters/99/review", data=said)).status_code == 409
    assert not await reveals.review(number + 1, "root", "my own", now)
    assert await reveals.review(number + 1, "lakshmi", "of before", now)
    web.house.doorkeeper._known.clear()
    page = (await auditor.get("/openings?new=yes&by=letters")).text
    assert "Nothing waits for review." in page and "Openings · 1 new" in page
    assert [(one.remark, one.words) for one in await reveals.of_letter(7, 9)] == [("Asked the sender: right", "their message 4")]
    for deed in ("update reveal_review set reviewed_by = 'x'", "delete from reveal_review", "update reveal_review set words = null"):
        with pytest.raises(NotStored, match="Privilege"):
            async with web.house.database.write() as connection:
                await connection.execute(deed)
