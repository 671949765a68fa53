"""A ward's plan from somebody's drawing instead of the hospital file.

The road: bytes of an SVG -> `tree` (what may be parsed at all) -> `svg` (what is drawn, made of `geometry` and `path`) -> `Drawing` ->
`binding` (which shape is which bed, and what is wrong) -> `plan.DrawnPlan`, which walls, ward pages and the desk draw. Pure.
"""
