"""The comparison as people read it: a Markdown table and an SVG of the differences with their intervals, drawn here from figures alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from allocation.simulation.measures import MEASURES, PRICE, Difference, Measures, difference
from allocation.simulation.policies import OURS, RIVALS

LEFT, WIDTH, ROW, TOP = 210, 720, 17, 46
_COLOURS = {"first_free": "#5b6b7b", "plain": "#1f78b4", "ward_first": "#b35806"}


@dataclass(frozen=True, slots=True)
class Comparison:
    """A setting by name, what was said of it, and the runs of each policy in the order of the seeds."""

    name: str
    words: str
    runs: Mapping[str, Sequence[Measures]]

    def against(self, rival: str, measure: str) -> Difference:
        """Ours against a rival."""
        return difference(self.runs[rival], self.runs[OURS.key], measure)

    @property
    def sex_violations(self) -> int:
        """Of all policies and seeds."""
        return sum(run.sex_violations for runs in self.runs.values() for run in runs)


def as_data(found: Comparison) -> dict[str, object]:
    """For `--json`."""
    policies = {key: {name: _mean(runs, name) for name in (*MEASURES, *PRICE, "occupied")} for key, runs in found.runs.items()}
    against = {rival.key: {name: _as_row(found.against(rival.key, name)) for name in MEASURES} for rival in RIVALS}
    seeds = len(found.runs[OURS.key])
    return {"setting": found.name, "seeds": seeds, "means": policies, "against": against, "sex_violations": found.sex_violations}


def _as_row(found: Difference) -> dict[str, float | bool]:
    return {"percent": round(found.percent, 1), "low": round(found.low, 1), "high": round(found.high, 1), "sure": found.sure}


def table(found: Comparison) -> str:
    """Means of every policy, and ours against each rival in percent with its interval; a difference not sure is in brackets. The price of
    moves comes last, without a difference: only ours makes any."""
    head = ["measure", *(policy.name for policy in RIVALS), OURS.name, *(f"against {policy.name}" for policy in RIVALS)]
    lines = [f"### {found.name}", "", found.words, "", _row(head), _row(["---"] * len(head))]
    for name, words in (*MEASURES.items(), *PRICE.items()):
        means = [f"{_mean(found.runs[key], name):.1f}" for key in (*(policy.key for policy in RIVALS), OURS.key)]
        against = ["" if name in PRICE else _said(found.against(policy.key, name)) for policy in RIVALS]
        lines.append(_row([words, *means, *against]))
    return "\n".join([*lines, "", f"Sexes mixed against a room's policy: {found.sex_violations}."])


def _said(found: Difference) -> str:
    words = f"{found.percent:+.0f} % ({found.low:+.0f} to {found.high:+.0f})"
    return words if found.sure else f"[{words}]"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _mean(runs: Sequence[Measures], name: str) -> float:
    return sum(float(getattr(run, name)) for run in runs) / len(runs)


def plot(comparisons: Sequence[Comparison]) -> str:
    """One panel a setting: for each measure a dot and its 95 % interval against each rival; left of the line is less, and better."""
    panel = TOP + ROW * (len(MEASURES) * (len(RIVALS) + 1)) + 34
    drawn = "".join(f'<g transform="translate(0 {panel * place})">{_panel(found)}</g>' for place, found in enumerate(comparisons))
    size = f'viewBox="0 0 {WIDTH} {panel * len(comparisons)}" width="{WIDTH}" height="{panel * len(comparisons)}"'
    style = "text{font:12px sans-serif;fill:#222}.h{font-weight:600}.a{stroke:#bbb}.z{stroke:#222}"
    paper = '<rect width="100%" height="100%" fill="#fff"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}><style>{style}</style>{paper}{drawn}</svg>\n'


def _panel(found: Comparison) -> str:
    bottom = TOP + ROW * len(MEASURES) * (len(RIVALS) + 1)
    parts = [_text(8, 18, f"{found.name}: Bedflow against each rival, difference in %, 95 % intervals", "h")]
    for percent in range(-100, 101, 25):
        parts.append(f'<path class="{"a" if percent else "z"}" d="M{_x(percent)} {TOP - 8}V{bottom}"/>')
        parts.append(_text(_x(percent), bottom + 15, f"{percent:+d}" if percent else "0", "", "middle"))
    for place, (name, words) in enumerate(MEASURES.items()):
        y = TOP + ROW * place * (len(RIVALS) + 1)
        parts.append(_text(8, y + ROW, words.replace(", %", "").replace(", min", ""), "h"))
        parts += [_bar(found.against(rival.key, name), rival.key, rival.name, y + ROW * row) for row, rival in enumerate(RIVALS)]
    return "".join(parts)


def _bar(found: Difference, key: str, words: str, y: int) -> str:
    colour, title = _COLOURS[key], escape(f"{words}: {_said(found)}")
    line = f'<path stroke="{colour}" stroke-width="2" d="M{_x(found.low)} {y + 4}H{_x(found.high)}"/>'
    dot = f'<circle cx="{_x(found.percent)}" cy="{y + 4}" r="4" fill="{colour}"/>'
    return f"<g><title>{title}</title>{line}{dot}{_text(LEFT - 8, y + 8, words, '', 'end')}</g>"


def _x(percent: float) -> float:
    return round(LEFT + (WIDTH - LEFT - 20) * (max(-100.0, min(100.0, percent)) + 100) / 200, 1)


def _text(x: float, y: float, words: str, kind: str, anchor: str = "start") -> str:
    return f'<text x="{x}" y="{y}" class="{kind}" text-anchor="{anchor}">{escape(words)}</text>'
