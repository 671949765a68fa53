"""Tab through a whole page: which controls it never comes to, and which it comes to without that being seen. What is under the focus is
noted by the page itself, so that a hundred controls cost a second."""

from playwright.sync_api import Page

LISTEN = """() => {
  document.querySelectorAll("details").forEach((each) => { each.open = true; });
  const asked = "a[href], button, input:not([type=hidden]), select, summary, textarea, [tabindex='0']";
  window.controls = () => Array.from(document.querySelectorAll(asked)).filter((each) => !each.disabled && each.checkVisibility());
  window.came = new Set();
  window.unseen = [];
  document.addEventListener("focusin", (event) => {
    const here = event.target, style = getComputedStyle(here), box = here.getBoundingClientRect();
    const marked = (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none";
    const inside = box.top < innerHeight && box.bottom > 0 && box.left < innerWidth && box.right > 0;
    const wrong = marked ? "beyond the window: " : "unmarked: ";
    if (!came.has(here) && !(marked && inside)) window.unseen.push(wrong + here.outerHTML.slice(0, 160));
    came.add(here);
  });
  document.activeElement.blur();
  return controls().length;
}"""
LEFT = "() => controls().filter((each) => !came.has(each)).map((each) => each.outerHTML.slice(0, 160))"


def faults_by_tab(page: Page, together: int = 25) -> list[str]:
    """What is wrong for somebody with a keyboard alone; closed menus are opened first. A field of a date has several stops."""
    wanted = page.evaluate(LISTEN)
    assert wanted > 5, "a page without controls is no page"
    left: list[str] = []
    for _ in range(0, 4 * wanted + 50, together):
        for _ in range(together):
            page.keyboard.press("Tab")
        left = page.evaluate(LEFT)
        if not left:
            break
    unseen: list[str] = page.evaluate("unseen")
    return [*(f"never reached: {each}" for each in left), *unseen]
