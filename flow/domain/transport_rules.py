"""Where porters go and how soon they should, `[transport]` of the hospital file."""

from dataclasses import dataclass

EXIT = "exit"
"""The destination of a patient who leaves the house."""
THE_EXIT = "Exit"
"""The same in words, where the hospital file names no other way out."""


@dataclass(frozen=True, slots=True)
class TransportRules:
    """`places` are those that are no beds; `exits` the ways out that have a name (a gate, a discharge lounge); `accept_aim`, `pick_up_aim`
    and `deliver_aim` minutes: asked for to accepted, asked for to picked up, asked for to delivered. A place is chosen from the list, so
    that no name is ever written there."""

    places: tuple[str, ...] = ("Theatre", "X-ray", "CT", "MRI", "Ultrasound", "Laboratory", "Dialysis", "Physiotherapy", "Mortuary")
    accept_aim: int = 10
    pick_up_aim: int = 20
    deliver_aim: int = 40
    exits: tuple[str, ...] = ()
