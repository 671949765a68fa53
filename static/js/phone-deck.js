/* What the phone shows while taps wait to be sent. The deck is the server's own cards of the next beds, each before and after its
   beginning (/housekeeping/deck), kept in IndexedDB: without a network the next card is dealt from it. A guess is marked as one, and the
   server's next answer replaces it. */
"use strict";
self.Deck = (function () {
  const EVERY = 20000;
  let deck = { cards: {}, none: "", labels: {} }, asked = 0, real = "", truth = null, chosen = "", chosenCard = "";

  const board = () => document.getElementById("board");
  const card = () => document.getElementById("card");
  const label = (bed) => deck.labels[bed] || bed;

  /* At the start: the deck as it was kept, and on a page that came out of the cupboard the last board that was seen. */
  async function open() {
    deck = (await Outbox.kept("deck")) || deck;
    const stored = document.documentElement.dataset.kept, last = await Outbox.kept("board");
    if (stored && last && last.at > Date.parse(stored)) board().outerHTML = last.html;
    if (stored) document.getElementById("kept").hidden = false;
    if (stored) document.querySelector("#kept time").textContent = clock(Math.max(Date.parse(stored), last ? last.at : 0));
  }
  function clock(at) {
    return new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false });
  }
  /* The board is drawn: by the server's answer (`fresh`), or as it lay in the cupboard. */
  function drawn(fresh) {
    if (fresh && document.documentElement.dataset.kept !== undefined) {
      delete document.documentElement.dataset.kept;
      document.getElementById("kept").hidden = true;
    }
    if (!card() || card().dataset.guess !== undefined || card().dataset.chosen !== undefined) return;
    voices();
    real = board().innerHTML;
    truth = [board().dataset.bed, ...Array.from(board().querySelectorAll(".queue > li"), (line) => line.id.replace("queue-", ""))].filter(Boolean);
    if (document.documentElement.dataset.kept === undefined) Outbox.keep("board", { html: board().outerHTML, at: Date.now() });
    if (Date.now() - asked > EVERY) renew();
    if (chosen) choose(chosen);
  }
  /* A bed whose label was scanned lies on top until it is tapped or laid back; without a network it must be one of the deck. */
  async function choose(bed) {
    if (chosen !== bed) chosenCard = "";
    chosen = bed;
    lay();
    const response = await fetch("/housekeeping/beds/" + encodeURIComponent(bed) + "/card", { headers: { "HX-Request": "true" } }).catch(() => null);
    const own = deck.cards[bed];
    if (response && response.ok) chosenCard = await response.text();
    else if (!chosenCard && own) chosenCard = own.waiting;
    if (chosen === bed) lay();
  }
  function lay() {
    if (!chosenCard || card().dataset.guess !== undefined) return;
    card().innerHTML = chosenCard;
    card().dataset.chosen = chosen;
    voices();
  }
  function unchoose(redraw) {
    const was = chosen;
    chosen = "";
    if (was && redraw) back();
  }
  function voices() {
    if ("speechSynthesis" in window) board().querySelectorAll("[data-say]").forEach((button) => { button.hidden = false; });
  }
  async function renew() {
    asked = Date.now();
    const response = await fetch("/housekeeping/deck", { headers: { "HX-Request": "true" } }).catch(() => null);
    if (!response || !response.ok) return;
    deck = await response.json();
    await Outbox.keep("deck", deck);
  }
  /* What the hospital will be once these taps have arrived: the beds in order, the one in hand, and which of its pictures is true. */
  const JOB = new Set(["coming", "start", "step", "pause", "done", "problem"]);
  function foretell(parcels) {
    const beds = truth.slice(), picture = {};
    let current = beds[0];
    for (const { bed, step, body } of parcels) {
      if (step === "done" || step === "problem") { if (beds.includes(bed)) beds.splice(beds.indexOf(bed), 1); }
      else picture[bed] = { coming: "coming", start: "begun", step: "step:" + new URLSearchParams(body).get("part") }[step] || "waiting";
      if (step === "start" || step === "step" || step === "coming") current = bed;
      else if (current === bed) current = beds.find((other) => other !== bed) || beds[0];
    }
    return { beds: beds, current: current, picture: picture[current] || "waiting" };
  }
  function guess(parcels) {
    if (!truth || !card()) return;
    for (const parcel of parcels) if (parcel.step === "daily") (document.getElementById("daily-" + parcel.bed) || { remove() {} }).remove();
    const unsent = parcels.filter((parcel) => parcel.bed && JOB.has(parcel.step));
    if (!unsent.length) return;
    const made = foretell(unsent), own = deck.cards[made.current];
    const html = !made.current ? deck.none : own ? own[made.picture] || own.waiting : "";
    const slot = card(), last = unsent[unsent.length - 1], seen = last.n + ":" + unsent.length;
    if (slot.dataset.guess === seen) return;
    slot.innerHTML = html;
    slot.dataset.guess = seen;
    delete slot.dataset.chosen;
    board().dataset.bed = made.current || "";
    slot.prepend(document.getElementById("guessed").content.cloneNode(true));
    const back = slot.querySelector("[data-take-back]");
    if (last.tried) back.remove(); else back.dataset.takeBack = last.n;
    board().querySelectorAll(".queue > li").forEach((line) => {
      const bed = line.id.replace("queue-", "");
      if (bed === made.current || !made.beds.includes(bed)) line.remove();
    });
    voices();
  }
  function back() {
    board().innerHTML = real;
    board().dataset.bed = truth[0] || "";
  }
  return { open, drawn, guess, label, choose, unchoose, real: back };
})();
