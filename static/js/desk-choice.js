/* The desk's choice of a bed: Enter assigns the best, 2 to 5 another; an answer in flight and the page's own refreshes never place
   the wrong patient. */
"use strict";
(function () {
  const PAUSE = 700; /* ms after an answer in which Enter does nothing: a double stroke must not place the next patient */
  const { one } = Desk;
  let asking = false, answered = 0;

  function assign(rank) {
    const button = one('[data-assign="' + rank + '"]');
    if (!button || asking || performance.now() - answered < PAUSE) return;
    button.click();
  }
  Desk.keys.set("Enter", "Assign the best bed", () => assign(1));
  [2, 3, 4, 5].forEach((rank) => Desk.keys.set(String(rank), "Assign suggestion " + rank, () => assign(rank)));

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
    if (Desk.asks(ctx.request.action) === Desk.asks(board.getAttribute("hx-get"))) return;
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
    const here = one(".request[aria-current]");
    history.replaceState(null, "", Desk.address());
    if (here) here.scrollIntoView({ block: "nearest" });
  });
})();
