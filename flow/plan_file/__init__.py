"""The hospital file: one TOML with wards, rooms, beds, clinics and feeds, read into `flow.domain.plan.Plan`.

`lines` finds where in the text something stands, `schema` says what may stand there, `layout` draws what has no coordinates,
`check` finds what contradicts itself, `read` puts them together. Errors name file and line, all of them at once.
"""

from flow.plan_file.describe import describe
from flow.plan_file.read import load_plan, parse_plan, read_file

__all__ = ["describe", "load_plan", "parse_plan", "read_file"]
