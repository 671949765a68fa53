/* The admissions desk's keyboard: J/K or arrows choose a patient, Enter assigns the best bed, 2 to 5 another, N new, O another bed,
   / search, Esc back. U (undo) is live.js's. Every key only presses a button that is on the page. */
"use strict";
(function () {
  const PAUSE = 700; /* ms after an answer in which Enter does nothing: a double stroke must not place the next patient */
  let asking = false, answered = 0;

  const all = (selector) => Array.from(document.querySelectorAll(selector));
  const one = (selector) => document.querySelector(selector);
  const shown = () => all(".request").filter((row) => !row.closest("li").hidden);

  function choose(step) {
    const rows = shown();
    if (!rows.length) return;
    const here = rows.findIndex((row) => row.hasAttribute("aria-current"));
    const next = rows[Math.min(rows.length - 1, Math.max(0, here < 0 ? 0 : here + step))];
    if (!next.hasAttribute("aria-current")) { forget(); next.click(); }
  }
  function assign(rank) {
    const button = one('[data-assign="' + rank + '"]');
    if (!button || asking || performance.now() - answered < PAUSE) return;
    button.click();
  }
  function forget() {
    const refusal = document.getElementById("refusal");
    if (refusal) refusal.textContent = "";
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

  const KEYS = {
    j: () => choose(1), ArrowDown: () => choose(1), k: () => choose(-1), ArrowUp: () => choose(-1),
    Enter: () => assign(1), 2: () => assign(2), 3: () => assign(3), 4: () => assign(4), 5: () => assign(5),
    n: () => open("new-request"), o: () => open("other-bed"), "/": () => one("#search").focus(), Escape: forget,
  };
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
    const act = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (act) { event.preventDefault(); act(); }
  });
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-open]");
    if (opener) open(opener.dataset.open);
    if (event.target.closest("[data-close]")) event.target.closest("dialog").close();
  });
  document.addEventListener("input", (event) => { if (event.target.id === "search") filter(); });

  const changes = (event) => {
    const source = event.detail.ctx && event.detail.ctx.sourceElement;
    return source && source.matches && source.matches("form") ? source : null;
  };
  document.addEventListener("htmx:before:request", (event) => { if (changes(event)) asking = true; });
  document.addEventListener("htmx:finally:request", (event) => {
    if (changes(event)) { asking = false; answered = performance.now(); }
  });
  /* A refresh that was asked for before the choice changed must not bring the old choice back. */
  document.addEventListener("htmx:after:request", (event) => {
    const ctx = event.detail.ctx, board = one("#board");
    if (!ctx || ctx.sourceElement !== board) return;
    const asked = new URL(ctx.request.action, location.href).searchParams.get("request") || "";
    if (asked === board.dataset.request) return;
    event.preventDefault();
    htmx.trigger(board, "refresh");
  });
  document.addEventListener("htmx:after:request", (event) => {
    const form = changes(event), response = event.detail.ctx && event.detail.ctx.response;
    if (!form || !response) return;
    const dialog = form.closest("dialog");
    if (response.status < 400 && dialog) dialog.close();
    if (response.status === 409) {
      const override = document.getElementById("override");
      if (form.hasAttribute("data-assign-other")) { override.hidden = false; override.querySelector("input").focus(); }
      htmx.trigger(document.getElementById("board"), "refresh");
    }
  });
  document.addEventListener("htmx:after:swap", () => {
    filter();
    const here = one(".request[aria-current]"), request = one("#board").dataset.request;
    history.replaceState(null, "", request ? "/admissions?request=" + encodeURIComponent(request) : "/admissions");
    if (here) here.scrollIntoView({ block: "nearest" });
  });
})();
