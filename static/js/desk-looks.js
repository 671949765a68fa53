/* Says which bed this desk considers, so that other desks see it: a card that was looked at for a second, for as long as it is. The best
   card counts while somebody is at this desk. What others look at vanishes when its time is over. */
"use strict";
(function () {
  const AFTER = 1000, AGAIN = 20000, AWAY = 60000;
  const { one, all } = Desk;
  let told = null, wanted = { key: "" , since: 0 }, moved = performance.now();

  ["keydown", "pointermove", "pointerdown"].forEach((name) => document.addEventListener(name, () => { moved = performance.now(); }, { passive: true }));

  function tell(look, looking) {
    const headers = JSON.parse(document.body.getAttribute("hx-headers:inherited"));
    const address = "/api/v1/bed-requests/" + encodeURIComponent(look.request) + "/look";
    const body = JSON.stringify({ bed: look.bed, looking });
    fetch(address, { method: "POST", body, keepalive: true, headers: { "Content-Type": "application/json", ...headers } }).catch(() => {});
  }
  function look() {
    const { card, chosen } = Desk.candidate(), request = one("#board").dataset.request;
    const present = !document.hidden && (chosen || performance.now() - moved < AWAY);
    return card && present && card.querySelector("form") && !card.classList.contains("gone") ? { request, bed: card.dataset.bed } : null;
  }
  function watch() {
    const now = performance.now(), found = look(), key = found ? found.request + " " + found.bed : "";
    if (key !== wanted.key) wanted = { key, since: now };
    if (told && told.key !== key) { tell(told.look, false); told = null; }
    if (!found || now - wanted.since < AFTER || told && now - told.at < AGAIN) return;
    told = { key, look: found, at: now };
    tell(found, true);
  }
  function age() {
    all(".watched[data-left]").forEach((mark) => {
      const left = Number(mark.dataset.left) - 1;
      if (left <= 0) mark.remove();
      else mark.dataset.left = left;
    });
  }
  addEventListener("pagehide", () => { if (told) tell(told.look, false); told = null; });
  setInterval(watch, 250);
  setInterval(age, 1000);
})();
