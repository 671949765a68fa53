"""Sentences read out here, for televisions whose browser has no voice of a language: before it a call's words, after it a WAV.

The speaker is espeak-ng, a Debian package, where it is installed: called by its name, on no shell, with the words on its standard input.
What it makes is kept while it is among the last; how long it may take, how much it may say and how many there are at once is bounded.
"""

import asyncio
import io
import os
import shutil
import wave
from collections import OrderedDict
from collections.abc import Sequence

import structlog

from flow.errors import Unavailable

log = structlog.get_logger()
SPEAKER = "espeak-ng"
PACE = 145
"""Words a minute: a hall listens for its own number."""
PATIENCE = 5.0
LONGEST = 500
MOST_BYTES = 4 * 1024 * 1024
AT_ONCE, IN_LINE = 2, 12
KEPT_BYTES = 24 * 1024 * 1024
_LIST = ("--voices",)


def command(program: str, lang: str) -> tuple[str, ...]:
    """What reads its standard input (UTF-8) out in a language and writes a WAV; no word of a sentence is among its arguments."""
    return (program, "-v", lang, "-s", str(PACE), "-b", "1", "--stdin", "--stdout")


class Speech:
    """The speaker of one process, found by its name each time, so that one that is installed later is heard without a restart."""

    def __init__(self, name: str = SPEAKER) -> None:
        self.name = name
        self._voices: tuple[str, frozenset[str]] = ("", frozenset())
        self._kept: OrderedDict[tuple[str, str], bytes] = OrderedDict()
        self._making: dict[tuple[str, str], asyncio.Task[bytes]] = {}
        self._turns = asyncio.Semaphore(AT_ONCE)

    def program(self) -> str | None:
        """Where it is; None where it is not installed."""
        return shutil.which(self.name)

    async def voices(self) -> frozenset[str]:
        """The languages it speaks; none where it is not installed or does not answer."""
        program = self.program()
        if program is None:
            return frozenset()
        if self._voices[0] != program:
            try:
                listed = await self._ran((program, *_LIST), "")
            except Unavailable:
                return frozenset()
            self._voices = (program, voices_of(listed.decode("utf-8", "replace")))
        return self._voices[1]

    async def read_out(self, text: str, lang: str) -> bytes:
        """The WAV of a sentence; made once, whoever asks for it meanwhile. Raises Unavailable where there is no voice, none in time, or too
        many wait."""
        key = (lang, text)
        if (known := self._kept.get(key)) is not None:
            self._kept.move_to_end(key)
            return known
        if key not in self._making:
            if len(self._making) >= IN_LINE:
                raise Unavailable("Too many calls are being read out just now.", code="busy")
            self._making[key] = asyncio.create_task(self._made(text, lang))
            self._making[key].add_done_callback(lambda task: self._keep(key, task))
        return await asyncio.shield(self._making[key])

    def _keep(self, key: tuple[str, str], task: "asyncio.Task[bytes]") -> None:
        del self._making[key]
        if task.cancelled() or task.exception() is not None:
            return
        self._kept[key] = task.result()
        while sum(map(len, self._kept.values())) > KEPT_BYTES:
            self._kept.popitem(last=False)

    async def _made(self, text: str, lang: str) -> bytes:
        program = self.program()
        if program is None or lang not in await self.voices():
            raise Unavailable(f"This server has no voice for {lang}. Install {SPEAKER}.", code="no-voice")
        if len(text) > LONGEST:
            raise Unavailable(f"This call has more than {LONGEST} characters: nobody would wait for its end.", code="too-long")
        return whole(await self._ran(command(program, lang), text))

    async def _ran(self, line: Sequence[str], text: str) -> bytes:
        """What it writes. Raises Unavailable where it fails, writes too much or takes too long."""
        async with self._turns:
            try:
                return await _output(line, text.encode())
            except (OSError, TimeoutError) as error:
                log.warning("speech.failed", kind=type(error).__name__)
                raise Unavailable(f"{SPEAKER} does not answer.", code="no-voice") from error


async def _output(line: Sequence[str], text: bytes) -> bytes:
    """Raises OSError where it cannot be started, writes too much or ends badly; TimeoutError."""
    pipe, nowhere = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
    bare = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"}
    process = await asyncio.create_subprocess_exec(*line, stdin=pipe, stdout=pipe, stderr=nowhere, env=bare)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        async with asyncio.timeout(PATIENCE):
            _tell(process.stdin, text)
            said = await _most(process.stdout)
            if await process.wait():
                raise OSError("ended with an error")
            return said
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def _tell(end: asyncio.StreamWriter, text: bytes) -> None:
    """Raises OSError where it has ended meanwhile: uvloop calls that a fault of ours."""
    try:
        end.write(text)
        end.close()
    except RuntimeError as error:
        raise BrokenPipeError from error


async def _most(stream: asyncio.StreamReader) -> bytes:
    try:
        await stream.readexactly(MOST_BYTES + 1)
    except asyncio.IncompleteReadError as ended:
        return ended.partial
    raise OSError("writes too much")


def voices_of(table: str) -> frozenset[str]:
    """The languages of the list it prints, a line each: priority, language (`hi`, `en-gb`), and more."""
    rows = [line.split() for line in table.splitlines()]
    return frozenset(row[1].partition("-")[0].lower() for row in rows if len(row) > 3 and row[0].isdigit())


def whole(said: bytes) -> bytes:
    """A WAV as browsers like it: what is written into a pipe says a made-up length. Raises Unavailable where it is none, or silent."""
    made = io.BytesIO()
    try:
        with wave.open(io.BytesIO(said)) as found, wave.open(made, "wb") as told:
            frames = found.readframes(len(said))
            told.setparams((found.getnchannels(), found.getsampwidth(), found.getframerate(), 0, "NONE", ""))
            told.writeframes(frames)
    except (wave.Error, EOFError) as error:
        raise Unavailable(f"{SPEAKER} wrote no sound.", code="no-voice") from error
    if not frames:
        raise Unavailable(f"{SPEAKER} said nothing.", code="no-voice")
    return made.getvalue()
