/* The joint plan's keyboard, and the reader's choices kept when the plan is made anew: a row is the same while its request and bed are. */
"use strict";
(function () {
  const touched = new Map();
  const boxes = () => Array.from(document.querySelectorAll("input[data-take]"));
  const press = (selector) => { const found = document.querySelector(selector); if (found && !found.disabled) found.click(); };

  function count() {
    const shown = document.getElementById("chosen");
    if (shown) shown.textContent = boxes().filter((box) => box.checked).length;
  }
  /* Of alternatives one ward is asked. */
  function others(chosen) {
    return boxes().filter((box) => box !== chosen && chosen.dataset.either && box.dataset.either === chosen.dataset.either);
  }
  function restore() {
    boxes().forEach((box) => { box.checked = touched.has(box.value) ? touched.get(box.value) : box.defaultChecked; });
    count();
  }
  function step(by) {
    const all = boxes(), here = all.indexOf(document.activeElement);
    const next = all[Math.min(all.length - 1, Math.max(0, here < 0 ? 0 : here + by))];
    if (next) { next.focus(); next.scrollIntoView({ block: "nearest" }); }
  }
  const keys = {
    a: () => press("#accept-all"), Enter: () => press("#accept-chosen"), d: () => press("#back"), Escape: () => press("#back"),
    j: () => step(1), ArrowDown: () => step(1), k: () => step(-1), ArrowUp: () => step(-1),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat && event.key === "Enter") return;
    if (event.target.closest("a, button") && event.key === "Enter") return;
    const key = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (key) { event.preventDefault(); key(); }
  });
  document.addEventListener("change", (event) => {
    if (!event.target.matches("input[data-take]")) return;
    touched.set(event.target.value, event.target.checked);
    if (event.target.checked) others(event.target).forEach((box) => { box.checked = false; touched.set(box.value, false); });
    count();
  });
  document.addEventListener("htmx:after:swap", restore);
  restore();
})();
