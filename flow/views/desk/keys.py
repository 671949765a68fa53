"""The desk's keyboard, in groups, as the help overlay lists it.

`templates/desk/_keys.html` draws it; static/js/desk.js and desk-choice.js say what each key does (`Desk.keys.set`), under the same names.
A browser test holds the two together: no key listed that does nothing, no key that does something and is not listed.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Key:
    """`keys` as `KeyboardEvent.key` names them (letters small), any of which does what `words` say; `caps` as they are printed."""

    keys: tuple[str, ...]
    words: str
    caps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KeyGroup:
    """One heading of the overlay. `foot`: its keys stand at the foot of the page, too."""

    words: str
    keys: tuple[Key, ...]


_PRINTED = {"ArrowDown": "↓", "ArrowUp": "↑", "ArrowRight": "→", "ArrowLeft": "←", "Escape": "Esc"}


def _key(words: str, *keys: str) -> Key:
    return Key(keys, words, tuple(_PRINTED.get(key, key.upper() if len(key) == 1 else key) for key in keys))


KEYS: tuple[KeyGroup, ...] = (
    KeyGroup(
        "The list",
        (
            _key("Next patient", "j", "ArrowDown"),
            _key("Patient before", "k", "ArrowUp"),
            _key("Search", "/"),
            _key("Only one ward", "w"),
            _key("Only one priority", "f"),
            _key("Show all again", "c"),
            _key("Held beds, one after another", "d"),
            _key("Assign the held bed", "a"),
            _key("Let go of the held bed", "z"),
            _key("Promised beds", "g"),
            _key("Lapsed requests", "l"),
            _key("Patients without a bed", "m"),
            _key("Conflicts to settle", "s"),
            _key("Plan all together", "t"),
        ),
    ),
    KeyGroup(
        "The patient",
        (
            _key("New request", "n"),
            _key("Somebody whom nobody knows", "y"),
            _key("Edit", "e"),
            _key("Priority", "p"),
            _key("Ready to move, or not", "r"),
            _key("Say who it is", "i"),
            _key("Take off the list", "x"),
        ),
    ),
    KeyGroup(
        "The bed",
        (
            _key("Assign the best bed", "Enter"),
            _key("Assign another suggestion", "2", "3", "4", "5"),
            _key("Another bed", "o"),
            _key("Hold the bed looked at", "h"),
            _key("Rank again", "b"),
            _key("Among the beds", "ArrowRight"),
            _key("Back to the list", "ArrowLeft"),
            _key("Undo", "u"),
        ),
    ),
    KeyGroup("This page", (_key("All keys", "?"), _key("Close, forget a refusal", "Escape"))),
)
"""What the admissions desk does by keyboard."""
