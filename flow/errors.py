"""The three kinds of trouble, sorted by what to do next.

`Refused` is told to the person who asked, word for word; `Unreadable` is laid in the exceptions tray with its reason;
`Unavailable` is tried again. Texts never hold a name or an MRN: they reach logs and screens.
"""


class BedflowError(Exception):
    """Root of all errors raised on purpose. `code` is stable and machine-readable; the text is for people."""

    code = "error"

    def __init__(self, reason: str, *, code: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        if code is not None:
            self.code = code


class Refused(BedflowError):
    """The hospital's rules say no; the reason is shown verbatim to the one who asked."""

    code = "refused"


class Unreadable(BedflowError):
    """Input that cannot be understood; it is kept and laid in the exceptions tray."""

    code = "unreadable"


class Unavailable(BedflowError):
    """A store or a peer is away; the same call may succeed later."""

    code = "unavailable"


class Misconfigured(BedflowError):
    """The installation is wrong (port taken, folder not writable, damaged file); says what to do and ends the program."""

    code = "misconfigured"
