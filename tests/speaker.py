"""A stand-in for espeak-ng on the PATH, which writes down how it was called, and the sound that it makes; and who may do without the
real one."""

import io
import os
import struct
import sys
import wave
from pathlib import Path
from shutil import which

import pytest

RATE = 22_050
_PROGRAM = """#!{python}
import sys, time
if sys.argv[1:] == ["--voices"]:
    print("Pty Language Age/Gender VoiceName File Other")
    for lang in {langs!r}:
        print(" 5 ", lang, "--/M", lang, lang)
    sys.exit()
said = sys.stdin.buffer.read()
with open({log!r}, "ab") as log:
    log.write(" ".join(sys.argv[1:]).encode() + b"|" + said + b"\\n")
time.sleep({pause})
sys.stdout.buffer.write(open({sound!r}, "rb").read())
sys.exit({code})
"""


def left_out(*, here: bool, ci: bool, installable: bool) -> bool:
    """Whether a test of the real program is skipped: where it is not, unless this is CI and it could have been installed (.ci/speaker)."""
    return not here and not (ci and installable)


real_speaker = pytest.mark.skipif(
    left_out(
        here=which("espeak-ng") is not None,
        ci=bool(os.environ.get("CI")),
        installable=os.geteuid() == 0 and which("apt-get") is not None,
    ),
    reason="no espeak-ng here: .ci/speaker (as root) or apt-get install espeak-ng; CI that can install it does not skip this",
)


def wav(seconds: float, *, honest: bool = True) -> bytes:
    """A tone; not `honest`: with the length that a program writes into a pipe."""
    made = io.BytesIO()
    with wave.open(made, "wb") as told:
        told.setparams((1, 2, RATE, 0, "NONE", ""))
        told.writeframes(b"".join(struct.pack("<h", 8000 if n // 50 % 2 else -8000) for n in range(int(RATE * seconds))))
    said = made.getvalue()
    return said if honest else said[:4] + struct.pack("<I", 0x7FFFF024) + said[8:40] + struct.pack("<I", 0x7FFFF000) + said[44:]


class StandIn:
    """The program in a folder that stands first on the PATH."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder / "bin"
        self.folder.mkdir()
        self.log = folder / "said.log"
        monkeypatch.setenv("PATH", f"{self.folder}{os.pathsep}{os.environ['PATH']}")
        self.becomes()

    def becomes(self, langs: tuple[str, ...] = ("en", "hi", "ta"), sound: bytes | None = None, pause: float = 0.0, code: int = 0) -> None:
        """What it does from now on."""
        made = self.folder.parent / "sound.wav"
        made.write_bytes(wav(0.8, honest=False) if sound is None else sound)
        text = _PROGRAM.format(python=sys.executable, langs=langs, log=str(self.log), pause=pause, sound=str(made), code=code)
        program = self.folder / "espeak-ng"
        program.write_text(text)
        program.chmod(0o755)

    def calls(self) -> list[tuple[str, str]]:
        """How it was called to speak: arguments, and the sentence."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        return [(arguments, said) for arguments, _, said in (line.partition("|") for line in lines)]
