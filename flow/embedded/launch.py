"""The last step before a child becomes a store: run as a script, it gives up root, asks to die with its parent, and execs.

It stands between `child.py` and the store's own program, in a fresh interpreter, because the same steps taken between fork
and exec of a threaded parent may deadlock. It imports nothing of Bedflow: `python -I -S` starts it in a few milliseconds.

    launch.py PARENT_PID DEATH_SIGNAL UID GID PROGRAM ARGUMENT...        UID 0 keeps the present user
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1


def main(command: list[str], parent: int, death_signal: int, uid: int, gid: int) -> None:
    """Become `command`; returns only when the parent is gone already."""
    os.umask(0o077)
    if uid:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    if sys.platform == "linux":  # a change of user clears the request, so it comes after it
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, death_signal)
    if os.getppid() == parent:
        os.execv(command[0], command)  # noqa: S606  # nosec B606 # no shell is the point


if __name__ == "__main__":
    main(sys.argv[5:], *map(int, sys.argv[1:5]))
