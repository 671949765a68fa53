/* The porter's phone: a tap goes into the outbox (phone-outbox.js) before anything else, and from there to the server, now or when there is
   a network again. Until then the page shows the job as it will be: its faces stand in the page beside it, drawn by the server. */
"use strict";
(function () {
  const WAITS = [1, 2, 4, 8, 15], TAP = /^\/porter\/jobs\/([^/]+)\/([a-z-]+)$/, NEXT = { accept: "pick-up", "pick-up": "deliver" };
  let tries = 0, timer = null, busy = false, again = false, last = "";

  const board = () => document.getElementById("board");
  const csrf = () => document.querySelector("[name=csrf]").value;

  /* A page that came out of the cupboard shows the last board that was seen, and when that was. */
  async function open() {
    const stored = document.documentElement.dataset.kept, seen = await Outbox.kept("porter-board");
    if (stored === undefined) return;
    if (seen && seen.at > Date.parse(stored)) board().outerHTML = seen.html;
    const at = new Date(Math.max(Date.parse(stored), seen ? seen.at : 0));
    document.querySelector("#kept time").textContent = at.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false });
    document.getElementById("kept").hidden = false;
  }
  function fresh() {
    delete document.documentElement.dataset.kept;
    document.getElementById("kept").hidden = true;
    if (document.getElementById("card").dataset.guess === undefined) Outbox.keep("porter-board", { html: board().outerHTML, at: Date.now() });
  }
  function reload() {
    if (Date.now() - Number(sessionStorage.reloaded || 0) < 60000) return;
    sessionStorage.reloaded = Date.now();
    location.reload();
  }
  async function tell() {
    const waiting = await Outbox.all(), mark = document.getElementById("unsent");
    mark.hidden = !(waiting.length && (tries > 0 || !navigator.onLine));
    mark.querySelector("b").textContent = waiting.length;
    if (!mark.hidden) guess(waiting);
    return waiting;
  }
  /* The face that the last unsent tap leads to, marked as a guess. */
  function guess(waiting) {
    const tap = waiting[waiting.length - 1], card = document.getElementById("card"), face = board().querySelector('[data-face="' + NEXT[tap.step] + '"]');
    if (!tap.bed || tap.bed !== board().dataset.job || card.dataset.guess === String(tap.n)) return;
    card.dataset.guess = tap.n;
    if (face) card.replaceChildren(face.content.cloneNode(true)); else card.replaceChildren();
    card.prepend(document.getElementById("guessed").content.cloneNode(true));
    const back = card.querySelector("[data-take-back]");
    if (tap.tried) back.remove(); else back.dataset.takeBack = tap.n;
  }
  async function showTold() {
    const slot = document.getElementById("refusal"), pattern = document.getElementById("told"), told = await Outbox.told();
    slot.replaceChildren(...told.map((one) => {
      const made = pattern.content.cloneNode(true);
      made.querySelector(".told-what").textContent = one.said;
      made.querySelector(".told-why").textContent = one.reason;
      made.querySelector("[data-forget]").dataset.forget = one.n;
      return made;
    }));
    if (told.length) slot.scrollIntoView({ block: "start" });
  }
  async function settle(text) {
    document.querySelectorAll("[data-sending]").forEach((form) => { delete form.dataset.sending; });
    if (text) await htmx.swap({ text: text, target: board(), swap: "outerMorph", sourceElement: board() });
    else htmx.trigger(board(), "refresh");
    await showTold();
  }
  async function flush() {
    if (busy) { again = true; return; }
    const before = (await Outbox.all()).length;
    if (!before) { tries = 0; await tell(); return; }
    busy = true;
    clearTimeout(timer);
    try {
      const found = await Outbox.flush(csrf());
      tries = found.left ? tries + 1 : 0;
      if (found.status === 401) return location.assign("/login?next=/porter");
      if (found.status === 403) reload();
      if (found.left < before || !found.left) await settle(found.text);
      if (found.left) timer = setTimeout(flush, 1000 * WAITS[Math.min(tries, WAITS.length) - 1]);
    } finally {
      busy = false;
      await tell();
    }
    if (again) { again = false; flush(); }
  }
  async function tap(form, button) {
    const body = new URLSearchParams(new FormData(form, button)), token = body.get("csrf") || "";
    const [, job, step] = TAP.exec(form.getAttribute("action")) || [null, "", "undo"];
    body.delete("csrf");
    const parcel = {
      action: form.getAttribute("action"), body: body.toString(), csrf: token, bed: job, step: step, label: "", after: false,
      said: button ? button.dataset.said || button.textContent.trim() : "", until: form.dataset.seconds ? Date.now() + 1000 * Number(form.dataset.seconds) : 0,
    };
    const full = document.getElementById("unkept");
    full.hidden = await Outbox.put(parcel).then(() => true, () => false);
    if (!full.hidden) { delete form.dataset.sending; return; }
    await tell();
    if (navigator.onLine) flush();
  }
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-tap]");
    if (!form) return;
    event.preventDefault();
    if (form.dataset.sending) return;
    form.dataset.sending = "1";
    if (navigator.vibrate) navigator.vibrate(30);
    tap(form, event.submitter);
  });
  document.addEventListener("click", async (event) => {
    const speak = event.target.closest("[data-say]"), back = event.target.closest("[data-take-back]"), forget = event.target.closest("[data-forget]");
    if (forget) { await Outbox.forget(Number(forget.dataset.forget)); showTold(); }
    if (back) { await Outbox.takeBack(Number(back.dataset.takeBack)); htmx.trigger(board(), "refresh"); tell(); }
    if (speak) {
      const said = new SpeechSynthesisUtterance(speak.dataset.say);
      said.lang = board().dataset.voice;
      speechSynthesis.cancel();
      speechSynthesis.speak(said);
    }
  });
  function drawn() {
    if ("speechSynthesis" in window) board().querySelectorAll("[data-say]").forEach((button) => { button.hidden = false; });
    if (board().dataset.job && board().dataset.job !== last && last !== "" && navigator.vibrate && navigator.userActivation.hasBeenActive) navigator.vibrate([120, 80, 120]);
    last = board().dataset.job;
    tell();
  }
  async function stayAwake() {
    if (!("wakeLock" in navigator) || document.hidden) return;
    try { await navigator.wakeLock.request("screen"); } catch { /* a nearly empty battery may refuse */ }
  }
  document.addEventListener("htmx:after:swap", () => { fresh(); drawn(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) { flush(); stayAwake(); } });
  window.addEventListener("online", flush);
  setInterval(flush, 15000);
  stayAwake();
  open().then(() => { if (document.documentElement.dataset.kept === undefined) fresh(); drawn(); }).then(showTold).then(flush);
})();
