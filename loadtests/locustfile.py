"""Load on a running hospital, by locust: desks that ask and assign, cleaners who clean, displays that listen, a feed that sends.

    bedflow token create --role admissions            (once: put it into BEARER)
    bedflow token create --role housekeeping          (CLEANER)
    bedflow token create --role admin                 (ADMIN: lets the displays in)
    BEARER=... CLEANER=... ADMIN=... locust -f loadtests/locustfile.py --headless -u 60 -r 10 -t 60s --host http://127.0.0.1:8000

The load ends by itself; servers are on this machine only (see README.md for targets and what was measured).
"""

from loadtests.desk_user import DeskUser
from loadtests.display_user import DisplayUser
from loadtests.feed_user import FeedUser
from loadtests.housekeeping_user import HousekeepingUser

__all__ = ["DeskUser", "DisplayUser", "FeedUser", "HousekeepingUser"]
