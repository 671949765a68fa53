"""The admissions desk's pages: `view` draws, `requests` and `assignment` take its forms; `privacy` is
one person's panel."""

from flow.web.pages.desk import assignment, privacy, requests, view

__all__ = ["assignment", "privacy", "requests", "view"]
