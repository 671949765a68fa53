/* The waiting hall's television: numbers called, next numbers, doctors away. Needs display.js. A new call blinks, and chimes
   where the page was asked for with ?chime=1 (a browser in kiosk mode may need --autoplay-policy=no-user-gesture-required). */
"use strict";
(function () {
  const chiming = document.body.dataset.chime === "1" && "AudioContext" in window;
  let sound = null;

  function chime() {
    if (!chiming) return;
    sound = sound || new AudioContext();
    [[659, 0], [523, 0.35]].forEach(([pitch, start]) => {
      const tone = sound.createOscillator(), loud = sound.createGain(), from = sound.currentTime + start;
      tone.frequency.value = pitch;
      loud.gain.setValueAtTime(0.25, from);
      loud.gain.exponentialRampToValueAtTime(0.001, from + 0.9);
      tone.connect(loud).connect(sound.destination);
      tone.start(from);
      tone.stop(from + 0.9);
    });
  }
  function draw(tile, announce) {
    const room = document.getElementById(tile.key);
    if (!room || (announce && tile.seq < Number(room.dataset.seq))) return;
    const away = tile.back_at && !tile.called;
    const again = tile.called && (room.dataset.token !== tile.token || Number(room.dataset.calls) < tile.calls);
    const show = away ? "away" : tile.called ? "now" : tile.token ? "in" : "idle";
    Object.assign(room.dataset, { seq: tile.seq, token: tile.token || "", calls: tile.calls, show });
    display.text(room.querySelector(".token"), away ? "Back " + display.at(tile.back_at) : tile.token || "–");
    display.text(room.querySelector(".next b"), tile.next[0] || "–");
    display.text(room.querySelector(".next i"), tile.next.length > 1 ? ", " + tile.next[1] : "");
    if (!again || !announce) return;
    room.classList.remove("called");
    requestAnimationFrame(() => room.classList.add("called"));
    chime();
  }
  document.addEventListener("animationend", (event) => {
    const room = event.target.closest(".room");
    if (room) room.classList.remove("called");
  });
  let display = null;
  display = Display((tiles, announce) => tiles.forEach((tile) => draw(tile, announce)), null);
})();
