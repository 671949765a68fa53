"""How many points speak for or against a bed: the hospital's own numbers, from `[allocation]` of its file.

`flow.plan_file` reads them, `allocation` counts with them; `version` is shown beside every score, so that an old choice can be read.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Weights:
    """Points, save what is named in minutes, hours, metres or percent. `scarce` is for a feature that no other bed has; it falls to
    nothing for one that half of the beds have. `kept_for_own` is for a stranger in a ward's last free bed of a kind, half of it in one of
    two, and so on. `kept_for_airborne` is for a negative-pressure room given to anybody else. `minute_waited` counts up to
    `longest_wait` minutes."""

    version: str = "2026-4"
    type_match: int = 400
    type_near: int = 200
    above_entitlement: int = 160
    below_entitlement: int = 60
    home_ward: int = 250
    kept_for_own: int = 300
    wish: int = 40
    near_station: int = 100
    station_metres: int = 40
    watched_factor: int = 2
    clean_recent: int = 30
    clean_hours: int = 12
    minute_waited: int = 8
    longest_wait: int = 240
    scarce: int = 240
    last_of_kind: int = 100
    kept_for_airborne: int = 1200
    opens_bay: int = 50
    cohort: int = 80
    with_family: int = 300
    ward_load: int = 20
    floor: int = 5
    clean_minutes: int = 30
    queue_minutes: int = 30
    starvation_percent: int = 25
