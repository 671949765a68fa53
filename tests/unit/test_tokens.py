"""The colours of static/css/tokens.css: readable by everybody, told apart by the colour-blind (UI.md, Grammar)."""

import math
import re
from itertools import combinations
from pathlib import Path

import pytest

CSS = Path(__file__).parents[2] / "static/css"
TOKENS = (CSS / "tokens.css").read_text()
STATES = ("free", "coming", "dirty", "cleaning", "occupied", "leaving", "out")
SIGHTS = {
    "normal": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
"""Machado, Oliveira and Fernandes 2009, severity 1.0, on linear sRGB."""


def _tokens(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})", block))


_DARK, _LIGHT = TOKENS.split("@media (prefers-color-scheme: light)")
DARK = _tokens(_DARK)
LIGHT = DARK | _tokens(_LIGHT)
LIGHT_WALL = DARK | _tokens((CSS / "wall-light.css").read_text())
_NAMED = {"wall-and-dark": DARK, "desk-light": LIGHT, "wall-light": LIGHT_WALL}
SCHEMES = pytest.mark.parametrize("scheme", [pytest.param(scheme, id=name) for name, scheme in _NAMED.items()])


def _linear(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return _decoded(red), _decoded(green), _decoded(blue)


def _decoded(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def contrast(one: str, other: str) -> float:
    """WCAG 2.2 contrast ratio, to the two decimals that it is stated in."""
    bright, dark = sorted(
        (sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), _linear(c), strict=True)) for c in (one, other)), reverse=True
    )
    return round((bright + 0.05) / (dark + 0.05), 2)


def _oklab(red: float, green: float, blue: float) -> tuple[float, float, float]:
    """Björn Ottosson, A perceptual color space for image processing."""
    long = max(0.0, 0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    middle = max(0.0, 0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = max(0.0, 0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    )


def _seen(colour: str, sight: str) -> tuple[float, float, float]:
    linear = _linear(colour)
    red, green, blue = (min(1.0, max(0.0, sum(m * c for m, c in zip(row, linear, strict=True)))) for row in SIGHTS[sight])
    return _oklab(red, green, blue)


def distance(one: str, other: str) -> float:
    """The smallest distance of two colours in OKLab x 100 over all sights."""
    return min(100 * math.dist(_seen(one, sight), _seen(other, sight)) for sight in SIGHTS)


def test_the_measures_know_known_figures() -> None:
    assert contrast("#ffffff", "#000000") == 21
    assert contrast("#777777", "#ffffff") == 4.48
    assert round(distance("#1bb581", "#5d6b7a"), 1) == 17.8  # UI.md states this pair's distance


@SCHEMES
@pytest.mark.parametrize("state", STATES)
def test_what_stands_on_a_tile_can_be_read(scheme: dict[str, str], state: str) -> None:
    assert contrast(scheme[f"{state}-ink"], scheme[state]) >= 7


@SCHEMES
@pytest.mark.parametrize(
    ("ink", "ground"),
    [
        ("wall-ink", "wall"), ("wall-mute", "wall"), ("ink", "bg"), ("ink", "card"), ("mute", "bg"), ("mute", "card"),
        ("primary", "card"), ("primary", "bg"), ("primary", "selected"), ("on-primary", "primary"), ("ink", "selected"),
        ("mute", "selected"),
        ("good", "card"), ("warn", "card"), ("bad", "card"), ("good", "good-fill"), ("warn", "warn-fill"), ("bad", "bad-fill"),
        ("on-top", "top"), ("top-live", "top"), ("top-amber", "top"), ("wall-on-amber", "wall-amber"),
    ],
)  # fmt: skip
def test_text_can_be_read(scheme: dict[str, str], ink: str, ground: str) -> None:
    assert contrast(scheme[ink], scheme[ground]) >= 7


def test_live_and_late_can_be_read_on_the_wall() -> None:
    assert contrast(DARK["wall-live"], DARK["wall"]) >= 7
    assert contrast(DARK["wall-amber"], DARK["wall"]) >= 7
    assert contrast(LIGHT_WALL["wall-live"], LIGHT_WALL["wall"]) >= 7
    assert contrast(LIGHT_WALL["wall-late"], LIGHT_WALL["wall"]) >= 7


def _grey(colour: str, brightness: float) -> str:
    """What `grayscale(1) brightness(n)` makes of a colour (Filter Effects 1: on the encoded values)."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return "#" + f"{round((0.2126 * red + 0.7152 * green + 0.0722 * blue) * brightness):02x}" * 3


@pytest.mark.parametrize(("scheme", "name"), [(DARK, "wall.css"), (LIGHT_WALL, "wall-light.css")])
@pytest.mark.parametrize("state", STATES)
def test_a_plan_that_is_not_live_is_grey_but_legible(scheme: dict[str, str], name: str, state: str) -> None:
    found = re.search(r"\.stale \.plan,.*grayscale\(1\) brightness\(([.\d]+)\)", (CSS / name).read_text())
    assert found
    ink, fill = (_grey(scheme[part], float(found[1])) for part in (f"{state}-ink", state))
    assert contrast(ink, fill) >= 4.5


@pytest.mark.parametrize("state", ["free", "cleaning", "occupied", "leaving"])
def test_a_solid_tile_stands_out_from_the_wall(state: str) -> None:
    assert contrast(DARK[state], DARK["wall"]) >= 3


@SCHEMES
@pytest.mark.parametrize("state", STATES)
def test_every_tile_is_seen_against_the_wall(scheme: dict[str, str], state: str) -> None:
    assert max(contrast(scheme[state], scheme["wall"]), contrast(scheme[f"{state}-line"], scheme["wall"])) >= 3


@pytest.mark.parametrize(
    ("scheme", "least"),
    [pytest.param(_NAMED[name], least, id=name) for name, least in (("wall-and-dark", 15), ("desk-light", 14), ("wall-light", 15))],
)
@pytest.mark.parametrize(("one", "other"), list(combinations(STATES, 2)))
def test_two_states_differ_for_every_sight(scheme: dict[str, str], least: float, one: str, other: str) -> None:
    """By their fill or by the line round it: a hollow tile is known by its line."""
    fills = distance(scheme[one], scheme[other])
    lines = distance(scheme[f"{one}-line"], scheme[f"{other}-line"])
    assert max(fills, lines) >= least


@SCHEMES
@pytest.mark.parametrize("edge", ["edge", "primary"])
def test_controls_are_seen(scheme: dict[str, str], edge: str) -> None:
    assert contrast(scheme[edge], scheme["card"]) >= 3
