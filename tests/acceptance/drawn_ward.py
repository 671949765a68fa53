"""A ward as an architect draws it: a wing round a corner, beds at its windows turned with the wall, one that nobody has named."""

from collections.abc import Sequence

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" width="460mm" height="222mm" viewBox="0 0 1840 888">'
WALLS = """
<g id="walls" fill="none" stroke="#444" stroke-width="6">
<path d="M10 10h1240l560 360v510h-1800z"/><path d="M10 330h1150l320 210v340"/><path d="M10 470h1080l230 150v260"/>
<path d="M330 10v320M640 10v320M950 10v320M330 470v410M640 470v410M950 470v410"/><path d="M1250 10L1160 330M1620 250l-200 250"/>
</g>
<rect x="1000" y="640" width="240" height="200" rx="10"/><text x="1120" y="750" font-size="34" text-anchor="middle">Nurse station</text>
<text x="40" y="420" font-size="34">Corridor</text><circle cx="1400" cy="780" r="60"/>
<text x="1400" y="790" font-size="26" text-anchor="middle">Lift</text>
<script>alert("a drawing has no say")</script>
"""
PILLOW = '<rect x="12" y="12" width="116" height="24" rx="8"/>'


def drawn_ward(labels: Sequence[str], *, unnamed: int = 1) -> bytes:
    """The drawing of a ward of 10 to 17 beds; the last `unnamed` of them carry no name."""
    places = [f"translate({30 + n % 2 * 150 + n // 2 * 310} 40)" for n in range(8)]
    places += [f"translate({1370 + n * 150} {88 + n * 97}) rotate(33)" for n in range(3)]
    places += [f"translate({30 + n % 2 * 150 + n // 2 * 310} 640)" for n in range(6)]
    named = len(labels) - unnamed
    beds = (_bed(label if n < named else "", place) for n, (label, place) in enumerate(zip(labels, places, strict=False)))
    return f"{HEAD}{WALLS}{''.join(beds)}</svg>".encode()


def _bed(label: str, place: str) -> str:
    """A bed with its pillow; without a name one that nobody knows for a bed."""
    frame = '<rect width="140" height="210" rx="12"/>'
    return f'<g id="bed-{label}" transform="{place}">{frame}{PILLOW}</g>' if label else f'<g transform="{place}">{frame}</g>'
