"""Conformance: what the standard says to one message, on demand. Nothing of it lies on the road of a letter.

hl7apy judges in a child process with a time and a memory limit (`checker`), because it is slow, and raises whatever on bytes it does
not expect; `judge` is what the child does, `wording` turns hl7apy's sentences into findings, `report` is their shape.
"""

from adt_feed.conformance.checker import Checker, check
from adt_feed.conformance.report import Finding, Level, Report

__all__ = ["Checker", "Finding", "Level", "Report", "check"]
