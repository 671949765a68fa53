"""Second factors on the screen: asking for one, setting one up, codes to print, and asking once more before what is dangerous.

Drawn by templates/login.
"""

from dataclasses import dataclass

from flow.views.page import Chrome


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody can show: an app's code, a passkey (at the hospital's own address `origin` alone), what the hospital's `provider` asks
    for, else the password."""

    app: bool
    passkeys: bool
    origin: str
    provider: str = ""

    @property
    def password(self) -> bool:
        """There is nothing else."""
        return not (self.app or self.passkeys or self.provider)


@dataclass(frozen=True, slots=True)
class SecondPage:
    """After the password. `next` is where to go on to, `refused` why the last try failed."""

    chrome: Chrome
    asked: Asked
    next: str
    refused: str = ""


@dataclass(frozen=True, slots=True)
class SetUpPage:
    """An app (`qr` as SVG, `letters` the same to type) or a passkey; `ticket` goes back with the code. `action` is where the code goes,
    `keys` where a new passkey's options come from and where it goes; `must`: nothing else opens before."""

    chrome: Chrome
    qr: str
    letters: str
    ticket: str
    origin: str
    action: str
    keys: str
    must: bool
    next: str = "/"
    refused: str = ""


@dataclass(frozen=True, slots=True)
class FirstPassword:
    """Before anything else: a password of one's own, of `least` characters, for `account`."""

    chrome: Chrome
    account: str
    least: int
    next: str
    refused: str = ""


@dataclass(frozen=True, slots=True)
class CodesPage:
    """Recovery codes, the only time that they are shown; empty where there are some from before. `done` says what was set up."""

    chrome: Chrome
    codes: tuple[str, ...]
    next: str
    done: str


@dataclass(frozen=True, slots=True)
class ProvePage:
    """Before something dangerous: `action` is sent again with these `fields` and what is shown now. `whole`: on a page of its own, where
    passkeys can be shown; a part of another page leads there."""

    chrome: Chrome
    asked: Asked
    action: str
    fields: tuple[tuple[str, str], ...]
    refused: str = ""
    whole: bool = True
