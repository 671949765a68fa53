"""A letter's text is shown without anything that may speak of a person."""

from flow.web.api.letters import masked_text

ADT = (
    "MSH|^~\\&|HIS|H|BF|H|20260101||ADT^A01|77|P|2.5\rEVN|A01|202601010900|||OP^Canary\r"
    "PID|1||CANARY-MRN||Canary^Name\rPV1|1|I|4B^A^1|||OLD^A^2|DOC^Canary||||||||||||V-1\rPV2||| Canary complaint\rZZZ|Canary"
)


def test_people_are_dots_and_places_are_not() -> None:
    shown = masked_text(ADT.encode())
    assert "canary" not in shown.lower()
    assert "PID|•••" in shown
    assert "4B^A^1" in shown and "OLD^A^2" in shown and "V-1" not in shown.replace("|V-1", "")
    assert shown.splitlines()[0].endswith("2.5")


def test_rubbish_is_dots() -> None:
    assert masked_text(b"Canary without any segment\r\x00\xff|x") == "•••\n•••"
