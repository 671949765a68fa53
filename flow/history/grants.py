"""What the role that serves may do, where it does not own the schema (TRUST.md, Audit).

It reads and writes its tables, and only adds to what is on record: the log, the audit trail and its chain, letters opened, commands, runs
of the retention, who was erased, whom the database was made for, the hospital's files. Of letters, openings, consents and holds it may
change the columns by which they go on, and takes none away. What is over is taken away by the owner alone (`cutting`, `lapsing`). It makes
no tables, takes no trigger away, and is no superuser.
"""

from collections.abc import Mapping

from flow.errors import Misconfigured
from flow.history.pool import Connection

ONLY_ADDED_TO = ("log", "audit", "audit_seal", "reveal", "command", "erased_person", "made_for", "retention_run", "hospital_file")
GOES_ON: Mapping[str, str] = {
    "letter": "state, visit, events, reason, warnings, code, handled_at, body, gone, gone_at",
    "opening": "ended_at, words, reviewed_by, reviewed_at, remark",
    "reveal_review": "words, reviewed_by, reviewed_at, remark",
    "consent": "ended_at, ended_by, ended_how",
    "legal_hold": "lifted_by, lifted_at, lifted_reason",
}
"""What may be changed of a row, which stays."""
ENDS = "done_at, keys, counts, notes, proof, verified_at, found"
"""Of an erasure, which goes where it was refused."""
ONLY_READ = ("migration", "audit_cut", "snapshot_part")


async def granted(connection: Connection, role: str) -> bool:
    """Whether the role was let in before."""
    return bool(await connection.fetchval("select has_table_privilege($1, 'audit', 'insert')", role))


async def refuse_mighty(connection: Connection, role: str) -> None:
    """Raises Misconfigured for a role that could take any right by itself, against which grants are nothing."""
    mighty = await connection.fetchval(
        "select rolsuper or pg_has_role(rolname, current_user, 'member') from pg_roles where rolname = $1", role
    )
    if mighty:
        raise Misconfigured(f"The role {role} of DATABASE_URL is a superuser or owns the schema: give it a role of its own (CREATE ROLE).")


async def grant(connection: Connection, role: str) -> None:
    """Let it in."""
    name = await connection.fetchval("select quote_ident($1)", role)
    await connection.execute(  # nosemgrep: sql-out-of-text # Postgres itself has quoted the name; a grant takes no arguments
        f"""
        grant usage on schema public to {name};
        grant select, insert, update, delete on all tables in schema public to {name};
        grant usage, select on all sequences in schema public to {name};
        revoke update, delete on {", ".join(ONLY_ADDED_TO)} from {name};
        revoke update on erasure from {name};
        grant update ({ENDS}) on erasure to {name};
        revoke insert, update, delete on {", ".join(ONLY_READ)} from {name};
        """
    )
    for table, columns in GOES_ON.items():
        await connection.execute(  # nosemgrep: sql-out-of-text # names of ours
            f"revoke update, delete on {table} from {name}; grant update ({columns}) on {table} to {name}"
        )
