"""Whatever stands in a message's fields, it is understood or kept; never a fault, and never a name in a reason."""

from hypothesis import given, settings
from hypothesis import strategies as st

from adt_feed.mapping import Reading
from adt_feed.mapping.triggers import TRIGGERS
from adt_feed.message import Message
from flow.codec import encode_command
from flow.errors import Unreadable
from tests.unit.test_mapping import reading

WORDS = st.sampled_from(
    [
        "",
        '""',
        "4B^A^1",
        "00010101",
        "99991231235959-1200",
        "20260230",
        "V1",
        "&&&",
        "~~",
        "^^^^",
        "\\F\\",
        "²³",
        "M",
        "٣٤",
        "Rao^M~X",
        "E" * 300,
    ]
)
LINES = st.builds(
    lambda name, fields: "|".join([name, *fields]),
    st.sampled_from(["EVN", "PID", "PV1", "PV2", "MRG", "NPU", "ZBE"]),
    st.lists(WORDS, max_size=50),
)


@settings(max_examples=500)
@given(st.sampled_from(sorted(TRIGGERS)), WORDS, WORDS, st.lists(LINES, max_size=6))
def test_any_fields_are_understood_or_kept(trigger: str, sent: str, control: str, lines: list[str]) -> None:
    message = Message.parse("\r".join([f"MSH|^~\\&|HIS|HOSP|||{sent}||ADT^{trigger}|{control}|P|2.5", *lines]).encode())
    found, reason = Reading(), ""
    try:
        found = reading(message)
    except Unreadable as problem:
        reason = problem.reason
    assert "Rao" not in reason
    for command in found.commands:
        encode_command(command)
