"""No small count can be worked out: a linear programme of somebody who knows the rule finds more than one value for each, in any table."""

from collections.abc import Hashable, Mapping

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from flow.domain.suppression import ALL, Key, Mark, marks, totals

tables = st.integers(1, 5).flatmap(
    lambda rows: st.integers(1, 5).flatmap(
        lambda columns: st.lists(
            st.lists(st.one_of(st.integers(0, 9), st.just(0), st.integers(5, 60)), min_size=columns, max_size=columns),
            min_size=rows,
            max_size=rows,
        )
    )
)


def told(table: list[list[int]]) -> tuple[dict[Key, int], list[Hashable], list[Hashable]]:
    rows: list[Hashable] = [f"r{n}" for n in range(len(table))]
    columns: list[Hashable] = [f"c{n}" for n in range(len(table[0]))]
    return {(f"r{i}", f"c{j}"): count for i, row in enumerate(table) for j, count in enumerate(row)}, rows, columns


def known(
    every: Mapping[Key, int], gone: Mapping[Key, Mark], rows: list[Hashable], columns: list[Hashable], few: int, key: Key
) -> tuple[int, int]:
    """The least and the most that a hidden count can be."""
    unknown = sorted(gone, key=str)
    place = {each: n for n, each in enumerate(unknown)}
    sums, rights = [], []

    def equal(parts: list[Key], whole: Key) -> None:
        line, right = np.zeros(len(unknown)), 0.0
        for each, sign in [*((part, 1.0) for part in parts), (whole, -1.0)]:
            if each in place:
                line[place[each]] += sign
            else:
                right -= sign * every[each]
        sums.append(line)
        rights.append(right)

    for row in rows:
        equal([(row, column) for column in columns], (row, ALL))
    for column in columns:
        equal([(row, column) for row in rows], (ALL, column))
    equal([(row, ALL) for row in rows], (ALL, ALL))
    equal([(ALL, column) for column in columns], (ALL, ALL))
    bounds = [(1, few - 1) if gone[each] is Mark.SMALL else (1, None) for each in unknown]
    want = np.zeros(len(unknown))
    want[place[key]] = 1
    ends = []
    for sign in (1, -1):
        found = linprog(sign * want, A_eq=np.array(sums), b_eq=np.array(rights), bounds=bounds)
        assert found.status in (0, 3), found.message
        ends.append(round(sign * found.fun) if found.status == 0 else 10**6)
    return ends[0], ends[1]


@settings(max_examples=150, deadline=None)
@given(tables, st.integers(3, 8))
def test_no_hidden_small_count_can_be_worked_out_from_the_totals(table: list[list[int]], few: int) -> None:
    counts, rows, columns = told(table)
    every, gone = totals(counts, rows, columns), marks(counts, rows, columns, few)
    small = {key for key, count in every.items() if 0 < count < few}
    assert small <= set(gone)
    assert all(every[key] and (key in small or mark is Mark.HIDDEN) for key, mark in gone.items())
    for key in small:
        least, most = known(every, gone, rows, columns, few, key)
        assert least < most, (key, table, sorted(gone, key=str))


def test_a_table_without_small_counts_is_told_whole() -> None:
    counts, rows, columns = told([[5, 0, 12], [30, 8, 0]])
    assert marks(counts, rows, columns, 5) == {}


def test_the_smallest_others_are_hidden_beside_a_small_one() -> None:
    counts, rows, columns = told([[3, 40, 9], [50, 60, 70], [8, 90, 7]])
    assert marks(counts, rows, columns, 5) == {
        ("r0", "c0"): Mark.SMALL,
        ("r0", "c2"): Mark.HIDDEN,
        ("r2", "c0"): Mark.HIDDEN,
        ("r2", "c2"): Mark.HIDDEN,
    }


def test_one_small_count_alone_takes_its_totals_with_it() -> None:
    counts, rows, columns = told([[3]])
    assert len(marks(counts, rows, columns, 5)) == 4


def test_two_ones_in_a_row_are_not_given_away_by_their_sum() -> None:
    counts, rows, columns = told([[1, 1, 0], [20, 30, 40]])
    gone = marks(counts, rows, columns, 5)
    every = totals(counts, rows, columns)
    assert gone["r0", ALL] is Mark.SMALL
    for key in (("r0", "c0"), ("r0", "c1")):
        least, most = known(every, gone, rows, columns, 5, key)
        assert least < most
