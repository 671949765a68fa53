"""What Bedflow may do in a Redis of the hospital's: the rule of its user, as a line of an ACL file.

The commands are those of this room, of its scripts and of the counting library's, and no other; keys and channels are Bedflow's own
(`keys.py`). A test runs this room under the rule, so that a command that is used and not named fails there.
"""

from hashlib import sha256

USER = "bedflow"
PREFIX = "{bedflow:*"
COMMANDS = (
    *("ping", "select", "info", "multi", "exec", "discard", "evalsha", "script|load"),
    *("get", "mget", "set", "del", "exists", "expire", "pttl", "rename", "incrby"),
    *("hset", "hdel", "hgetall", "xadd", "xread", "lindex", "lpush", "ltrim"),
    *("publish", "subscribe", "unsubscribe"),
)


def rule(password: str) -> str:
    """The user's line; of the password it holds a digest alone."""
    digest = sha256(password.encode()).hexdigest()
    allowed = " ".join(f"+{command}" for command in COMMANDS)
    return f"user {USER} reset on #{digest} ~{PREFIX} &{PREFIX} -@all {allowed}"


def file_of(password: str) -> str:
    """A whole ACL file: this user, and nobody without a name."""
    return f"user default reset off\n{rule(password)}\n"
