"""Charts read back from their SVG: marks by class and title, and what a place means by the ticks of its axis."""

import re
from collections.abc import Callable
from itertools import pairwise
from typing import Literal
from xml.etree import ElementTree as ET

NUMBER = r"-?\d+(?:\.\d+)?"
Scale = Callable[[float], float]


def charts(html: str) -> list[ET.Element]:
    """The charts of a page, in order."""
    return [ET.fromstring(svg) for svg in re.findall(r'<svg class="chart.*?</svg>', html, re.DOTALL)]


def marks(svg: ET.Element, kind: str, name: str) -> list[ET.Element]:
    """The elements of a kind and a class."""
    return [each for each in svg.iter(kind) if name in each.get("class", "").split()]


def titles(svg: ET.Element) -> list[str]:
    """What the marks say of themselves, in order."""
    return [" ".join((each.text or "").split()) for each in svg.iter("title")]


def at(mark: ET.Element, name: str) -> float:
    """An attribute as a number."""
    return float(mark.attrib[name])


def scale(svg: ET.Element, axis: Literal["x", "y"], *, anchor: str, only: Callable[[ET.Element], bool] = lambda _: True) -> Scale:
    """The meaning of a place: of the numbers beside the axis, each at its line of the grid."""
    numbers = [
        (at(each, axis), float(each.text or ""))
        for each in svg.iter("text")
        if each.get("text-anchor") == anchor and not each.get("class") and re.fullmatch(NUMBER, each.text or "") and only(each)
    ]
    lines = sorted({at(each, f"{axis}1") for each in marks(svg, "line", "grid") if each.attrib[f"{axis}1"] == each.attrib[f"{axis}2"]})
    found = sorted((min(lines, key=lambda line: abs(line - place)), value) for place, value in numbers)
    (low, least), (high, most) = found[0], found[-1]
    return lambda place: least + (most - least) * (place - low) / (high - low)


def corners(path: str) -> list[tuple[float, float]]:
    """The corners of a path of M, L, H and V, in order."""
    found: list[tuple[float, float]] = []
    for letter, rest in re.findall(rf"([MLHV])({NUMBER}(?: {NUMBER})?)", path):
        numbers = [float(each) for each in rest.split()]
        x, y = found[-1] if found else (0.0, 0.0)
        found.append({"H": (numbers[0], y), "V": (x, numbers[0])}.get(letter, (numbers[0], numbers[-1])))
    return found


def steps(path: str) -> list[float]:
    """The heights of a line of steps, one a moment: across and then up or down is one."""
    places = corners(path)
    return [places[0][1], *(right[1] for left, right in pairwise(places) if left[0] == right[0])]
