/* The nurse's page and the step lists: a form that was taken folds up again, and is empty the next time. One that was refused stays open.
   The forms of a ward's beds come when one is opened, and stay as long as it is open: the header says with every request for which beds. */
"use strict";
(function () {
  const FORM = "details:has(> .unfetched)", KEPT = ".bed-row > .actions > details[open]";

  /* The folds that a form stands in as it is sent: the stream may bring what it did, and take it off the page, before its own answer comes;
     that answer is then told to the document alone. */
  const folds = new WeakMap();
  document.addEventListener("htmx:before:request", (event) => {
    const ctx = event.detail.ctx, form = ctx.sourceElement.closest("form"), ids = [];
    if (!form) return;
    for (let fold = form.closest("details[id]"); fold; fold = fold.parentElement.closest("details[id]")) ids.push(fold.id);
    folds.set(ctx, { form, ids });
  });
  document.addEventListener("htmx:after:request", (event) => {
    const ctx = event.detail && event.detail.ctx, sent = ctx && folds.get(ctx);
    if (!sent || !ctx.response || ctx.response.status !== 200) return;
    sent.form.reset();
    sent.ids.map((id) => document.getElementById(id)).forEach((fold) => { if (fold) fold.open = false; });
  });

  const bed = (row) => row.id.slice("row-".length);
  function fetchForms(fold) {
    const row = fold.closest(".bed-row"), board = document.getElementById("board");
    const address = board.getAttribute("hx-get").replace(/board$/, "beds/" + encodeURIComponent(bed(row)) + "/row");
    htmx.ajax("GET", address, { source: row, target: row, swap: "outerMorph" });
  }
  document.addEventListener("toggle", (event) => { if (event.target.open && event.target.matches(FORM)) fetchForms(event.target); }, true);
  document.addEventListener("click", (event) => {
    const again = event.target.closest(".unfetched");
    if (!again) return;
    event.preventDefault();
    fetchForms(again.parentElement);
  });
  document.addEventListener("htmx:config:request", (event) => {
    const ctx = event.detail.ctx, open = new Set(Array.from(document.querySelectorAll(KEPT), (fold) => bed(fold.closest(".bed-row"))));
    if (open.size && ctx.request.headers) ctx.request.headers["X-Open-Beds"] = Array.from(open).join(",");
  });
  document.addEventListener("htmx:after:request", (event) => {
    const failed = event.target.querySelector ? event.target.querySelector("[data-failed]") : null;
    if (failed && event.target.matches(".bed-row")) document.getElementById("refusal").textContent = "";
  });
  /* A board that was asked for before a form was opened, and came after it, has taken the form away again. */
  document.addEventListener("htmx:after:swap", () => {
    document.querySelectorAll(".bed-row " + FORM + "[open]:not([data-failed])").forEach(fetchForms);
  });
  document.addEventListener("htmx:error", (event) => {
    if (!event.target.matches || !event.target.matches(".bed-row")) return;
    event.target.querySelectorAll(FORM + "[open]").forEach((fold) => fold.setAttribute("data-failed", ""));
    window.refused("The form could not be fetched: the server does not answer. Nothing was changed.");
  });
})();
