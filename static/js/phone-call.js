/* A phone on shift: the screen stays on, an urgent bed rings and shakes once, a job that waits for its "I am coming" until it is answered,
   and a patient whom a clean got out of casualty is a small tune. On the board, and on the locked page, which asks the server itself. */
"use strict";
(function () {
  const AGAIN = 20000, ASK = 15000, KEPT = 60;
  const banner = document.getElementById("call"), asks = banner.dataset.asks;
  const hushed = new Set(JSON.parse(localStorage.getItem("hushed") || "[]"));
  let sound = null, rested = true, resting = null, lamp = null;

  async function stayAwake() {
    if (!("wakeLock" in navigator) || document.hidden || banner.dataset.shift === undefined) return;
    try {
      lamp = await navigator.wakeLock.request("screen");
      document.documentElement.dataset.awake = "";
      lamp.addEventListener("release", () => { delete document.documentElement.dataset.awake; });
    } catch { /* a nearly empty battery may refuse */ }
  }
  function tones(notes) {
    if (!sound || sound.state !== "running") return;
    notes.forEach(([pitch, from, lasts]) => {
      const voice = sound.createOscillator(), gain = sound.createGain(), at = sound.currentTime + from;
      voice.frequency.value = pitch;
      gain.gain.setValueAtTime(0.5, at);
      gain.gain.exponentialRampToValueAtTime(0.001, at + lasts);
      voice.connect(gain).connect(sound.destination);
      voice.start(at);
      voice.stop(at + lasts);
    });
  }
  const SOUNDS = {
    stat: [[[880, 0, .3], [660, .35, .3], [880, .7, .3], [660, 1.05, .3], [880, 1.4, .5]], [400, 150, 400, 150, 400]],
    ack: [[[660, 0, .25], [660, .4, .25]], [250, 150, 250]],
    praise: [[[523, 0, .2], [659, .2, .2], [784, .4, .5]], [80, 60, 80]],
  };
  /* One ring and then a rest, whose end looks again: what still waits for its answer rings once more, at that moment and no later. */
  function ring(kind) {
    rested = false;
    clearTimeout(resting);
    resting = setTimeout(() => { rested = true; listen(); }, AGAIN);
    document.documentElement.dataset.rang = kind;
    tones(SOUNDS[kind][0]);
    if (navigator.vibrate && navigator.userActivation.hasBeenActive) navigator.vibrate(SOUNDS[kind][1]);
  }
  /* Whether a job is told of for the first time on this phone; before its first touch a page may neither sound nor shake. */
  function isNew(kind, number) {
    if (!navigator.userActivation.hasBeenActive) return false;
    const seen = JSON.parse(localStorage.getItem("rung") || "[]"), name = kind + ":" + number;
    if (seen.includes(name)) return false;
    localStorage.setItem("rung", JSON.stringify([...seen, name].slice(-KEPT)));
    return true;
  }
  function heard(stats, offered, praised) {
    const fresh = stats.filter((one) => isNew("stat", one.number)), happy = praised.filter((number) => isNew("praise", number));
    const shown = stats.filter((one) => !hushed.has(one.number));
    banner.querySelector("b").textContent = shown.map((one) => one.label).join(", ");
    banner.hidden = !shown.length;
    banner.dataset.numbers = shown.map((one) => one.number).join(" ");
    document.documentElement.dataset.listens = "";
    if (fresh.length) ring("stat");
    else if (offered && rested) ring("ack");
    else if (happy.length) ring("praise");
  }
  function fromBoard() {
    const board = document.getElementById("board");
    if (!board) return;
    const waiting = Array.from(board.querySelectorAll("[data-stat]")).filter((one) => !one.querySelector("[data-stage=in_progress], .begun"));
    const stats = waiting.map((one) => {
      if (one.dataset.label) return { number: one.dataset.stat, label: one.dataset.label };
      const name = one.querySelector(".bed, b").cloneNode(true);
      name.querySelectorAll(".visually-hidden").forEach((hidden) => hidden.remove());
      return { number: one.dataset.stat, label: name.textContent.trim() };
    });
    heard(stats, board.querySelector("[data-ack]") !== null, Array.from(board.querySelectorAll("[data-praise]"), (one) => one.dataset.praise));
  }
  async function fromServer() {
    const response = await fetch(asks).catch(() => null);
    if (!response || !response.ok) return;
    const told = await response.json();
    heard(told.stat, told.offered, []);
  }
  const listen = asks ? fromServer : fromBoard;
  document.addEventListener("htmx:after:swap", listen);
  document.addEventListener("visibilitychange", stayAwake);
  document.addEventListener("pointerdown", () => {
    sound = sound || new AudioContext();
    sound.resume().then(() => {
      const first = document.documentElement.dataset.sound === undefined;
      document.documentElement.dataset.sound = sound.state;
      if (first) listen();
    });
  });
  banner.querySelector("button").addEventListener("click", () => {
    banner.dataset.numbers.split(" ").forEach((number) => hushed.add(number));
    localStorage.setItem("hushed", JSON.stringify([...hushed].slice(-KEPT)));
    banner.hidden = true;
  });
  if (asks) setInterval(listen, ASK);
  stayAwake();
  listen();
})();
