"""What a bed's row on the nurse's page tells of its patient's care. `ward_care` fills it, `ward_page` carries it."""

from dataclasses import dataclass, field

from flow.views.apart import Wrong
from flow.views.ward_places import Choice

KINDS = (Choice("contact", "Contact"), Choice("droplet", "Droplet"), Choice("airborne", "Airborne"))


@dataclass(frozen=True, slots=True)
class Nearer:
    """A bed nearer the station: free, or (`swap`) one whose patient may change with this one; `name` theirs, where the reader may know."""

    bed: str
    swap: bool
    name: str = ""


@dataclass(frozen=True, slots=True)
class RowCare:
    """`isolation` is the kind, `comer` who comes to a promised bed, `against` the rules that the bed breaks and why it may, `seen` when the
    ward saw what the feed has not told, `acuity` how ill the patient is, in words, `level` the same where it still counts, `risen` how
    long ago the score turned high that nobody has seen yet, `nearer` where who must be watched should lie, `wrong` that who is in
    isolation lies in no bed for it; `closes` why it goes out of use when empty, which the reader may say (`may_close`) or take back
    (`may_keep`); `let_go` is the request whose promise the reader may take back; `may_arrive`: the reader may say that who was promised the
    bed has come."""

    isolation: str = ""
    organism: str = ""
    comer: str = ""
    against: str = ""
    seen: str = ""
    acuity: str = ""
    level: str = ""
    risen: str = ""
    nearer: Nearer | None = None
    wrong: Wrong | None = None
    closes: str = ""
    may_arrive: bool = False
    may_hold: bool = False
    let_go: str = ""
    may_close: bool = False
    may_keep: bool = False
    kinds: tuple[Choice, ...] = field(default=KINDS)


NO_ROW_CARE = RowCare()
