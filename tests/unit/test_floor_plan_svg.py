"""An uploaded drawing: what is taken over of it, and what files that mean harm come to. Written anew, nothing is passed through."""

import dataclasses
import re
import time
from math import hypot

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flow.domain.floor_plan.drawing import AREA, Drawing
from flow.domain.floor_plan.path import path_data, written
from flow.domain.floor_plan.svg import read_drawing
from flow.domain.plan import Box
from flow.errors import Refused

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 1840 888">'
"""As large as the wall's own area, so that units stay as they are but for its corner."""
FRAME = '<rect x="0" y="0" width="1840" height="888"/>'


USED = '<use href="#b" x="10" y="20" width="100" height="50"/></g>'


def read(inside: str, head: str = HEAD) -> Drawing:
    return read_drawing(f"{head}{FRAME}{inside}</svg>".encode())


def bed(inside: str) -> Box:
    """The box of the shape after the frame."""
    return read(inside).shapes[1].around


def at(x: float, y: float, width: float, height: float) -> Box:
    return Box(AREA.x + x, AREA.y + y, width, height)


@pytest.mark.parametrize(
    ("element", "box"),
    [
        ('<rect x="10" y="20" width="100" height="50"/>', at(10, 20, 100, 50)),
        ('<rect x="10" y="20" width="100" height="50" transform="translate(5 7) scale(2)"/>', at(25, 47, 200, 100)),
        ('<g transform="translate(100)"><g transform="rotate(90)"><rect width="100" height="50"/></g></g>', at(50, 0, 50, 100)),
        ('<circle cx="100" cy="100" r="40"/>', at(60, 60, 80, 80)),
        ('<ellipse cx="100" cy="100" rx="40" ry="20"/>', at(60, 80, 80, 40)),
        ('<polygon points="10,10 110,10 110,60 10,60"/>', at(10, 10, 100, 50)),
        ('<path d="m10 10h100v50h-100z"/>', at(10, 10, 100, 50)),
        ('<path d="M10 10L110 10 110 60 10 60Z"/>', at(10, 10, 100, 50)),
        ('<path d="M10,50a40 40 0 1180 0a40,40,0,1,1-80,0"/>', at(10, 10, 80, 80)),
        ('<rect x="1in" y="0" width="96px" height="50"/>', at(96, 0, 96, 50)),
        ('<defs><rect id="b" width="100" height="50"/></defs><use href="#b" x="10" y="20"/>', at(10, 20, 100, 50)),
        ('<defs><rect id="b" width="100" height="50"/></defs><use xlink:href="#b" x="10" y="20"/>', at(10, 20, 100, 50)),
        (
            '<g><symbol id="b" viewBox="0 0 10 5"><rect width="10" height="5"/></symbol>' + USED,
            at(10, 20, 100, 50),
        ),
    ],
)
def test_outlines_come_to_stand_where_they_were_drawn(element: str, box: Box) -> None:
    found = bed(element)
    assert (found.x, found.y, found.width, found.height) == pytest.approx((box.x, box.y, box.width, box.height), abs=0.2)


def test_a_plan_fills_the_wall_in_its_own_proportions() -> None:
    found = read_drawing(
        b'<svg viewBox="0 0 500 500"><rect x="100" y="100" width="20" height="20"/><rect x="400" y="150" width="20" height="20"/></svg>'
    )
    one, other = (shape.around for shape in found.shapes)
    assert one.width == pytest.approx(one.height, abs=0.2)
    assert (one.x, other.x + other.width) == pytest.approx((AREA.x, AREA.x + AREA.width), abs=0.2)
    assert AREA.y <= one.y < other.y + other.height <= AREA.y + AREA.height


def test_what_lies_off_the_sheet_does_not_make_the_plan_small() -> None:
    assert read('<rect x="900000" y="0" width="10" height="10"/>').shapes[0].around == at(0, 0, 1840, 888)


def test_a_number_stands_inside_its_shape() -> None:
    found = read('<circle cx="200" cy="200" r="100"/>').shapes[1]
    assert not found.is_upright and 190 <= hypot(found.inner.width, found.inner.height) <= 206
    assert found.inner.x == pytest.approx(AREA.x + 200 - found.inner.width / 2, abs=0.2)
    assert read('<rect x="10" y="20" width="100" height="50"/>').shapes[1].is_upright
    turned = read('<rect x="300" y="300" width="140" height="210" transform="rotate(33 300 300)"/>').shapes[1]
    assert turned.inner.width >= 85 and turned.inner.height >= 108, "not the proportions of the box round it"


def test_a_group_called_bed_is_one_shape_without_its_pillow() -> None:
    found = read('<g id="bed-A1"><rect x="0" y="0" width="100" height="60"/><rect x="4" y="4" width="20" height="52"/></g>')
    assert [(shape.id, shape.name, shape.around.width) for shape in found.shapes[1:]] == [("s2", "bed-A1", 100)]


@pytest.mark.parametrize(
    ("attributes", "name"),
    [
        ('id="bed-4B-12"', "bed-4B-12"),
        ('id="path17" xmlns:i="urn:i" i:label="Bed A3"', "Bed A3"),
        ('id="x" data-bed="A3"', "bed-A3"),
        ('id="bed-_x34_B-12"', "bed-4B-12"),
        ('id="bed-_xD800_1"', "bed- 1"),
        ("", ""),
        ('id="shape9" width="9" height="9"><title>bed-A1</title></rect><rect x="500"', "bed-A1"),
    ],
)
def test_a_shape_has_the_name_that_people_gave_it(attributes: str, name: str) -> None:
    assert read(f'<rect {attributes} width="100" height="60"/>').shapes[1].name == name


def test_words_are_text_and_a_line_of_a_text_stands_where_it_stood() -> None:
    found = read(
        '<text x="10" y="20" font-size="30">Nurse <tspan>station</tspan> &lt;b&gt;</text>'
        '<text><tspan x="5" y="9">A</tspan><tspan x="5" y="40" style="text-anchor:middle">B</tspan></text>'
    )
    assert [(word.words, word.x, word.y, word.size, word.anchor) for word in found.words] == [
        ("Nurse station <b>", 50, 132, 30, "start"),
        ("A", 45, 121, 16, "start"),
        ("B", 45, 152, 16, "middle"),
    ]


def test_a_box_with_neither_line_nor_filling_is_none() -> None:
    group = '<g fill="none"><rect fill="none" stroke="none" width="9" height="99"/><rect stroke="black" width="9" height="9"/></g>'
    assert [shape.around.width for shape in read(group).shapes[1:]] == [9]


def test_what_is_hidden_stays_hidden() -> None:
    assert len(read('<rect width="9" height="9" display="none"/><g style="display: none"><rect width="9" height="9"/></g>').shapes) == 1


HARM = {
    "script": "<script>alert(1)</script>",
    "event handler": '<rect width="9" height="9" onload="alert(1)" onclick="alert(1)"/>',
    "link": '<a href="javascript:alert(1)"><rect width="9" height="9"/></a>',
    "use of something outside": '<use href="https://evil.example/x.svg#a"/><use xlink:href="data:image/svg+xml,x#a"/>',
    "foreignObject": '<foreignObject><body xmlns="http://www.w3.org/1999/xhtml"><img src="x" onerror="alert(1)"/></body></foreignObject>',
    "image": '<image href="https://evil.example/pixel.png" width="9" height="9"/>',
    "style": "<style>@import url(https://evil.example/a.css); rect { fill: url(https://evil.example/b) }</style>",
    "animate": '<animate attributeName="href" values="javascript:alert(1)"/>',
    "set": '<set attributeName="onmouseover" to="alert(1)"/>',
}


@pytest.mark.parametrize("what", HARM)
def test_nothing_of_a_file_that_means_harm_comes_through(what: str) -> None:
    found = read(HARM[what])
    assert found.left_out[what] >= 1
    kept = msgspec.json.encode(dataclasses.replace(found, left_out={})).decode()
    assert not re.search(r"alert|evil|javascript|url\(|on(?:load|click|error)|href|http|data:|import", kept)


def test_styles_of_an_element_come_through_no_more_than_its_colours() -> None:
    found = read(
        '<rect width="9" height="9" style="fill:url(https://evil.example/x)" fill="url(#a)" filter="url(https://evil.example/y)"/>'
    )
    assert "evil" not in str(found) and "url" not in str(found)


LAUGHS = '<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (f"{LAUGHS}<svg><text>&b;</text></svg>", "entities"),
        ('<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg><text>&x;</text></svg>', "entities"),
        ('<!DOCTYPE svg [<!ENTITY % x SYSTEM "http://evil.example/x"> %x;]><svg/>', "entities"),
        ("<html><svg/></html>", "another element"),
        ("<svg><rect></svg>", "not well-formed"),
        ("", "not well-formed"),
        ("\x1f\x8b\x08gz", "not well-formed"),
        ('<?xml version="1.0" encoding="utf-7"?><svg/>', "UTF-8|well-formed"),
        ("<svg><rect width='5'/></svg>", "no line"),
        ("<svg><line x1='1' x2='5'/></svg>", "single line"),
        (f"<svg>{'<g>' * 41}{'</g>' * 41}</svg>", "deep"),
        (f"<svg>{'<g/>' * 6001}</svg>", "elements"),
        (f"<svg><path d='M0 0{' 1 1' * 31_000}'/></svg>", "points"),
        (f"<svg><!-- {'x' * 250_000} --></svg>", "KB"),
    ],
)
def test_what_cannot_be_a_plan_is_refused_in_words(body: str, why: str) -> None:
    with pytest.raises(Refused, match=why) as refused:
        read_drawing(body.encode("latin-1"))
    assert refused.value.code == "bad-drawing"


def test_an_outside_document_type_is_not_read() -> None:
    found = read_drawing(
        b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://127.0.0.1:9/x.dtd"><svg><rect width="9" height="9"/><text>&x;</text></svg>'
    )
    assert len(found.shapes) == 1


def test_uses_of_uses_do_not_multiply() -> None:
    """Ten of ten of ten, and one that uses itself."""
    layers = "".join(f'<g id="l{n}">{f"""<use href="#l{n - 1}"/>""" * 20}</g>' for n in range(1, 6))
    began = time.process_time()
    with pytest.raises(Refused, match="Drawn out"):
        read(f'<g id="l0"><rect width="9" height="9"/></g>{layers}')
    assert time.process_time() - began < 5
    assert read('<g id="me"><use href="#me"/><rect width="9" height="9"/></g>').left_out == {"use within use": 1}


def test_a_drawing_as_large_as_may_be_is_read_in_seconds() -> None:
    circles = "".join(f'<circle cx="{n % 80}" cy="{n // 80}" r=".4"/>' for n in range(2_300))
    began = time.process_time()
    assert len(read(circles).shapes) == 2_301
    assert time.process_time() - began < 10


def test_transforms_that_lead_nowhere_leave_their_lines_out() -> None:
    deep = '<g transform="scale(1e7)">' * 38
    assert len(read(f'{deep}<rect width="9" height="9"/>{"</g>" * 38}').shapes) == 1
    assert read('<rect width="9" height="9" transform="shear(4)"/><path d="M0 0 L"/>').left_out == {
        "path that cannot be read": 1,
        "rect that cannot be read": 1,
    }


@given(st.text(alphabet="MmLlHhVvCcSsQqTtAaZz0123456789.,-+eE ", max_size=60))
def test_path_data_is_read_or_turned_away(text: str) -> None:
    """And what is written can be read again, as the same."""
    try:
        outline = path_data(text)
    except (ValueError, ArithmeticError):
        return
    again = written(outline)
    assert written(path_data(again)) == again and re.fullmatch(r"[MLCQZ0-9 .-]*", again)


@given(st.binary(max_size=80), st.sampled_from(["", '<svg><rect width="9" height="9"/>', '<svg><path d="']))
def test_no_bytes_do_more_than_be_refused(body: bytes, head: str) -> None:
    told = "it was read"
    try:
        read_drawing(head.encode() + body)
    except Refused as refused:
        told = refused.reason
    assert told, "whoever uploads is told why"
