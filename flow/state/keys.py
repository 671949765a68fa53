"""Names of the keys of one hospital's live picture; hash-tagged, so that a cluster keeps them together."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Keys:
    """All keys of a hospital."""

    hospital: str

    def _key(self, name: str) -> str:
        return f"{{bedflow:{self.hospital}}}:{name}"

    @property
    def epoch(self) -> str:
        """`<epoch of the log>:<which picture of it>`, set last when the picture is whole; without it screens are STALE."""
        return self._key("epoch")

    @property
    def head(self) -> str:
        """The Seq of the picture."""
        return self._key("head")

    @property
    def pulse(self) -> str:
        """A hash: `as_of` (until when the picture is known to be whole) and `feed:<id>` (last letter), ISO 8601."""
        return self._key("pulse")

    @property
    def tail(self) -> str:
        """The stream of changes, id = `<Seq>-0`."""
        return self._key("tail")

    def look(self, bed: str) -> str:
        """Who considers a bed just now; runs out by itself."""
        return self._key(f"look:{bed}")

    @property
    def looks(self) -> str:
        """The channel that says that somebody began or ended a look."""
        return self._key("looks")

    @property
    def withheld(self) -> str:
        """The channel that says that a name is withheld, or no longer."""
        return self._key("withheld")

    @property
    def hits(self) -> str:
        """What counted tries begin with (`flow.state.hits`)."""
        return self._key("hits")

    def entity(self, entity: str) -> str:
        """The hash of all live records of an entity by id."""
        return self._key(entity)


ENTITIES = ("bed", "request", "token", "room", "discharge", "transport", "check")
"""What the live picture holds. Visits stay in Postgres: no screen of many needs them."""
