"""Whom a frame is written to with no question, and whom it is given to."""

from dataclasses import dataclass, field
from operator import methodcaller

from realtime.frames import Frame, Packet, tiles_frame
from realtime.listeners import SLICE, Delivery, Listeners
from realtime.mailbox import Mailbox, Pace


@dataclass(eq=False)
class Screen:
    """A client that says itself how it keeps up."""

    up: bool = True
    written: list[bytes] = field(default_factory=list)
    given: list[Frame] = field(default_factory=list)
    pace: Pace | None = None
    closed: bool = False

    def write(self, chunk: bytes) -> None:
        if self.closed:
            raise RuntimeError("the handler is closed")
        self.written.append(chunk)

    def put(self, frame: Frame) -> None:
        self.given.append(frame)

    def beat(self, beat: Packet) -> None:
        raise NotImplementedError

    def say(self, name: str, said: Packet) -> None:
        raise NotImplementedError

    def close(self, farewell: Packet) -> None:
        raise NotImplementedError

    def paced_by(self, pace: Pace) -> None:
        self.pace = pace
        self.step(up=self.up)

    def step(self, *, up: bool) -> None:
        assert self.pace is not None
        if up:
            self.pace.keeps_up(self, self.write)
        else:
            self.pace.falls_behind(self)


FRAME = tiles_frame(1, "now", {"a": b'"x"'})


def delivery(listeners: Listeners) -> Delivery:
    return listeners.deliver(FRAME.packet.chunk, methodcaller("put", FRAME))


def heard(*screens: Screen) -> list[tuple[int, int]]:
    return [(len(screen.written), len(screen.given)) for screen in screens]


def test_each_is_reached_once_however_it_keeps_up_and_by_as_many_steps_as_there_are_slices() -> None:
    listeners, box = Listeners(), Mailbox()
    screens = [Screen(up=number % 3 > 0) for number in range(3 * SLICE)]
    for screen in screens:
        listeners.add(screen)
    listeners.add(box)
    assert len(list(delivery(listeners))) == 4
    assert set(heard(*screens)) == {(1, 0), (0, 1)}
    assert [not screen.up for screen in screens] == [bool(screen.given) for screen in screens]
    assert box.waiting
    assert len(listeners) == len(listeners.everybody()) == len(screens) + 1


def test_who_falls_behind_is_given_frames_until_it_has_caught_up() -> None:
    listeners, screen = Listeners(), Screen()
    listeners.add(screen)
    list(delivery(listeners))
    screen.step(up=False)
    list(delivery(listeners))
    screen.step(up=True)
    list(delivery(listeners))
    assert heard(screen) == [(2, 1)]


def test_whom_it_goes_to_is_settled_when_it_is_made() -> None:
    listeners, early, late = Listeners(), Screen(), Screen()
    listeners.add(early)
    under_way = delivery(listeners)
    listeners.add(late)
    list(under_way)
    assert heard(early, late) == [(1, 0), (0, 0)]


def test_one_that_ended_between_two_slices_hinders_nobody_and_one_that_is_gone_stays_gone() -> None:
    listeners, screens = Listeners(), [Screen() for _ in range(SLICE + 2)]
    for screen in screens:
        listeners.add(screen)
    under_way = delivery(listeners)
    next(under_way)
    ended = screens[SLICE]
    ended.closed = True
    listeners.remove(ended)
    list(under_way)
    assert heard(ended, screens[-1]) == [(0, 0), (1, 0)]
    ended.step(up=True)
    ended.step(up=False)
    assert ended not in listeners.everybody()
