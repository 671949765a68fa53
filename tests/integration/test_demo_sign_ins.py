"""The demo's sign-ins: for each ward there is a nurse who may answer what the ward is asked."""

import json
from pathlib import Path
from typing import IO

import pytest

from flow.dev import sign_ins
from flow.dev.sign_ins import OF_WARD, demo_sign_ins, shown
from flow.domain.roles import May, may
from tests.integration.web_house import Web, web

__all__ = ["web"]


async def test_every_ward_has_somebody_to_answer(web: Web, tmp_path: Path) -> None:
    accounts, plan = web.house.accounts, web.core.desk.plan
    made = await demo_sign_ins(accounts, plan, tmp_path / "sign-ins.json")
    for ward in plan.wards:
        password = next(word for name, _, word in made if name == f"{OF_WARD}{ward.id.casefold()}")
        account = await accounts.sign_in(f"{OF_WARD}{ward.id.casefold()}", password)
        assert account is not None and may(account.role, May.ANSWER, account.ward, ward.id)
    assert await demo_sign_ins(accounts, plan, tmp_path / "sign-ins.json") == made, "a second start prints the same"


async def test_a_kill_while_they_are_kept_leaves_the_file_before(web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And whoever waits for the file never reads half of it."""
    path = tmp_path / "sign-ins.json"

    def killed(_passwords: object, file: IO[str]) -> None:
        file.write('{"desk": ')
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(sign_ins.json, "dump", killed)
        with pytest.raises(KeyboardInterrupt):
            await demo_sign_ins(web.house.accounts, web.core.desk.plan, path)
    assert not path.exists()
    made = await demo_sign_ins(web.house.accounts, web.core.desk.plan, path)
    assert len(made) == len(json.loads(path.read_text()))


async def test_the_wards_nurses_stand_in_one_line(web: Web, tmp_path: Path) -> None:
    lines = shown(await demo_sign_ins(web.house.accounts, web.core.desk.plan, tmp_path / "sign-ins.json"))
    people = ["desk", "nurse", "cleaner", "supervisor", "porter", "clinic", "doctor", "pharmacy", "billing", "manager", "admin", "auditor"]
    assert [name for name, _, _ in lines] == [*people, "nurse-..."]
    assert lines[-1][1] == "nurse of 4b, icu" and lines[-1][2] == lines[1][2]
