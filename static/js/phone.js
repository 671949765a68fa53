/* The housekeeping phone. A tap is a small parcel: address, form, and one key for all its tries, so that the server counts it once.
   Parcels are sent one after another; one that cannot be sent is shown and tried again. They are kept in memory for now: `parcels`
   is the one place to put a store that outlives the page. */
"use strict";
(function () {
  const WAITS = [1, 2, 4, 8, 15];
  const parcels = [];
  let sending = false, tries = 0, timer = null;

  function fresh() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }
  function tell() {
    const mark = document.getElementById("unsent");
    mark.hidden = !parcels.length || tries === 0;
    mark.querySelector("b").textContent = parcels.length;
  }
  function post(parcel) {
    return fetch(parcel.action, {
      method: "POST", body: parcel.body, redirect: "manual",
      headers: { "X-CSRF-Token": parcel.body.get("csrf") || "", "HX-Request": "true", "Idempotency-Key": parcel.key },
    });
  }
  async function settle(response) {
    const refusal = document.getElementById("refusal"), board = document.getElementById("board");
    const text = await response.text();
    if (response.ok) {
      refusal.textContent = "";
      await htmx.swap({ text: text, target: board, swap: "outerMorph", sourceElement: board });
    } else {
      refusal.innerHTML = text;
      refusal.scrollIntoView({ block: "start" });
      htmx.trigger(board, "refresh");
    }
  }
  async function flush() {
    if (sending || !parcels.length) return;
    sending = true;
    clearTimeout(timer);
    try {
      const response = await post(parcels[0]);
      if (response.type === "opaqueredirect" || response.status === 401) return location.assign("/housekeeping");
      if (response.status >= 500 || response.status === 429) throw new Error("later");
      const parcel = parcels.shift();
      tries = 0;
      if (parcel.form) delete parcel.form.dataset.sending;
      await settle(response);
    } catch {
      tries += 1;
      timer = setTimeout(flush, 1000 * WAITS[Math.min(tries, WAITS.length) - 1]);
      return;
    } finally {
      sending = false;
      tell();
    }
    flush();
  }
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-tap]");
    if (!form) return;
    event.preventDefault();
    if (form.dataset.sending) return;
    const body = new URLSearchParams(new FormData(form, event.submitter));
    const dialog = form.closest("dialog");
    if (dialog) dialog.close(); else form.dataset.sending = "1";
    if (navigator.vibrate) navigator.vibrate(30);
    parcels.push({ action: form.getAttribute("action"), body: body, key: fresh(), form: form });
    flush();
  });
  window.addEventListener("online", flush);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) flush(); });
  window.addEventListener("beforeunload", (event) => { if (parcels.length) event.preventDefault(); });

  document.addEventListener("click", (event) => {
    const problem = event.target.closest("[data-problem]"), speak = event.target.closest("[data-say]");
    if (problem) {
      const dialog = document.getElementById("problem"), form = dialog.querySelector("form");
      form.setAttribute("action", "/housekeeping/beds/" + encodeURIComponent(problem.dataset.problem) + "/problem");
      form.elements.if_seq.value = problem.dataset.seq;
      dialog.showModal();
    }
    if (event.target.closest("[data-close]")) event.target.closest("dialog").close();
    if (speak) {
      const said = new SpeechSynthesisUtterance(speak.dataset.say);
      said.lang = { hi: "hi-IN", ta: "ta-IN" }[document.getElementById("board").dataset.lang] || "en-IN";
      speechSynthesis.cancel();
      speechSynthesis.speak(said);
    }
  });

  let bed = document.getElementById("board").dataset.bed;
  function drawn() {
    const board = document.getElementById("board");
    if ("speechSynthesis" in window) board.querySelectorAll("[data-say]").forEach((button) => { button.hidden = false; });
    if (board.dataset.bed && board.dataset.bed !== bed && navigator.vibrate && navigator.userActivation.hasBeenActive) navigator.vibrate([120, 80, 120]);
    bed = board.dataset.bed;
  }
  document.addEventListener("htmx:after:swap", drawn);
  document.addEventListener("htmx:after:request", (event) => {
    const response = event.detail.ctx && event.detail.ctx.response;
    if (response && response.status === 401) location.assign("/housekeeping");
  });
  drawn();
})();
