"""The admissions desk's pages: `view` draws, `requests` and `assignment` take its forms."""

from flow.web.pages.desk import assignment, requests, view

__all__ = ["assignment", "requests", "view"]
