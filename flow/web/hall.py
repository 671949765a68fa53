"""What the web room has for the waiting hall alone: who came by Scan & Share, the addresses on slips, how televisions stand, who is written
to in which language, and the voice that reads calls out."""

from flow.history.pool import Database
from flow.history.shares import Shares
from flow.history.sounds import Sounds
from flow.history.tongues import Tongues
from flow.speech import Speech
from flow.vault import Vault
from flow.web.slips import Slips


class Hall:
    """That of one hospital."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self.shares = Shares(database, vault)
        self.slips = Slips(vault)
        self.sounds = Sounds(database)
        self.tongues = Tongues(database)
        self.speech = Speech()
