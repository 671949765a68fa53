/* Names that are open for a reason: counts down what is left, and loads the page anew when it is over, so that they go. The server shows none
   from then on, whatever this script does. */
"use strict";
(function () {
  const bar = document.querySelector("[data-names-left]");
  if (!bar) return;
  const begun = performance.now(), given = Number(bar.dataset.namesLeft), shown = bar.querySelector(".names-left");
  function tick() {
    const left = Math.max(0, Math.ceil(given - (performance.now() - begun) / 1000));
    shown.textContent = Math.floor(left / 60) + ":" + String(left % 60).padStart(2, "0");
    if (left > 0) return;
    clearInterval(ticking);
    location.replace(location.pathname + location.search);
  }
  const ticking = setInterval(tick, 1000);
  document.addEventListener("visibilitychange", tick);
  /* a page that the browser had put aside, with its names, is not shown again */
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
})();
