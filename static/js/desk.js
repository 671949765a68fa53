/* The admissions desk's keyboard and its list. Every key only presses a button that is on the page; desk-requests.js adds the dialogs',
   desk-choice.js the keys of the beds, each with `Desk.keys.set(key, words, act)`. What is set is all that the handler knows; the help
   overlay lists the keys of flow/views/desk/keys.py, and what is set besides with the words given here. */
"use strict";
const Desk = {
  all: (selector) => Array.from(document.querySelectorAll(selector)),
  one: (selector) => document.querySelector(selector),
  keys: {
    known: new Map(),
    set(key, words, act) {
      if (Desk.keys.known.has(key)) throw new Error("the key " + key + " is given away twice");
      Desk.keys.known.set(key, { words, act });
    },
  },
  /* What a board's address asks for, and the page's address that asks for the same. */
  asks(address) {
    const asked = new URL(address, location.href).searchParams;
    return ["request", "ward", "priority"].map((name) => asked.get(name) || "").join("\n");
  },
  address() { return Desk.one("#board").getAttribute("hx-get").replace("/board", "").replace(/[?]request=$/, "").replace("?request=&", "?"); },
  press(selector) { const button = Desk.one(selector); if (button) button.click(); },
  focus(selector) { const found = Desk.one(selector); if (found) { found.focus(); found.scrollIntoView({ block: "nearest" }); } },
  forget() { const refusal = document.getElementById("refusal"); if (refusal) refusal.textContent = ""; },
  /* The row that the keys of a request act on: a promised one while the focus is in it, else the patient looked at. */
  row() { return document.activeElement.closest("#promised [data-request]") || Desk.one("li:has(> .request[aria-current])"); },
  request() { const row = document.activeElement.closest("[data-request]"); return (row || Desk.one("#board")).dataset.request; },
  does(action) {
    const row = Desk.row(), button = row && row.querySelector('[data-do="' + action + '"]');
    if (button) { Desk.forget(); button.click(); }
  },
};
(function () {
  const { all, one, forget, press, focus, does, keys } = Desk;
  const OWN = "";  /* the words stand in the page */
  const shown = () => all(".request").filter((row) => !row.closest("li").hidden);
  /* What the search looks through: the request's number, its priority, the patient, the needs; no times, which are on every row. */
  const said = (row) => [row.closest("li").id.slice(8), ...[".priority", ".name", ".needs"].map((part) => row.querySelector(part).textContent)].join(" ").toLowerCase();

  function choose(step) {
    const rows = shown();
    if (!rows.length) return;
    const here = rows.findIndex((row) => row.hasAttribute("aria-current"));
    const next = rows[Math.min(rows.length - 1, Math.max(0, here < 0 ? 0 : here + step))];
    if (!next.hasAttribute("aria-current")) { forget(); next.click(); }
  }
  function filter() {
    const words = one("#search").value.trim().toLowerCase().split(/\s+/), count = one("#count");
    let found = 0;
    all(".request").forEach((row) => {
      const text = said(row), fits = words.every((word) => text.includes(word));
      row.closest("li").hidden = !fits;
      if (fits) found += 1;
    });
    document.getElementById("nothing-found").hidden = found > 0 || !words[0];
    count.textContent = found === Number(count.dataset.all) ? found : found + " " + count.dataset.of + " " + count.dataset.all;
  }
  function showAll() {
    one("#search").value = "";
    filter();
    press("#clear-filters");
  }
  function unfold(id) {
    const folded = document.getElementById(id);
    if (!folded) return;
    folded.open = !folded.open;
    if (folded.open) focus(one("#" + id + " button") ? "#" + id + " button" : "#" + id + " summary");
  }

  /* The held beds: D walks them; A and Z act on the one at hand, and where none is, or several are and none is chosen, only go there. */
  function held(step) {
    const rows = all("#held > li"), here = rows.indexOf(document.activeElement.closest("#held > li"));
    if (!rows.length) return null;
    const row = rows[here < 0 ? 0 : (here + step) % rows.length];
    const button = row.querySelector("button");
    if (button && (here < 0 || step)) { button.focus(); row.scrollIntoView({ block: "nearest" }); }
    return here < 0 && rows.length > 1 ? null : row;
  }
  function decide(what) {
    const row = held(0), button = row && row.querySelector('[data-held="' + what + '"]');
    if (button) { forget(); button.click(); }
  }

  keys.set("d", OWN, () => held(1));
  keys.set("a", OWN, () => decide("promise"));
  keys.set("z", OWN, () => decide("let-go"));
  keys.set("j", OWN, () => choose(1));
  keys.set("ArrowDown", OWN, () => choose(1));
  keys.set("k", OWN, () => choose(-1));
  keys.set("ArrowUp", OWN, () => choose(-1));
  keys.set("/", OWN, () => focus("#search"));
  keys.set("w", OWN, () => focus("#filter-ward"));
  keys.set("f", OWN, () => focus("#filter-priority"));
  keys.set("c", OWN, showAll);
  keys.set("g", OWN, () => focus("#promised button"));
  keys.set("l", OWN, () => unfold("lapsed"));
  keys.set("m", OWN, () => focus(".homeless input[name=bed]"));
  keys.set("s", OWN, () => press(".to-conflicts a"));
  keys.set("t", OWN, () => press("#to-plan"));
  keys.set("e", OWN, () => does("edit"));
  keys.set("p", OWN, () => does("priority"));
  keys.set("r", OWN, () => does("ready"));
  keys.set("i", OWN, () => does("identify"));
  keys.set("x", OWN, () => does("cancel"));
  keys.set("u", OWN, () => {});  /* live.js takes back on every page */
  keys.set("Escape", OWN, () => { forget(); if (document.activeElement !== document.body) document.activeElement.blur(); });

  /* In a field: Esc empties the search or leaves a filter, Enter goes to the list. */
  function leave(event, field) {
    if (event.key !== "Escape" && event.key !== "Enter") return;
    if (field.id === "search" && event.key === "Escape") { field.value = ""; filter(); }
    field.blur();
    if (field.id === "search" && event.key === "Enter" && shown().length) shown()[0].click();
    event.preventDefault();
  }
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat && event.key === "Enter" || one("dialog[open]")) return;
    const target = event.target;
    if (target.closest("#search, .filters select")) { leave(event, target); return; }
    if (target.closest("input, select, textarea")) {
      if (event.key === "Escape") target.blur();
      return;
    }
    if (event.key === "Enter" && target.closest("a, button, summary")) return;
    const found = keys.known.get(event.key.length === 1 ? event.key.toLowerCase() : event.key);
    if (found) { event.preventDefault(); found.act(); }
  });
  document.addEventListener("input", (event) => { if (event.target.id === "search") filter(); });
  document.addEventListener("htmx:after:swap", filter);
})();
