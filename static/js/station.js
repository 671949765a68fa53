/* A ward's workstation: hides names once nobody has done anything for a while, and takes badges from a scanner that types like a keyboard.
   The server decides who is signed in; this page loads itself anew as soon as that is another than it was drawn for. While the server cannot
   be asked, what stands on the page is taken off it. */
"use strict";
(function () {
  const BADGE = /BDFL[BCDEFGHIJKLNOPRSTVX]{32}$/i, TYPED = 120, AGAIN = 2000;
  const bar = document.getElementById("station"), form = document.getElementById("badge-form"), who = bar.dataset.who;
  const idle = 1000 * Number(bar.dataset.idle), told = idle / 8;
  let said = performance.now(), due = 0, asking = false, opened = 0;

  const over = () => performance.now() - said > idle;
  function veil() {
    const main = document.querySelector("main"), notice = document.createElement("p");
    document.querySelectorAll(".undo, dialog, #refusal, main").forEach((node) => node.replaceChildren());
    notice.className = "veiled";
    notice.textContent = bar.dataset.away;
    if (main) main.append(notice);
  }
  /* Who is signed in, by the server's word: somebody else than this page was drawn for, and it goes to the ward's board. */
  async function look() {
    if (asking) return;
    asking = true;
    try {
      const answer = await fetch("/station/state", { headers: { Accept: "application/json" } });
      const found = answer.status === 200 ? (await answer.json()).who : null;
      if (found !== who || document.querySelector(".veiled")) return location.replace(bar.dataset.home);
      if (who) wait(Math.max(AGAIN / 4, idle / 10));
    } catch {
      if (who && over()) veil();
      setTimeout(look, AGAIN);
    } finally {
      asking = false;
    }
  }
  function wait(milliseconds) {
    clearTimeout(due);
    due = setTimeout(look, milliseconds);
  }
  function say() {
    said = performance.now();
    wait(idle + 100);
    fetch("/session/active", { method: "POST", headers: { "X-CSRF-Token": form.elements.csrf.value } }).then((answer) => { if (!answer.ok) look(); }, look);
  }
  function acted() {
    if (performance.now() - said > told) say();
  }
  if (who) {
    for (const kind of ["pointerdown", "keydown", "wheel", "touchmove"]) document.addEventListener(kind, acted, { capture: true, passive: true });
    wait(idle + 100);
  }
  document.addEventListener("htmx:sse:after:connection", () => { if (opened++) look(); });
  document.addEventListener("htmx:after:request", (event) => {
    const response = event.detail.ctx && event.detail.ctx.response;
    if (response && (response.status === 401 || response.status === 403)) look();
  });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });
  window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

  /* A scanner: letters faster than fingers, then Enter. What fell into another field on the way is taken out of it again. */
  let typed = "", last = 0;
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter") {
      const found = BADGE.exec(typed), field = event.target;
      typed = "";
      if (!found && !(field.form === form && field.name === "badge")) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      if (found) take(found[0], field);
      else if (field.value) form.elements.pin.focus();
      return;
    }
    if (event.key.length !== 1) return;
    if (event.timeStamp - last > TYPED) typed = "";
    last = event.timeStamp;
    typed = (typed + event.key).slice(-64);
  }, true);
  function take(code, field) {
    if (field.value && field.form !== form) field.value = field.value.replace(code, "");
    const fold = form.closest("details");
    if (fold) fold.open = true;
    form.elements.badge.value = code;
    form.elements.pin.value = "";
    form.elements.pin.focus();
  }
})();
