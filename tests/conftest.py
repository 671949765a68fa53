"""For every tier of tests; the tiers' own fixtures stand in their folders."""

from hypothesis import settings

settings.register_profile("house", deadline=None, max_examples=100)
settings.load_profile("house")
