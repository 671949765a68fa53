"""The integration engineer's pages, a file for each part of the screen."""

from flow.web.pages.integration import conflicts, feeds, letters, outbound, tray

__all__ = ["conflicts", "feeds", "letters", "outbound", "tray"]
