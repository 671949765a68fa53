"""The burst's screen hears the tile of the bed that is clicked, as the other displays of the benchmarks hear theirs."""

from tests.benchmarks.burst_load import Watched
from tests.benchmarks.screen_load import Display, Timing

FRAME = b'HTTP/1.1 200 OK\r\n\r\nid: 7\nevent: tiles\ndata: {"seq":7,"tiles":[{"id":"A1","state":"dirty"},{"id":"A2","state":"free"}]}\n\n'


async def test_a_screen_that_is_watched_shows_the_state_of_its_bed() -> None:
    screen, other = Watched("A1"), Timing()
    for timing in (screen, other):
        display = Display(timing, "4B", "token")
        display.data_received(FRAME)
        assert display.open.done()
    assert screen.state == "dirty"
    assert screen.moved.is_set()
