"""The desk: the one writer. Letters and clicks queue here, are decided in order against the hospital as it stands, and are
committed in groups; a click's answer goes back after COMMIT.

Before it: the inbox (letters) and the web (commands). After it: the relay, woken at each commit. Whichever process holds the
transaction's advisory lock writes; it first catches up with what another process may have written.
"""

from flow.desk.ask import Actor, Outcome
from flow.desk.desk import Desk
from flow.desk.letters import Interpret, Reading

__all__ = ["Actor", "Desk", "Interpret", "Outcome", "Reading"]
