"""What must hold of a page at 200 % zoom: nothing cut off, nothing over another, everything reached by Tab and then seen."""

from playwright.sync_api import Page


def overflowing(page: Page, inside: str = "body") -> list[str]:
    """What sticks out of the window sideways, or is cut off by its own box."""
    found: list[str] = page.evaluate(
        """(inside) => Array.from(document.querySelectorAll(inside + " *")).filter((each) => {
          const box = each.getBoundingClientRect();
          if (!box.width || !box.height || each.closest(".visually-hidden, .skip, svg, [hidden], datalist")) return false;
          const cut = each.scrollWidth > each.clientWidth + 1 && getComputedStyle(each).overflowX === "hidden" && each.clientWidth;
          return box.right > innerWidth + 1 || box.left < -1 || cut;
        }).map((each) => each.tagName + "." + each.className + "#" + each.id)""",
        inside,
    )
    return found


def overlapping(page: Page) -> list[str]:
    """Buttons, fields and links that lie over one another."""
    found: list[str] = page.evaluate(
        """() => {
          const shown = Array.from(document.querySelectorAll("main a, main button, main input:not([type=hidden]), main select"))
            .filter((each) => !each.closest("dialog") && each.getBoundingClientRect().height && each.checkVisibility());
          const boxes = shown.map((each) => [each, each.getBoundingClientRect()]), found = [];
          boxes.forEach(([one, a], n) => boxes.slice(n + 1).forEach(([other, b]) => {
            const meet = a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
            if (meet && !one.contains(other) && !other.contains(one)) found.push(one.outerHTML + " | " + other.outerHTML);
          }));
          return found;
        }"""
    )
    return found


def reach_all(page: Page, inside: str = "main") -> None:
    """Tab comes to every control, and each can be seen when it has the focus."""
    page.evaluate("document.activeElement.blur()")
    wanted = page.evaluate(
        """(inside) => Array.from(document.querySelectorAll(inside + " :is(a, button, input:not([type=hidden]), select, summary)"))
          .filter((each) => !each.disabled && each.checkVisibility() && (inside !== "main" || !each.closest("dialog")))
          .map((each, n) => { each.reach = n; return n; }).length""",
        inside,
    )
    reached: set[int] = set()
    for _ in range(3 * wanted + 20):
        page.keyboard.press("Tab")
        number, seen = page.evaluate(
            """() => { const here = document.activeElement, box = here.getBoundingClientRect();
              return [here.reach, box.top < innerHeight && box.bottom > 0 && box.left < innerWidth && box.right > 0]; }"""
        )
        if number is not None:
            assert seen, page.evaluate("document.activeElement.outerHTML")
            reached.add(number)
        if len(reached) == wanted:
            return
    lost = """(reached) => Array.from(document.querySelectorAll("*")).filter((each) => each.reach >= 0 && !reached.includes(each.reach))
      .map((each) => each.outerHTML)"""
    raise AssertionError(page.evaluate(lost, sorted(reached)))
