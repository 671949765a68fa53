/* The integration engineer's pages: their live region asks for itself every few seconds; when no answer has come for a while the
   page says so, and since when. */
"use strict";
(function () {
  const LATE = 12000;
  const late = document.getElementById("late");
  let refreshed = performance.now();
  const board = () => document.querySelector("[data-board][hx-get]");

  document.addEventListener("htmx:after:request", (event) => {
    const response = event.detail.ctx && event.detail.ctx.response;
    if (response && response.status < 400) refreshed = performance.now();
  });
  setInterval(() => {
    if (!board() || document.hidden) { refreshed = performance.now(); return; }
    late.hidden = performance.now() - refreshed < LATE;
    late.querySelector("time").textContent = board().dataset.now;
  }, 1000);
})();
