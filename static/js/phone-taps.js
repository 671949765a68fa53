/* Sending and telling taps, the same on every phone's page (phone.js, porter.js): a tap goes into the outbox (phone-outbox.js) before
   anything else, and from there to the server, now or when there is a network again. The page says what only it knows, in `Taps.begin`:
   `foretell(waiting)` draws what the unsent taps will bring, `real()` what the server last said; the rest may be left out:
   `label(key)` of what a tap is about, `kept(parcel)` once one is, `report(form, button)` for a form of its own. `drawn(fresh)` hears that
   the board was drawn (by the server's answer: `fresh`), `subject()` says what is in hand now. */
"use strict";
self.Taps = (function () {
  const PAGE = "/" + location.pathname.split("/")[1], TAP = /^\/[a-z]+\/(?:beds|jobs)\/([^/]+)\/([a-z-]+)$/;
  const WAITS = [1, 2, 4, 8, 15], PICTURE_AFTER = 500;
  let page = null, tries = 0, timer = null, busy = false, again = false, leaving = false, subject = "";

  const board = () => document.getElementById("board");
  /* The page's own, whether or not a form stands on it just now: the last unsent tap may have led to a card without one. */
  const csrf = () => JSON.parse(document.body.getAttribute("hx-headers:inherited"))["X-CSRF-Token"];

  async function tell() {
    const waiting = await Outbox.all(), mark = document.getElementById("unsent"), shown = waiting.length && (tries > 0 || !navigator.onLine);
    mark.hidden = !shown;
    mark.querySelector("b").textContent = waiting.length;
    return waiting;
  }
  const picture = async () => page.foretell(await tell());
  async function showTold() {
    const slot = document.getElementById("refusal"), pattern = document.getElementById("told");
    const before = slot.childElementCount, told = await Outbox.told();
    slot.replaceChildren(...told.map((one) => {
      const made = pattern.content.cloneNode(true);
      made.querySelector(".told-what").textContent = [one.label, one.said].filter(Boolean).join(" · ");
      const why = made.querySelector(".told-why");
      why.textContent = one.reason || why.dataset.fault;
      made.querySelector("[data-forget]").dataset.forget = one.n;
      return made;
    }));
    if (slot.childElementCount > before) slot.scrollIntoView({ block: "start" });
  }
  async function settle(found) {
    document.querySelectorAll("[data-sending]").forEach((form) => { delete form.dataset.sending; });
    if (found.text) await htmx.swap({ text: found.text, target: board(), swap: "outerMorph", sourceElement: board() });
    else htmx.trigger(board(), "refresh");
    await showTold();
  }
  function reload() {
    if (Date.now() - Number(sessionStorage.reloaded || 0) < 60000) return;
    sessionStorage.reloaded = Date.now();
    location.reload();
  }
  /* To the lock, or wherever the page belongs now: once, for a second address breaks the first one off. */
  function leave() {
    if (leaving) return;
    leaving = true;
    setTimeout(() => { leaving = false; }, 5000);
    location.assign(PAGE);
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
      if (found.status === 401) return leave();
      if (found.status === 403) reload();
      if (found.left < before || !found.left) await settle(found);
      if (found.left) timer = setTimeout(flush, 1000 * WAITS[Math.min(tries, WAITS.length) - 1]);
    } finally {
      busy = false;
      await picture();
    }
    if (again) { again = false; flush(); }
  }
  async function wakeWorker() {
    const worker = navigator.serviceWorker && (await navigator.serviceWorker.getRegistration(PAGE));
    if (worker && worker.sync) worker.sync.register("outbox").catch(() => {});
  }
  function parcelOf(form, button) {
    const body = new URLSearchParams(new FormData(form, button)), token = body.get("csrf") || "", holder = document.querySelector("[data-who]");
    const [, key, step] = TAP.exec(form.getAttribute("action")) || [null, "", "other"], about = decodeURIComponent(key);
    body.delete("csrf");
    return {
      action: form.getAttribute("action"), body: body.toString(), csrf: token, bed: about, step: step, label: page.label ? page.label(about) : "",
      said: button ? button.dataset.said || button.textContent.trim() : "",
      who: holder ? holder.dataset.who : "", after: Boolean(form.closest("[data-guess]")),
      until: form.dataset.seconds ? Date.now() + 1000 * Number(form.dataset.seconds) : 0,
    };
  }
  /* Whether the phone could keep a parcel; a full one says that it could not. */
  async function keep(parcel) {
    const full = document.getElementById("unkept");
    full.hidden = await Outbox.put(parcel).then(() => true, () => false);
    if (!full.hidden) full.scrollIntoView({ block: "center" });
    return full.hidden;
  }
  async function tap(form, button) {
    const parcel = parcelOf(form, button), kept = await keep(parcel);
    if (!kept) {
      delete form.dataset.sending;
      return false;
    }
    if (page.kept) page.kept(parcel);
    setTimeout(picture, navigator.onLine ? PICTURE_AFTER : 0);
    if (navigator.onLine) flush(); else wakeWorker();
    return true;
  }
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-tap]"), over = event.target.closest("[data-over]");
    if (over) { event.preventDefault(); Outbox.flush(csrf()).then((found) => { if (found.left) tell(); else over.submit(); }); }
    if (!form) return;
    event.preventDefault();
    if (form.dataset.sending) return;
    const dialog = form.closest("dialog");
    if (dialog) dialog.close(); else form.dataset.sending = "1";
    if (navigator.vibrate) navigator.vibrate(30);
    if (form.dataset.report !== undefined) page.report(form, event.submitter); else tap(form, event.submitter);
  });
  document.addEventListener("click", async (event) => {
    const speak = event.target.closest("[data-say]"), back = event.target.closest("[data-take-back]"), forget = event.target.closest("[data-forget]");
    if (forget) { await Outbox.forget(Number(forget.dataset.forget)); showTold(); }
    if (back) { await Outbox.takeBack(Number(back.dataset.takeBack)); page.real(); picture(); }
    if (speak) say(speak.dataset.say);
  });
  function say(words) {
    const said = new SpeechSynthesisUtterance(words);
    said.lang = board().dataset.voice;
    speechSynthesis.cancel();
    speechSynthesis.speak(said);
  }
  /* The marks of a guess: that it was kept and is not sent, and its undo, unless it may have arrived already. */
  function marked(slot, last) {
    slot.prepend(document.getElementById("guessed").content.cloneNode(true));
    const back = slot.querySelector("[data-take-back]");
    if (last.tried) back.remove(); else back.dataset.takeBack = last.n;
  }
  function voices() {
    if ("speechSynthesis" in window) board().querySelectorAll("[data-say]").forEach((button) => { button.hidden = false; });
  }
  async function drawn(fresh) {
    page.drawn(fresh);
    voices();
    await picture();
    const now = page.subject();
    if (now && now !== subject && fresh && navigator.vibrate && navigator.userActivation.hasBeenActive) navigator.vibrate([120, 80, 120]);
    subject = now;
  }
  /* A page that came out of the cupboard says when it was seen last. */
  function seenAt(stored, last) {
    const at = new Date(Math.max(Date.parse(stored), last ? last.at : 0));
    document.querySelector("#kept time").textContent = at.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false });
    document.getElementById("kept").hidden = false;
  }
  /* Once the page is there; `ready` is done first. Gives a promise of its first drawing. */
  function begin(own, ready) {
    page = own;
    document.addEventListener("htmx:after:swap", () => drawn(true));
    document.addEventListener("htmx:after:request", (event) => {
      const response = event.detail.ctx && event.detail.ctx.response;
      if (response && response.status === 401) leave();
    });
    window.addEventListener("online", flush);
    document.addEventListener("visibilitychange", () => { if (!document.hidden) flush(); });
    setInterval(flush, 15000);
    if (navigator.serviceWorker) navigator.serviceWorker.addEventListener("message", () => settle({ text: "" }).then(flush));
    const there = ready.then(() => drawn(false));
    there.then(showTold).then(flush);
    return there;
  }
  return { begin, board, flush, tap, keep, parcelOf, picture, marked, voices, seenAt };
})();
