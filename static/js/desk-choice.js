/* The desk's choice of a bed. Enter assigns the best, 2 to 5 another, H holds the one looked at, arrows walk the cards, B ranks anew.
   While somebody chooses among the cards the list keeps still: the board is told which beds to keep (`kept`). A key never gives
   another bed than the one that stood under it: not while an answer is on its way, not just after one, not just after a change. */
"use strict";
(function () {
  const PAUSE = 700; /* ms after an answer in which nothing is assigned: a double stroke must not place the next patient */
  const STEADY = 900; /* ms for which a card must have stood as it stands before it is assigned */
  const { one, all } = Desk;
  const board = () => one("#board");
  const cards = () => all("#ranking .suggestion");
  const gone = (card) => card.classList.contains("gone");
  const focused = () => document.activeElement && document.activeElement.closest("#ranking .suggestion");
  const hovered = () => one("#ranking .suggestion:hover");
  const seen = new Map(), heights = new Map();
  let asking = false, answered = -PAUSE, pointed = null, anew = false, request = board().dataset.request;

  /* The card that the plan shows and H holds: the one pointed at last, else the best that can be had. */
  function candidate() {
    const listed = cards();
    return listed.find((card) => card.dataset.bed === pointed) || listed.find((card) => !gone(card)) || listed[0];
  }
  function show() {
    const shown = candidate();
    cards().forEach((card) => card.classList.toggle("shown", card === shown));
    if (!shown) return;
    all("[data-map]").forEach((map) => map.classList.toggle("on", map.dataset.map === shown.dataset.ward));
    all("[data-mark]").forEach((mark) => mark.classList.toggle("on", mark.dataset.mark === shown.dataset.bed));
  }
  function point(card) {
    const bed = card ? card.dataset.bed : null;
    if (bed !== pointed) { pointed = bed; show(); }
  }
  function focus(card) {
    (card.querySelector("[data-assign]") || card).focus();
    card.scrollIntoView({ block: "nearest" });
  }
  document.addEventListener("focusin", () => { if (focused()) point(focused()); });
  document.addEventListener("focusout", () => setTimeout(() => { if (!focused()) point(hovered()); }));
  document.addEventListener("mouseover", (event) => {
    const card = event.target.closest("#ranking .suggestion");
    if (card) point(card);
    else if (!focused()) point(null);
  });

  function say(words) {
    const notice = document.createElement("p"), refusal = document.getElementById("refusal");
    notice.className = "notice bad";
    notice.textContent = words;
    refusal.replaceChildren(notice);
  }
  /* Why this button must not be pressed now, in words; empty: it may be. null: not now, and nothing to say. */
  function stopped(button) {
    if (asking || performance.now() - answered < PAUSE) return null;
    const card = button.closest("#ranking .suggestion");
    if (!card) return "";
    const label = card.querySelector(".bed-label").firstChild.textContent;
    if (gone(card)) return label + ": " + card.querySelector(".gone-words").textContent.trim();
    const known = seen.get(card.querySelector("[data-assign]").dataset.assign);
    return known && performance.now() - known.since < STEADY ? label + " has just changed. Look again, then press once more." : "";
  }
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-assign], [data-hold], [data-next]");
    const why = button ? stopped(button) : "";
    if (why === "") return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (why) say(why);
  }, true);

  function assign(rank) {
    const next = one("#refusal [data-next]");
    const button = rank === 1 && next ? next : one('[data-assign="' + rank + '"]');
    if (button) button.click();
  }
  function walk(step) {
    const listed = cards(), here = listed.indexOf(focused());
    if (listed.length) focus(listed[here < 0 ? 0 : Math.min(listed.length - 1, Math.max(0, here + step))]);
  }
  function rankAnew() {
    if (!one("[data-better]")) return;
    anew = true;
    htmx.trigger(board(), "refresh");
  }
  Desk.keys.set("Enter", "Assign the best bed", () => assign(1));
  [2, 3, 4, 5].forEach((rank) => Desk.keys.set(String(rank), "Assign suggestion " + rank, () => assign(rank)));
  Desk.keys.set("h", "Hold the bed looked at", () => { const card = candidate(), hold = card && card.querySelector("[data-hold]"); if (hold) hold.click(); });
  Desk.keys.set("b", "Rank again", rankAnew);
  Desk.keys.set("ArrowRight", "Among the beds", () => walk(0));
  Desk.keys.set("ArrowLeft", "Back to the list", () => { if (focused()) document.activeElement.blur(); });
  document.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !focused() || event.ctrlKey || event.metaKey || event.altKey || one("dialog[open]")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    walk(step);
  }, true);
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-better]")) rankAnew();
    const chosen = event.target.closest("[data-override]");
    if (chosen) override(chosen.dataset.override, chosen.dataset.reason);
  });
  /* A bed that a rule keeps back: the dialog opens with it, and asks for the reason at once. */
  function override(bed, rule) {
    const dialog = document.getElementById("other-bed"), reason = document.getElementById("override");
    dialog.querySelector("[name=bed]").value = bed;
    dialog.querySelector(".in-place").textContent = rule;
    reason.hidden = false;
    reason.querySelector("input").required = true;
    reason.querySelector("input").focus();
  }

  const changes = (event) => {
    const source = event.detail.ctx && event.detail.ctx.sourceElement;
    return source && source.matches && source.matches('form:not([method="get"])') ? source : null;
  };
  document.addEventListener("htmx:config:request", (event) => {
    const ctx = event.detail.ctx;
    if (ctx.sourceElement !== board() || anew || !(focused() || hovered())) return;
    cards().forEach((card) => ctx.request.body.append("kept", card.dataset.bed));
  });
  document.addEventListener("htmx:before:request", (event) => { if (changes(event)) asking = true; });
  /* A form that its own answer takes off the page says nothing more: then what comes after the request is the last word. */
  for (const name of ["htmx:after:request", "htmx:finally:request"]) {
    document.addEventListener(name, (event) => {
      if (changes(event)) { asking = false; answered = performance.now(); }
    });
  }
  /* A refresh that was asked for before the choice changed must not bring the old choice back. */
  document.addEventListener("htmx:after:request", (event) => {
    const ctx = event.detail.ctx;
    if (!ctx || ctx.sourceElement !== board()) return;
    const kept = new URL(ctx.request.action, location.href).searchParams.has("kept");
    if (Desk.asks(ctx.request.action) === Desk.asks(board().getAttribute("hx-get")) && !(anew && kept)) return;
    event.preventDefault();
    htmx.trigger(board(), "refresh");
  });
  document.addEventListener("htmx:after:request", (event) => {
    const form = changes(event), response = event.detail.ctx && event.detail.ctx.response;
    if (!form || !response) return;
    const dialog = form.closest("dialog");
    if (response.status < 400 && dialog) dialog.close();
    if (response.status === 409) {
      const reason = document.getElementById("override");
      if (form.hasAttribute("data-assign-other")) { reason.hidden = false; reason.querySelector("input").focus(); }
      htmx.trigger(board(), "refresh");
    }
  });

  /* A card that is gone keeps its place, so that nothing moves under the pointer. */
  function steady() {
    cards().forEach((card) => {
      if (gone(card)) card.style.minHeight = (heights.get(card.dataset.bed) || 0) + "px";
      else heights.set(card.dataset.bed, card.getBoundingClientRect().height);
    });
  }
  /* What stands under which key, and since when: a card that changed under the fingers is not assigned at once. */
  function remember(same) {
    const now = performance.now(), before = new Map(seen);
    seen.clear();
    all("[data-assign]").forEach((button) => {
      const rank = button.dataset.assign, card = button.closest(".suggestion"), what = card.dataset.bed + "." + card.dataset.seq;
      const known = before.get(rank);
      seen.set(rank, known && known.what === what || !same ? { what, since: known && same ? known.since : -STEADY } : { what, since: now });
    });
  }
  document.addEventListener("htmx:after:swap", () => {
    const here = one(".request[aria-current]"), same = board().dataset.request === request, next = one("#refusal [data-next]");
    request = board().dataset.request;
    history.replaceState(null, "", Desk.address());
    if (!same) {
      pointed = null;
      if (focused()) document.activeElement.blur();
      if (next && next.dataset.next !== request) Desk.forget();
      if (!matchMedia("(max-width: 760px)").matches) { if (here) here.scrollIntoView({ block: "nearest" }); }
      else if (one(".chosen")) one(".chosen").scrollIntoView();  /* one column: the list is below the beds */
    }
    if (!same || anew) heights.clear();
    steady();
    remember(same && !anew);
    if (anew && cards().length) { pointed = null; focus(cards()[0]); }
    anew = false;
    if (next && next.isConnected && next.dataset.next === request && !next.dataset.offered) { next.dataset.offered = "yes"; next.focus(); }
    show();
  });
  remember(false);
  steady();
  show();
  Desk.candidate = () => ({ card: candidate(), chosen: Boolean(focused() || hovered()) });
})();
