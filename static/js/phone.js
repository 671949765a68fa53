/* The cleaner's page: what is its own beside the taps (phone-taps.js) and the cards (phone-deck.js): a problem with its photo, and the bed
   whose label was scanned. */
"use strict";
(function () {
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
    if (!(await Taps.tap(form, button))) return;
    const photo = file ? await shrunk(file).catch(() => null) : null, { csrf, bed, label, said } = Taps.parcelOf(form, button);
    form.reset();
    delete form.dataset.photo;
    if (!photo) return;
    await Taps.keep({ action: "/housekeeping/problems/" + number + "/photo", body: "", photo, csrf, bed, label, said, step: "photo", after: true });
    Taps.flush();
  }
  document.addEventListener("change", (event) => {
    const form = event.target.closest("[data-report]");
    if (form) form.dataset.photo = event.target.files.length;
  });
  document.addEventListener("click", (event) => {
    const problem = event.target.closest("[data-problem]");
    if (problem) {
      const dialog = document.getElementById("problem"), form = dialog.querySelector("form");
      form.setAttribute("action", "/housekeeping/beds/" + encodeURIComponent(problem.dataset.problem) + "/problem");
      form.elements.if_seq.value = problem.dataset.seq;
      if (form.elements.job) form.elements.job.value = problem.dataset.number || "";
      form.toggleAttribute("data-guess", Boolean(problem.closest("[data-guess]")));
      dialog.showModal();
    }
    if (event.target.closest("[data-close]")) event.target.closest("dialog").close();
    if (event.target.closest("[data-unchoose]")) { Deck.unchoose(true); Taps.picture(); }
  });

  const scanned = new URLSearchParams(location.search).get("bed");
  if (scanned) history.replaceState(null, "", "/housekeeping");
  const page = {
    label: Deck.label, report: report, drawn: Deck.drawn, foretell: Deck.guess, real: Deck.real,
    kept: Deck.kept, subject: () => Taps.board().dataset.bed,
  };
  Taps.begin(page, Deck.open()).then(() => scanned && Deck.choose(scanned));
})();
