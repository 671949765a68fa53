/* The porter's page: what is its own beside the taps (phone-taps.js). Until a tap has arrived the page shows the job as it will be: its faces
   stand in the page beside it, drawn by the server. */
"use strict";
(function () {
  const NEXT = { accept: "pick-up", "pick-up": "deliver" }, ENDS = new Set(["deliver", "give-back"]);
  const card = () => document.getElementById("card");
  let real = null;

  /* A page that came out of the cupboard shows the last board that was seen, and when that was. */
  async function open() {
    const stored = document.documentElement.dataset.kept, seen = await Outbox.kept("porter-board");
    if (stored === undefined) return;
    if (seen && seen.at > Date.parse(stored)) Taps.board().outerHTML = seen.html;
    Taps.seenAt(stored, seen);
  }
  function drawn(fresh) {
    if (fresh) {
      delete document.documentElement.dataset.kept;
      document.getElementById("kept").hidden = true;
    }
    if (card().dataset.guess !== undefined) return;
    real = card().innerHTML;
    if (document.documentElement.dataset.kept === undefined) Outbox.keep("porter-board", { html: Taps.board().outerHTML, at: Date.now() });
  }
  /* The face that the unsent taps lead to, marked as a guess: the same job one tap on, else the next one that none of them has ended. */
  function foretell(waiting) {
    const faces = Array.from(Taps.board().querySelectorAll("[data-for]"));
    const known = new Set([Taps.board().dataset.job, ...faces.map((face) => face.dataset.for)]);
    const taps = waiting.filter((one) => one.bed && known.has(one.bed)), tap = taps[taps.length - 1];
    if (!tap || card().dataset.guess === String(tap.n)) return;
    const over = new Set(taps.filter((one) => ENDS.has(one.step)).map((one) => one.bed));
    const next = NEXT[tap.step] ? faces.find((face) => face.dataset.for === tap.bed && face.dataset.face === NEXT[tap.step])
      : faces.find((face) => !over.has(face.dataset.for) && face.dataset.for !== Taps.board().dataset.job);
    card().dataset.guess = tap.n;
    card().replaceChildren((next || Taps.board().querySelector('[data-face="end"]')).content.cloneNode(true));
    Taps.marked(card(), tap);
    Taps.voices();
  }
  function back() {
    card().innerHTML = real;
    delete card().dataset.guess;
    Taps.voices();
  }
  function way(job) {
    const shown = Taps.board().querySelector('[data-ride="' + CSS.escape(job) + '"]');
    return shown ? shown.dataset.way : "";
  }
  Taps.begin({ label: way, drawn: drawn, foretell: foretell, real: back, subject: () => Taps.board().dataset.job }, open());
})();
