/* The scanner: the camera's picture, or a photo where there is no camera, to the text of a QR code. The browser's own detector where it
   has one; else zxing (vendor/), fetched when it is needed, on this page alone. A bed's label leads to the bed, a badge to its PIN. */
"use strict";
(function () {
  const EVERY = 180;
  const scan = document.getElementById("scan"), video = document.getElementById("scan-video"), state = document.getElementById("scan-state");
  const canvas = document.createElement("canvas"), paper = canvas.getContext("2d", { willReadFrequently: true });
  let over = false, stream = null;

  const tell = (what) => { state.textContent = state.dataset[what]; scan.dataset.state = what; };

  function load(address) {
    return new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = address;
      script.onload = resolve;
      script.onerror = reject;
      document.head.append(script);
    });
  }
  function pixels(source) {
    const wide = source.videoWidth || source.width, high = source.videoHeight || source.height, scale = Math.min(1, 1280 / Math.max(wide, high));
    canvas.width = Math.round(wide * scale);
    canvas.height = Math.round(high * scale);
    paper.drawImage(source, 0, 0, canvas.width, canvas.height);
    return paper.getImageData(0, 0, canvas.width, canvas.height);
  }
  async function own() {
    if (!("BarcodeDetector" in window) || !(await BarcodeDetector.getSupportedFormats()).includes("qr_code")) return null;
    const detector = new BarcodeDetector({ formats: ["qr_code"] });
    return async (source) => (await detector.detect(source)).map((found) => found.rawValue);
  }
  async function vendored() {
    await load(scan.dataset.zxing);
    ZXingWASM.prepareZXingModule({ overrides: { locateFile: () => scan.dataset.wasm } });
    return async (source) => (await ZXingWASM.readBarcodes(pixels(source), { formats: ["QRCode"], tryHarder: true })).map((found) => found.text);
  }
  /* Whether a code was of use. */
  function use(text) {
    const bed = /\/b\/([^/?#]+)\/?$/.exec(text), badge = scan.dataset.wants === "station" ? (/^BDFL[A-Z]{32}$/.exec(text) || [""])[0] : text.startsWith("bedflow-badge:") ? text.slice(14) : "";
    if (over || (scan.dataset.wants === "bed" ? !bed : !badge)) return false;
    over = true;
    if (navigator.vibrate) navigator.vibrate(60);
    if (stream) stream.getTracks().forEach((track) => track.stop());
    if (bed) location.assign("/housekeeping?bed=" + bed[1]);
    else ask(badge);
    return true;
  }
  function ask(badge) {
    const form = document.getElementById("badge-form"), fold = form.closest("details");
    if (fold) fold.open = true;
    form.elements.badge.value = badge;
    form.hidden = false;
    scan.hidden = true;
    form.elements.pin.focus();
  }
  async function look(read) {
    if (over) return;
    if (video.readyState >= 2) {
      const texts = await read(video).catch(() => []);
      if (texts.some(use)) return;
      if (texts.length) tell("other");
    }
    setTimeout(look, EVERY, read);
  }
  async function photo(read, file) {
    const picture = await createImageBitmap(file).catch(() => null), texts = picture ? await read(picture).catch(() => []) : [];
    if (!texts.some(use)) tell(texts.length ? "other" : "nothing");
  }
  async function start() {
    let read = null;
    const reading = own().then((found) => found || vendored()).then((found) => { read = found; return found; });
    reading.catch(() => { over = true; tell("away"); });
    document.getElementById("scan-photo").addEventListener("change", async (event) => {
      if (event.target.files.length && !over) photo(await reading, event.target.files[0]);
    });
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1280 } } });
      video.srcObject = stream;
      await video.play();
      tell("looking");
      look(read || (await reading));
    } catch {
      if (!over) tell("dark");
    }
  }
  if (!scan.hidden) start();
})();
