/* What the phone shows while taps wait to be sent. The deck is the server's own cards of the next beds, each before and after its
   beginning (/housekeeping/deck), kept in IndexedDB: without a network the next card is dealt from it, and where the deck is older than the
   bed, drawn by the phone (phone-hand.js). A guess is marked as one, and the server's next answer replaces it. */
"use strict";
self.Deck = (function () {
  const EVERY = 20000;
  let deck = { cards: {}, none: "", labels: {}, begun: [] }, asked = 0, real = "", truth = null, waiting = [], chosen = "", chosenCard = "";

  const board = () => document.getElementById("board");
  const card = () => document.getElementById("card");
  /* The lines of the next beds; those of the daily cleans look alike and are no jobs. */
  const next = () => board().querySelectorAll(".queue > [id^='queue-']");
  const label = (bed) => deck.labels[bed] || (Hand.of(bed) || {}).label || bed;
  /* Whether the deck has the cards of the job that the server drew last, and not those of an earlier one. */
  function fits(bed) {
    const cards = deck.cards[bed], fact = Hand.of(bed);
    return Boolean(cards) && (!fact || cards.waiting.includes('data-number="' + fact.number + '"'));
  }
  /* A bed's card after these taps; without a tap of its own as the server said that it stands. */
  function dealt(bed, pictures) {
    const fact = Hand.of(bed), begun = fact ? fact.now === "in_progress" : (deck.begun || []).includes(bed);
    return (fits(bed) && deck.cards[bed][pictures[bed] || (begun ? "begun" : "waiting")]) || Hand.card(bed, pictures[bed], label(bed));
  }
  const none = () => deck.none || document.getElementById("hand-none").innerHTML;

  /* At the start: the deck as it was kept, and on a page that came out of the cupboard the last board that was seen. */
  async function open() {
    deck = (await Outbox.kept("deck")) || deck;
    await Hand.open();
    const stored = document.documentElement.dataset.kept, last = await Outbox.kept("board");
    if (stored && last && last.at > Date.parse(stored)) board().outerHTML = last.html;
    if (stored) Taps.seenAt(stored, last);
  }
  /* The board is drawn: by the server's answer (`fresh`), or as it lay in the cupboard. */
  function drawn(fresh) {
    if (fresh && document.documentElement.dataset.kept !== undefined) {
      delete document.documentElement.dataset.kept;
      document.getElementById("kept").hidden = true;
    }
    if (!card() || card().dataset.guess !== undefined || card().dataset.chosen !== undefined) return;
    real = board().innerHTML;
    truth = [board().dataset.bed, ...Array.from(next(), (line) => line.id.replace("queue-", ""))].filter(Boolean);
    if (document.documentElement.dataset.kept === undefined) Outbox.keep("board", { html: board().outerHTML, at: Date.now() });
    Hand.learn(board());
    if (Date.now() - asked > EVERY || !truth.every(fits)) renew();
    if (chosen) choose(chosen);
  }
  /* A bed whose label was scanned lies on top until it is tapped or laid back. Without a network its card comes from the deck, as the taps
     that wait will leave it; of a bed that is not in the deck the phone says that it does not know how it stands. */
  async function choose(bed) {
    if (chosen !== bed) chosenCard = "";
    chosen = bed;
    lay();
    const response = await fetch("/housekeeping/beds/" + encodeURIComponent(bed) + "/card", { headers: { "HX-Request": "true" } }).catch(() => null);
    if (response && response.ok) {
      chosenCard = await response.text();
      const slot = document.createElement("div");
      slot.innerHTML = chosenCard;
      Hand.learn(slot);
    } else if (!chosenCard) chosenCard = known(bed, foretell(waiting.filter((parcel) => parcel.bed && JOB.has(parcel.step))));
    if (chosen === bed) lay();
  }
  function known(bed, made) {
    const slot = document.createElement("div"), at = "/housekeeping/beds/" + encodeURIComponent(bed);
    const stranger = document.getElementById("stranger").content.cloneNode(true), back = stranger.querySelector("[data-unchoose]");
    if ((deck.cards[bed] || Hand.of(bed)) && made.beds.includes(bed)) {
      slot.innerHTML = dealt(bed, made.pictures);
    } else {
      stranger.querySelector(".bed").textContent = label(bed);
      stranger.querySelector("form").setAttribute("action", at + "/dirty");
      slot.append(stranger);
    }
    slot.append(back);
    return slot.innerHTML;
  }
  function lay() {
    if (!chosenCard) return;
    card().innerHTML = chosenCard;
    card().dataset.chosen = chosen;
    delete card().dataset.guess;
    Taps.voices();
  }
  function unchoose(redraw) {
    const was = chosen;
    chosen = "";
    if (was && redraw) back();
  }
  /* A tap was kept: what was scanned is in hand now, or done with. */
  const kept = (parcel) => unchoose(!JOB.has(parcel.step));
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
    const beds = (truth || []).slice(), picture = {};
    let current = beds[0];
    for (const { bed, step, body } of parcels) {
      if (step === "done" || step === "problem") { if (beds.includes(bed)) beds.splice(beds.indexOf(bed), 1); }
      else picture[bed] = { coming: "coming", start: "begun", step: "step:" + new URLSearchParams(body).get("part") }[step] || "waiting";
      if (step === "start" || step === "step" || step === "coming") current = bed;
      else if (current === bed) current = beds.find((other) => other !== bed) || beds[0];
    }
    return { beds: beds, current: current, pictures: picture };
  }
  function guess(parcels) {
    waiting = parcels;
    if (!truth || !card() || chosen) return;
    for (const parcel of parcels) if (parcel.step === "daily") (document.getElementById("daily-" + parcel.bed) || { remove() {} }).remove();
    const unsent = parcels.filter((parcel) => parcel.bed && JOB.has(parcel.step));
    if (!unsent.length) return;
    const made = foretell(unsent);
    const html = made.current ? dealt(made.current, made.pictures) : none();
    const slot = card(), last = unsent[unsent.length - 1], seen = last.n + ":" + unsent.length;
    if (slot.dataset.guess === seen) return;
    slot.innerHTML = html;
    slot.dataset.guess = seen;
    delete slot.dataset.chosen;
    board().dataset.bed = made.current || "";
    Taps.marked(slot, last);
    next().forEach((line) => {
      const bed = line.id.replace("queue-", "");
      if (bed === made.current || !made.beds.includes(bed)) line.remove();
    });
    Taps.voices();
  }
  function back() {
    board().innerHTML = real;
    board().dataset.bed = truth[0] || "";
    Taps.voices();
  }
  return { open, drawn, guess, label, choose, unchoose, kept, real: back };
})();
