"""A television of 2021 (Chromium 87) reads the walls, and the page before which it is let in: style sheets, scripts and markup use nothing
that came later.

What is looked for is written down with an example, so that the list itself is tested. Sources: chromestatus.com, MDN's compatibility data.
"""

import re

import pytest

from flow.templating import CHECKOUT

PAIRING = ("base.html", "pair/show.html")
PAGES = ("wall/base.html", "wall/page.html", "opd/screen.html", "command_centre/wall.html", "cleaning_wall/page.html", *PAIRING)

KNOWN = {
    "css/base.css": (
        (".top > b:has(~ nav [aria-current]) { display: none; }", "in a rule of its own, of pages with a menu: /pair has none"),
    ),
    "css/plain.css": ((" accent-color: var(--primary);", "the colour of a tick in a form: /pair has none"),),
}
"""What is newer in a style sheet that /pair shares with desks, and why a television does without it. The vendored scripts of base.html are
not for it either (tests/acceptance/test_pairing_browser.py lets it in without them)."""

CSS = {
    "nesting (112)": (r"\{[^{}]*\{|&", ".bed { .tile { fill: red } }"),
    "@layer (99)": (r"@layer", "@layer base;"),
    "@container (105)": (r"@container|container-(?:type|name)|\d(?:cqw|cqh|cqi|cqb|cqmin|cqmax)\b", "@container (width > 1px) {}"),
    "@scope (118)": (r"@scope|@starting-style|@view-transition|@position-try", "@scope (.a) {}"),
    "media ranges (104)": (r"@media[^{;]*[<>]", "@media (width >= 1px) {}"),
    "newer selectors (88, 105, 120)": (r":(?:is|where|has|dir|open|modal|popover-open|user-valid|user-invalid)\b", "a:has(b) {}"),
    "lists in :not (88)": (r":not\([^()]*,", "a:not(b, c) {}"),
    "newer colours (101, 111, 123)": (
        r"\b(?:light-dark|oklch|oklab|lch|lab|hwb|color|color-mix)\(",
        "a { color: color-mix(in srgb, red, blue) }",
    ),
    "newer viewport units (108)": (r"\d[dsl]v(?:h|w|i|b|min|max)\b", "a { height: 100dvh }"),
    "newer functions (111, 125)": (
        r"\b(?:sin|cos|tan|atan2|pow|sqrt|hypot|round|mod|rem|abs|sign|image-set|linear)\(",
        "a { width: round(1px, 2px) }",
    ),
    "transforms of their own (104)": (r"[;{\s](?:translate|rotate|scale)\s*:", "a { rotate: 1deg }"),
    "newer properties": (
        r"[;{\s](?:aspect-ratio|accent-color|text-wrap|field-sizing|scrollbar-(?:gutter|color|width)|mask|(?:view-transition|anchor)-name)\s*:",
        "a { aspect-ratio: 1 }",
    ),
    "newer values": (r":\s*(?:subgrid|clip|plus-lighter|allow-discrete)\s*[;}]|overflow[^;]*:\s*clip", "a { overflow: clip }"),
}

JS = {
    "at (92)": (r"(?<!display)\.at\(", "list.at(-1)"),
    "structuredClone (98)": (r"\bstructuredClone\b", "structuredClone(a)"),
    "newer array methods (97, 110)": (r"\.(?:findLast|findLastIndex|toSorted|toReversed|toSpliced|with)\(", "list.toSorted()"),
    "grouping (117)": (r"\b(?:Object|Map)\.groupBy\b|\bArray\.fromAsync\b", "Object.groupBy(a, b)"),
    "Object.hasOwn (93)": (r"\bhasOwn\(", "Object.hasOwn(a, b)"),
    "newer sets (122)": (r"\.(?:isSubsetOf|isSupersetOf|isDisjointFrom|symmetricDifference|union|intersection)\(", "a.union(b)"),
    "private names (74 to 94)": (r"#[A-Za-z_]", "class A { #b() {} }"),
    "static blocks (94)": (r"\bstatic\s*\{", "class A { static { } }"),
    "assignment by ??=, ||=, &&= (85; the scripts keep to ES2019)": (r"\?\?=|\|\|=|&&=", "a ??= b"),
    "?. and ?? (80; the scripts keep to ES2019)": (r"\?\.(?!\d)|\?\?", "a?.b"),
    "top-level await, modules (89)": (r"(?m)^(?:await|import|export)\b|^\s*import\(", "await a"),
    "newer regular expressions (90, 112)": (r"/[gimsuy]*[dv][gimsuy]*\.(?:test|exec)\(", "/a/d.exec(b)"),
    "newer promises (119)": (r"\bwithResolvers\b|\bPromise\.try\b", "Promise.withResolvers()"),
    "newer signals (103, 116)": (r"\bAbortSignal\.(?:timeout|any)\b", "AbortSignal.timeout(1)"),
    "newer globals": (
        r"\b(?:randomUUID|scheduler\.|startViewTransition|showPopover|canParse|userAgentData|Temporal|URLPattern|wakeLock)\b",
        "crypto.randomUUID()",
    ),
    "an error's cause (93)": (r"\bcause\s*:", "new Error(a, { cause: b })"),
}

HTML = {
    "newer markup": (
        r"\s(?:inert|popover|popovertarget|fetchpriority|blocking|exportparts)(?=[\s=>])|<(?:search|selectlist)\b",
        "<p inert>",
    )
}


def _linked(kind: str) -> list[str]:
    """The style sheets or scripts that the walls' pages name."""
    pages = [(CHECKOUT / "templates" / page).read_text() for page in PAGES]
    return sorted({name for page in pages for name in re.findall(rf"static\('({kind}/[^']+)'\)", page)})


def _plain_css(text: str) -> str:
    """Without comments; and without the shells of @media and @keyframes, so that what is left nested is nesting."""
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    return re.sub(r"@(media|keyframes)([^{]*)\{((?:[^{}]*\{[^{}]*\})*)[^{}]*\}", r"@\1\2;\3", text)


def _plain_js(text: str) -> str:
    """Without comments and what stands in quotes."""
    text = re.sub(r"/\*.*?\*/|(?<![:\"'])//[^\n]*", "", text, flags=re.DOTALL)
    return re.sub(r"\"[^\"\n]*\"|'[^'\n]*'", '""', text)


def _newer(text: str, known: dict[str, tuple[str, str]]) -> list[str]:
    return [name for name, (pattern, _) in known.items() if re.search(pattern, text)]


@pytest.mark.parametrize("name", _linked("css"))
def test_a_style_sheet_keeps_to_what_chromium_87_reads(name: str) -> None:
    text = (CHECKOUT / "static" / name).read_text()
    for known, _ in KNOWN.get(name, ()):
        assert text.count(known) == 1, "no exception without need"
        text = text.replace(known, "")
    assert _newer(_plain_css(text), CSS) == []


@pytest.mark.parametrize("name", _linked("js"))
def test_a_script_keeps_to_what_chromium_87_runs(name: str) -> None:
    assert _newer(_plain_js((CHECKOUT / "static" / name).read_text()), JS) == []


@pytest.mark.parametrize(
    "path",
    [
        *PAGES,
        "wall/_plan.svg",
        "wall/_tile.svg",
        "wall/_places.html",
        "command_centre/_board.html",
        "cleaning_wall/_board.html",
        "housekeeping/_font.html",
        "_undo.html",
        "_icons.svg",
    ],
)
def test_the_markup_keeps_to_what_chromium_87_reads(path: str) -> None:
    assert _newer((CHECKOUT / "templates" / path).read_text(), HTML) == []


def test_every_file_of_a_wall_is_looked_at() -> None:
    assert {"css/tokens.css", "css/plan.css", "css/wall.css", "css/wall-light.css", "css/opd-screen.css"} <= set(_linked("css"))
    assert {"js/age.js", "js/display.js", "js/wall.js", "js/opd.js"} <= set(_linked("js"))
    assert {"css/base.css", "css/plain.css", "css/pair.css"} <= set(_linked("css")) and {"js/pair.js", "js/live.js"} <= set(_linked("js"))


@pytest.mark.parametrize(("name", "pattern", "newer"), [(name, *rule) for rules in (CSS, JS, HTML) for name, rule in rules.items()])
def test_what_is_newer_is_found(name: str, pattern: str, newer: str) -> None:
    assert re.search(pattern, _plain_css(newer) if name in CSS else newer), name
