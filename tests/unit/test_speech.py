"""The server's speaker: the command that is built, the voices it lists, and sound that browsers take."""

import io
import wave

import pytest

from flow.errors import Unavailable
from flow.speech import LONGEST, Speech, command, voices_of, whole
from tests.speaker import wav

LIST = """Pty Language       Age/Gender VoiceName          File                 Other Languages
 5  af              --/M      Afrikaans          gmw/af
 2  en-gb           --/M      English_(Great_Britain) gmw/en               (en 2)
 5  hi              --/M      Hindi              inc/hi
"""


def test_the_command_is_a_list_of_words_and_holds_no_sentence() -> None:
    assert command("/usr/bin/espeak-ng", "hi") == ("/usr/bin/espeak-ng", "-v", "hi", "-s", "145", "-b", "1", "--stdin", "--stdout")


def test_it_speaks_the_languages_that_it_lists() -> None:
    assert voices_of(LIST) == {"af", "en", "hi"}
    assert voices_of("") == voices_of("sh: no such thing\n") == frozenset()


def test_a_made_up_length_is_mended() -> None:
    """What is written into a pipe cannot know its own length beforehand."""
    endless = wav(1.0, honest=False)
    with wave.open(io.BytesIO(whole(endless))) as told:
        assert (told.getnframes(), told.getframerate()) == (22_050, 22_050)


async def test_one_that_ends_before_it_is_told_anything_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """uvloop calls a closed end a RuntimeError."""

    class Ended:
        returncode = 0
        stdout = object()

        @property
        def stdin(self) -> "Ended":
            return self

        def write(self, text: bytes) -> None:
            raise RuntimeError("the handler is closed")

    async def started(*_line: str, **_how: object) -> Ended:
        return Ended()

    monkeypatch.setattr("flow.speech.asyncio.create_subprocess_exec", started)
    monkeypatch.setattr("flow.speech.shutil.which", lambda name: "/usr/bin/espeak-ng")
    assert await Speech().voices() == frozenset()


@pytest.mark.parametrize("said", [b"", b"RIFF", b"espeak: no such voice", wav(0.0)])
def test_what_is_no_sound_is_no_voice(said: bytes) -> None:
    with pytest.raises(Unavailable, match="espeak-ng"):
        whole(said)


async def test_without_a_speaker_and_for_too_many_words_there_is_no_voice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    speech = Speech()
    assert (speech.program(), await speech.voices()) == (None, frozenset())
    with pytest.raises(Unavailable, match="no voice for hi"):
        await speech.read_out("कृपया", "hi")
    monkeypatch.setattr(speech, "program", lambda: "/there")
    monkeypatch.setattr(speech, "_voices", ("/there", frozenset({"hi"})))
    with pytest.raises(Unavailable, match=f"more than {LONGEST}"):
        await speech.read_out("x" * (LONGEST + 1), "hi")
