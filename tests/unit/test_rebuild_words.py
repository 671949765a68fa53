"""What `bedflow rebuild` says, and with which exit code."""

import json

import pytest
import typer

from flow.cli.rebuild import _tell, rebuild
from flow.errors import Misconfigured
from flow.history.again import Difference, Verdict

EQUAL = Verdict(letters=12, commands=3, given=18, parked=1)
BED = Difference("bed", "4B-A-01", "differs", ("now", "visit"))
VISIT = Difference("visit", "V1", "stands, and the journal does not give it")
DIFFERENT = Verdict(
    letters=12,
    commands=3,
    differences=[BED, VISIT],
    surprises=["letter 7 led to 2 events and now to 0"],
)


@pytest.mark.parametrize(("from_journal", "check"), [(True, False), (False, True)])
def test_the_journal_is_only_compared(*, from_journal: bool, check: bool) -> None:
    with pytest.raises(Misconfigured, match="--from-journal --check"):
        rebuild(from_journal=from_journal, check=check, as_json=False)


def test_equal_is_said_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    _tell(EQUAL, as_json=False)
    assert capsys.readouterr().out == "equal, 12 letters, 3 commands (18 entries without a journal, 1 letters parked).\n"


def test_differences_are_listed_and_exit_1(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as ended:
        _tell(DIFFERENT, as_json=False)
    assert ended.value.exit_code == 1
    first, *rest = capsys.readouterr().out.splitlines()
    assert first.startswith("different, 12 letters")
    assert [line.strip() for line in rest] == [
        "letter 7 led to 2 events and now to 0",
        "bed 4B-A-01 differs: now, visit",
        "visit V1 stands, and the journal does not give it",
    ]


def test_machines_are_told_all(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit):
        _tell(DIFFERENT, as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert (told["equal"], told["letters"], len(told["differences"])) == (False, 12, 2)
    assert told["differences"][0] == {"entity": "bed", "id": "4B-A-01", "what": "differs", "fields": ["now", "visit"]}
