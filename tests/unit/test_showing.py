"""What a display has shown: words in a row make stretches, and each moment follows from them and from the connections."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from flow.domain.showing import LATE, ROW, SAYS, SILENT, How, Link, Stretch, Word, begun, goes_on, showing

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


LATER = NOON + timedelta(days=1)


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def word(seq: int, when: float, age: float = 1.0, oldest: float = 2.0) -> Word:
    return Word(seq, at(when - age), age, oldest)


def told(*words: tuple[float, Word]) -> list[Stretch]:
    """The stretches of words said at these seconds after noon."""
    found: list[Stretch] = []
    for when, said in words:
        more = goes_on(found[-1], said, at(when)) if found else None
        found = [*found[:-1], more] if more else [*found, begun("ward:4B", "public", said, at(when))]
    return found


def test_words_in_a_row_are_one_stretch() -> None:
    (only,) = told(*((20.0 * n, word(100 + n, 20.0 * n)) for n in range(200)))
    assert (only.from_seq, only.seq, only.from_at, only.until_at, only.live) == (100, 299, at(0), at(3980), True)


@pytest.mark.parametrize(
    ("second", "live"),
    [
        ((20.0, word(101, 20.0, age=13, oldest=13)), False),
        ((20.0, word(101, 20.0, age=1, oldest=13)), True),
        ((SILENT.total_seconds() + 1, word(101, 51.0)), True),
        ((-1.0, word(101, -1.0)), True),
    ],
)
def test_a_gap_in_what_was_live_begins_another(second: tuple[float, Word], live: bool) -> None:
    """Late now, late in between, silent for too long, or said before the word before (two processes, two clocks)."""
    first, other = told((0.0, word(100, 0.0)), second)
    assert (first.live, other.live, first.until_at) == (True, live, at(0))


def test_a_screen_that_stays_late_adds_a_row_a_minute() -> None:
    found = told(*((20.0 * n, word(100, 20.0 * n, age=100 + 20 * n, oldest=100 + 20 * n)) for n in range(180)))
    assert len(found) <= 3600 / ROW.total_seconds()
    assert not any(stretch.live for stretch in found)


def link(opened: float, heard: float, closed: float | None = None) -> Link:
    return Link("k", "ward:4B", "public", at(opened), at(heard), None if closed is None else at(closed))


LIVE = Stretch("ward:4B", "public", at(0), at(600), 100, 130, at(-1), at(599), True)


def test_within_its_words_a_screen_showed_what_was_true() -> None:
    for when in (0, 1, 300, 600):
        shown = showing([LIVE], [link(-2, 600)], at(when), LATER)
        assert (shown.how, shown.seq, shown.as_of, shown.topics) == (How.SAID, None, None, "ward:4B")


def test_a_second_page_that_was_looked_at_hides_nothing_of_the_first() -> None:
    """Somebody opened another ward's plan on the screen for a minute, in a window of its own."""
    other = replace(LIVE, topics="ward:9C", from_at=at(100), until_at=at(160))
    assert showing([other, LIVE], [link(-2, 600)], at(130), LATER).topics == "ward:9C"
    assert showing([other, LIVE], [link(-2, 600)], at(300), LATER).topics == "ward:4B"
    assert showing([other, LIVE], [link(-2, 600)], at(900), LATER).topics == "ward:4B"


def test_until_its_next_word_is_due_it_goes_on_while_it_is_connected() -> None:
    due = 600 + SAYS.total_seconds()
    assert showing([LIVE], [link(-2, due)], at(due), at(due)).how is How.SAID
    assert showing([LIVE], [link(-2, due)], at(due), LATER).how is How.OLD, "it said nothing more: nobody knows"
    assert showing([LIVE], [link(-2, 601, 601)], at(due), at(due)).how is How.OLD
    assert showing([LIVE], [link(-2, due + 60)], at(due + 1), at(due + 1)).how is How.OLD, "connected, but frozen"


@pytest.mark.parametrize("links", [[link(-2, 600)], [link(-2, 601, 601)], []])
def test_after_its_last_word_it_showed_an_old_picture(links: list[Link]) -> None:
    shown = showing([LIVE], links, at(900), LATER)
    assert (shown.how, shown.seq, shown.as_of, shown.linked) == (How.OLD, 130, at(599), False)


def test_a_late_screen_showed_the_picture_it_says() -> None:
    late = replace(LIVE, live=False, from_seq=90, seq=95, from_as_of=at(-40), as_of=at(-20))
    shown = showing([late], [link(-2, 600)], at(10), LATER)
    assert (shown.how, shown.seq, shown.as_of, shown.linked) == (How.OLD, 90, at(-40), True)


def test_a_screen_that_never_said_a_word_showed_what_it_was_sent() -> None:
    shown = showing([], [link(0, 600)], at(300), LATER)
    assert (shown.how, shown.topics, shown.audience) == (How.SENT, "ward:4B", "public")
    assert showing([LIVE], [link(700, 900)], at(800), LATER).how is How.SENT, "its words are of a connection before"


def test_without_a_word_and_without_a_connection_nothing_is_known() -> None:
    assert showing([], [], at(0), LATER).how is How.UNKNOWN
    assert showing([LIVE], [link(-2, 600)], at(-10), LATER).how is How.UNKNOWN


def test_a_connection_whose_server_died_ended_when_it_was_last_heard_of() -> None:
    lost, silent = link(0, 100), 100 + SILENT.total_seconds()
    assert lost.held(at(silent), at(silent)), "until then it may only be late"
    assert not lost.held(at(silent), at(silent + 1))
    assert lost.held(at(100), LATER)
    assert not lost.held(at(101), LATER)


@pytest.mark.parametrize("seed", range(20))
def test_no_moment_is_called_live_in_which_the_screen_was_not(seed: int) -> None:
    """A screen plays dead and alive at random and speaks every twenty seconds while the network lets it; every second that the audit calls
    said was one whose picture was at most `LATE` old by the screen's own reckoning."""
    random = Random(seed)
    ages, said, age, oldest, cut = [], [], 0, 0, 0
    for second in range(1200):
        cut = random.randrange(5, 90) if not cut and random.random() < 0.01 else max(0, cut - 1)
        age = age + 1 if cut else 0
        oldest = max(oldest, age)
        ages.append(age)
        if not cut and random.random() < 0.01:
            oldest = 1_000_000  # somebody loads the page again
        if second % 20 == 0 and not cut:
            said.append((float(second), word(second, float(second), age=age, oldest=oldest)))
            oldest = 0
    stretches = told(*said)
    for second, was in enumerate(ages[:-40]):
        if showing(stretches, [link(0, 1200)], at(second), LATER).how is How.SAID:
            assert was <= LATE, (seed, second)
