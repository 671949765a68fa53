/* The admissions desk's keyboard and its list. Every key only presses a button that is on the page; desk-choice.js adds the keys of the
   beds. J/K or arrows choose a patient, N new, O another bed, / search, Esc back. U (undo) is live.js's. */
"use strict";
const Desk = {
  all: (selector) => Array.from(document.querySelectorAll(selector)),
  one: (selector) => document.querySelector(selector),
  keys: {},
  press(selector) { const button = Desk.one(selector); if (button) button.click(); },
  forget() { const refusal = document.getElementById("refusal"); if (refusal) refusal.textContent = ""; },
};
(function () {
  const { all, one, forget } = Desk;
  const shown = () => all(".request").filter((row) => !row.closest("li").hidden);

  function choose(step) {
    const rows = shown();
    if (!rows.length) return;
    const here = rows.findIndex((row) => row.hasAttribute("aria-current"));
    const next = rows[Math.min(rows.length - 1, Math.max(0, here < 0 ? 0 : here + step))];
    if (!next.hasAttribute("aria-current")) { forget(); next.click(); }
  }
  function open(id) {
    const dialog = document.getElementById(id);
    if (!dialog) return;
    const form = dialog.querySelector("form"), request = one("#board").dataset.request;
    if (form.hasAttribute("data-assign-other")) {
      if (!request) return;
      form.setAttribute("hx-post", "/admissions/requests/" + encodeURIComponent(request) + "/assign");
      document.getElementById("override").hidden = true;
    }
    form.reset();
    dialog.querySelector(".in-place").textContent = "";
    dialog.showModal();
  }
  function filter() {
    const words = one("#search").value.trim().toLowerCase().split(/\s+/);
    let found = 0;
    all(".request").forEach((row) => {
      const fits = words.every((word) => row.dataset.search.includes(word));
      row.closest("li").hidden = !fits;
      if (fits) found += 1;
    });
    document.getElementById("nothing-found").hidden = found > 0 || !words[0];
  }

  Object.assign(Desk.keys, {
    j: () => choose(1), ArrowDown: () => choose(1), k: () => choose(-1), ArrowUp: () => choose(-1),
    n: () => open("new-request"), o: () => open("other-bed"), "/": () => one("#search").focus(), Escape: forget,
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat && event.key === "Enter" || one("dialog[open]")) return;
    const target = event.target;
    if (target.id === "search" && (event.key === "Escape" || event.key === "Enter")) {
      if (event.key === "Escape") { target.value = ""; filter(); }
      target.blur();
      if (event.key === "Enter" && shown().length) shown()[0].click();
      event.preventDefault();
      return;
    }
    if (target.closest("input, select, textarea")) return;
    if (event.key === "Enter" && target.closest("a, button, summary")) return;
    const act = Desk.keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (act) { event.preventDefault(); act(); }
  });
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-open]");
    if (opener) open(opener.dataset.open);
    if (event.target.closest("[data-close]")) event.target.closest("dialog").close();
  });
  document.addEventListener("input", (event) => { if (event.target.id === "search") filter(); });

  document.addEventListener("htmx:after:swap", filter);
})();
