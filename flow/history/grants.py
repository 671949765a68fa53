"""What the role that serves may do, where it does not own the schema: read and write its tables, and only add to the log, the audit trail
and the trail's chain (TRUST.md, Audit). What is over is taken away by the owner alone (`cutting`). It makes no tables, takes no trigger
away, and is no superuser."""

from flow.errors import Misconfigured
from flow.history.pool import Connection

ONLY_ADDED_TO = ("log", "audit", "audit_seal", "reveal")
NOT_TAKEN_AWAY = ("opening",)
ONLY_READ = ("migration", "audit_cut", "snapshot_part")
_MIGHTY = "select rolsuper or pg_has_role(rolname, current_user, 'member') from pg_roles where rolname = $1"


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
        revoke delete on {", ".join(NOT_TAKEN_AWAY)} from {name};
        revoke insert, update, delete on {", ".join(ONLY_READ)} from {name};
        """
    )
