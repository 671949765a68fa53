/* The admissions desk's keyboard and its list. Every key only presses a button that is on the page; desk-choice.js adds the keys of the
   beds with `Desk.keys.set(key, words, act)`. What is set here is all that the handler knows, and what the help overlay lists. */
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
  address() { return Desk.one("#board").getAttribute("hx-get").replace("/board", "").replace(/[?]request=$/, ""); },
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

  const { keys } = Desk;
  keys.set("j", "Next patient", () => choose(1));
  keys.set("ArrowDown", "Next patient", () => choose(1));
  keys.set("k", "Patient before", () => choose(-1));
  keys.set("ArrowUp", "Patient before", () => choose(-1));
  keys.set("/", "Search", () => one("#search").focus());
  keys.set("n", "New request", () => open("new-request"));
  keys.set("o", "Another bed", () => open("other-bed"));
  keys.set("Escape", "Close, forget a refusal", forget);
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
    const found = keys.known.get(event.key.length === 1 ? event.key.toLowerCase() : event.key);
    if (found) { event.preventDefault(); found.act(); }
  });
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-open]");
    if (opener) open(opener.dataset.open);
    if (event.target.closest("[data-close]")) event.target.closest("dialog").close();
  });
  document.addEventListener("input", (event) => { if (event.target.id === "search") filter(); });

  document.addEventListener("htmx:after:swap", filter);
})();
