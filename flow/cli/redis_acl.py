"""`bedflow redis-acl`: the ACL file of a Redis of the hospital's own."""

import getpass
import sys

from flow.errors import Refused
from flow.state.acl import USER, file_of

SHORTEST = 20


def redis_acl() -> None:
    """Print an ACL file for your Redis: a user that may do what Bedflow does, to Bedflow's keys, and nothing else. The password is asked
    for, or read from standard input; the file holds its digest."""
    asked = sys.stdin.isatty()
    password = getpass.getpass("Password of the new user: ") if asked else sys.stdin.readline().rstrip("\n")
    if len(password) < SHORTEST:
        raise Refused(f"Take at least {SHORTEST} characters (openssl rand -hex 24): nobody has to type it.", code="weak-password")
    print(file_of(password), end="")
    print(
        "Name the file in redis.conf (aclfile /etc/redis/bedflow.acl), restart Redis, and set "
        f"REDIS_URL=rediss://{USER}:PASSWORD@HOST:6379/0, best by REDIS_URL_FILE. "
        "To keep other users, add its second line to your own file.",
        file=sys.stderr,
    )
