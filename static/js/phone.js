/* The housekeeping phone's page: a tap goes into the outbox (phone-outbox.js) before anything else, and from there to the server, now or
   when there is a network again; until then the page shows what the tap will bring (phone-deck.js). */
"use strict";
(function () {
  const WAITS = [1, 2, 4, 8, 15], PICTURE_AFTER = 500;
  const TAP = /^\/housekeeping\/beds\/([^/]+)\/([a-z-]+)$/;
  let tries = 0, timer = null, busy = false, again = false;

  const board = () => document.getElementById("board");
  const csrf = () => document.querySelector("[name=csrf]").value;

  async function tell() {
    const waiting = await Outbox.all(), mark = document.getElementById("unsent"), shown = waiting.length && (tries > 0 || !navigator.onLine);
    mark.hidden = !shown;
    mark.querySelector("b").textContent = waiting.length;
    return waiting;
  }
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
  async function flush() {
    if (busy) { again = true; return; }
    const before = (await Outbox.all()).length;
    if (!before) { tries = 0; await tell(); return; }
    busy = true;
    clearTimeout(timer);
    try {
      const found = await Outbox.flush(csrf());
      tries = found.left ? tries + 1 : 0;
      if (found.status === 401) return location.assign("/housekeeping");
      if (found.status === 403) reload();
      if (found.left < before || !found.left) await settle(found);
      if (found.left) timer = setTimeout(flush, 1000 * WAITS[Math.min(tries, WAITS.length) - 1]);
    } finally {
      busy = false;
      await Deck.guess(await tell());
    }
    if (again) { again = false; flush(); }
  }
  async function wakeWorker() {
    const worker = navigator.serviceWorker && (await navigator.serviceWorker.getRegistration("/housekeeping"));
    if (worker && worker.sync) worker.sync.register("outbox").catch(() => {});
  }
  const hex = (size) => Array.from(crypto.getRandomValues(new Uint8Array(size)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  /* A photo as small as the hospital takes it, whatever the camera made of it. */
  async function shrunk(file) {
    const picture = await createImageBitmap(file), canvas = document.createElement("canvas");
    for (let side = 1280; side >= 320; side /= 2) {
      const scale = Math.min(1, side / Math.max(picture.width, picture.height));
      canvas.width = Math.round(picture.width * scale);
      canvas.height = Math.round(picture.height * scale);
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      const small = await new Promise((resolve) => { canvas.toBlob(resolve, "image/jpeg", 0.7); });
      if (small.size < 230000) return small;
    }
    return null;
  }
  async function report(form, button) {
    const file = form.querySelector("[type=file]").files[0], number = hex(16);
    form.elements.problem.value = number;
    await tap(form, button);
    const photo = file ? await shrunk(file).catch(() => null) : null;
    form.reset();
    delete form.dataset.photo;
    if (!photo) return;
    const { csrf: token, bed, label, said } = parcelOf(form, button);
    await Outbox.put({ action: "/housekeeping/problems/" + number + "/photo", body: "", photo, csrf: token, bed, label, said, step: "photo", after: true });
    flush();
  }
  function parcelOf(form, button) {
    const body = new URLSearchParams(new FormData(form, button)), token = body.get("csrf") || "", holder = document.querySelector("[data-who]");
    const [, bed, step] = TAP.exec(form.getAttribute("action")) || [null, "", "other"];
    body.delete("csrf");
    return {
      action: form.getAttribute("action"), body: body.toString(), csrf: token, bed: decodeURIComponent(bed), step: step,
      said: button ? button.dataset.said || button.textContent.trim() : "", label: Deck.label(decodeURIComponent(bed)),
      who: holder ? holder.dataset.who : "", after: Boolean(form.closest("[data-guess]")),
      until: form.dataset.seconds ? Date.now() + 1000 * Number(form.dataset.seconds) : 0,
    };
  }
  async function tap(form, button) {
    const parcel = parcelOf(form, button);
    Deck.unchoose(false);
    try {
      await Outbox.put(parcel);
    } catch {
      delete form.dataset.sending;
      document.getElementById("unkept").hidden = false;
      return;
    }
    document.getElementById("unkept").hidden = true;
    setTimeout(async () => Deck.guess(await tell()), navigator.onLine ? PICTURE_AFTER : 0);
    if (navigator.onLine) flush(); else wakeWorker();
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
    if (form.dataset.report !== undefined) report(form, event.submitter); else tap(form, event.submitter);
  });
  document.addEventListener("change", (event) => {
    const form = event.target.closest("[data-report]");
    if (form) form.dataset.photo = event.target.files.length;
  });
  window.addEventListener("online", flush);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) flush(); });
  setInterval(flush, 15000);
  if (navigator.serviceWorker) navigator.serviceWorker.addEventListener("message", () => settle({ text: "" }).then(flush));

  document.addEventListener("click", async (event) => {
    const problem = event.target.closest("[data-problem]"), speak = event.target.closest("[data-say]"), back = event.target.closest("[data-take-back]");
    const forget = event.target.closest("[data-forget]");
    if (problem) {
      const dialog = document.getElementById("problem"), form = dialog.querySelector("form");
      form.setAttribute("action", "/housekeeping/beds/" + encodeURIComponent(problem.dataset.problem) + "/problem");
      form.elements.if_seq.value = problem.dataset.seq;
      if (form.elements.job) form.elements.job.value = problem.dataset.number || "";
      form.toggleAttribute("data-guess", Boolean(problem.closest("[data-guess]")));
      dialog.showModal();
    }
    if (event.target.closest("[data-close]")) event.target.closest("dialog").close();
    if (event.target.closest("[data-unchoose]")) Deck.unchoose(true);
    if (forget) { await Outbox.forget(Number(forget.dataset.forget)); showTold(); }
    if (back) { await Outbox.takeBack(Number(back.dataset.takeBack)); Deck.real(); Deck.guess(await tell()); }
    if (speak) say(speak.dataset.say);
  });
  function say(words) {
    const said = new SpeechSynthesisUtterance(words);
    said.lang = board().dataset.voice;
    speechSynthesis.cancel();
    speechSynthesis.speak(said);
  }

  let bed = board().dataset.bed;
  async function drawn(event) {
    Deck.drawn(Boolean(event));
    Deck.guess(await tell());
    if (board().dataset.bed && board().dataset.bed !== bed && navigator.vibrate && navigator.userActivation.hasBeenActive) navigator.vibrate([120, 80, 120]);
    bed = board().dataset.bed;
  }
  document.addEventListener("htmx:after:swap", drawn);
  document.addEventListener("htmx:after:request", (event) => {
    const response = event.detail.ctx && event.detail.ctx.response;
    if (response && response.status === 401) location.assign("/housekeeping");
  });
  const scanned = new URLSearchParams(location.search).get("bed");
  if (scanned) history.replaceState(null, "", "/housekeeping");
  Deck.open().then(() => drawn(null)).then(() => scanned && Deck.choose(scanned)).then(showTold).then(flush);
})();
