"""The stores by what they said of themselves."""

from collections.abc import Iterator
from datetime import datetime

from flow.checkup.deployment import on_this_machine
from flow.checkup.finding import Finding
from flow.history.facts import PostgresFacts
from flow.state.facts import RedisFacts

LEAST_POSTGRES = 15
APART = 2.0
"""Seconds that this machine's clock and the database's may differ."""
DURABLE = {"fsync": ("on",), "full_page_writes": ("on",), "synchronous_commit": ("on", "remote_apply", "remote_write")}


def postgres_version(facts: PostgresFacts) -> Finding:
    """Old ones get no repairs."""
    do = "" if facts.version >= LEAST_POSTGRES else f"Upgrade to {LEAST_POSTGRES} or newer."
    return Finding("PostgreSQL", f"version {facts.version}", do)


def durability(facts: PostgresFacts) -> Finding:
    """What is acknowledged must be on a disk."""
    loose = [f"{name}={facts.settings.get(name, '?')}" for name, good in DURABLE.items() if facts.settings.get(name) not in good]
    do = "Set them back in postgresql.conf: an acknowledged letter may be lost." if loose else ""
    return Finding("What a commit is worth", ", ".join(loose) or "it is on disk before it is answered", do)


def role(facts: PostgresFacts) -> Finding:
    """Whoever takes the application over must not own the server."""
    do = "Give DATABASE_URL a role that is no superuser and makes no roles." if facts.superuser and not facts.local else ""
    return Finding("Role in PostgreSQL", "rules the server" if facts.superuser else "bounded", do)


def record(facts: PostgresFacts) -> Finding:
    """Nor change what happened."""
    tables = ", ".join(facts.alters)
    do = "Let another role own these tables, and grant this one SELECT and INSERT; until then only the anchor outside shows a change."
    return Finding(
        "Log and audit trail", f"this role may alter {tables}" if tables else "this role may only add to them", do if tables else ""
    )


def way_to_postgres(facts: PostgresFacts) -> Finding:
    """Names go along it."""
    if facts.local or facts.encrypted:
        return Finding("Way to PostgreSQL", "on this machine" if facts.local else "encrypted")
    return Finding("Way to PostgreSQL", "over the network in the clear", "Add ?sslmode=verify-full to DATABASE_URL.")


def clock(facts: PostgresFacts, now: datetime) -> Finding:
    """Times of letters and of the trail are this machine's."""
    apart = abs((facts.now - now).total_seconds())
    return Finding("Clock", f"{apart:.1f} s from PostgreSQL's", "Set both by one NTP server." if apart > APART else "")


def redis_user(facts: RedisFacts) -> Finding:
    """Whoever takes the application over must not own that server either; our own child's socket is ours alone."""
    if facts.bounded or facts.local:
        return Finding("User in Redis", "bounded" if facts.bounded else "on a socket of this user's own")
    return Finding("User in Redis", "may set the server up", "Give it the user that `bedflow redis-acl` prints.")


def redis_disk(facts: RedisFacts) -> Finding:
    """It is a cache: a second copy on a disk is one more to lose."""
    do = 'Set save "" and appendonly no: the picture is built again from PostgreSQL.' if facts.kept else ""
    return Finding("Redis on disk", "keeps a copy" if facts.kept else "none that I may see", do)


def way_to_redis(facts: RedisFacts) -> Finding:
    """Its password goes along it."""
    if facts.local or facts.encrypted or on_this_machine(facts.host):
        return Finding("Way to Redis", "encrypted" if facts.encrypted else "on this machine")
    return Finding("Way to Redis", "over the network in the clear", "Use rediss:// in REDIS_URL.")


def look(postgres: PostgresFacts, redis: RedisFacts, now: datetime) -> Iterator[Finding]:
    """Every answer."""
    for check in (postgres_version, durability, role, record, way_to_postgres):
        yield check(postgres)
    yield clock(postgres, now)
    for asked in (redis_user, redis_disk, way_to_redis):
        yield asked(redis)
