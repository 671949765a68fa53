"""Drafts a hospital file from a recorded feed: every place the messages name, as wards, rooms and beds. How an integrator starts.

`places` collects what the feed names and sorts it into wards, `naming` makes ids and labels, `draft` writes the TOML. Pure: messages
in, text out; a person then gives the rooms their sexes and features, and `bedflow hospital check` says what is missing.
"""

from adt_feed.learn.draft import learn

__all__ = ["learn"]
