/* Calls numbers out: a chime, then the call in each of the clinic's languages for which this browser has a voice; where it has none, the
   chime once more. One call after another, each once. Needs nothing; opd.js gives it the calls. ES2019, Chromium 87.
   A browser lets no page sound before somebody has touched it: one press of the button (on a television's remote, OK) is enough, or the
   flag --autoplay-policy=no-user-gesture-required of a kiosk. The choice is kept over the nightly reload. */
"use strict";
function Announcer(voices, kiosk, say) {
  const KEPT = "opd-sound", MOST = 8, AFTER_CHIME = 1400, PATIENCE = 12000;
  const button = document.querySelector(".sound"), said = button.querySelector("span"), waiting = [];
  let sound = null, busy = false, wanted = kiosk || kept() === "on";

  function kept() {
    try { return localStorage.getItem(KEPT); } catch (error) { return null; }
  }
  function keep() {
    try { localStorage.setItem(KEPT, wanted ? "on" : "off"); } catch (error) { /* a full or closed store only forgets */ }
  }
  function show() {
    const state = !wanted ? "off" : sound && sound.state === "running" ? "on" : "blocked";
    if (document.body.dataset.sound === state) return;
    document.body.dataset.sound = state;
    said.textContent = say({ on: "Sound on", off: "Sound off", blocked: "Press OK for sound" }[state]);
    button.setAttribute("aria-pressed", String(state === "on"));
  }
  function wake() {
    if (!wanted || !("AudioContext" in window)) return show();
    sound = sound || new AudioContext();
    sound.onstatechange = show;
    sound.resume().then(show, show);
    show();
  }
  function chime() {
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
  /* Digits one by one: nobody mishears forty-two as forty, and a hall listens for its own three. */
  function spell(text, digits) {
    return text.replace(/-/g, " ").replace(/\d/g, (digit) => " " + digits[digit] + ",").replace(/\s+/g, " ").replace(/,$/, "").trim();
  }
  function sentence(voice, call) {
    const door = /^room (\w{1,4})$/i.exec(call.room.trim());
    const room = door ? voice.room.replace("{number}", spell(door[1], voice.digits)) : spell(call.room, voice.digits);
    return voice.call.replace("{token}", spell(call.token, voice.digits)).replace("{room}", call.clinic ? call.clinic + ", " + room : room);
  }
  function voiceOf(lang) {
    const known = window.speechSynthesis.getVoices(), plain = (name) => name.replace("_", "-").toLowerCase();
    return known.find((one) => plain(one.lang) === plain(lang)) || known.find((one) => plain(one.lang).split("-")[0] === plain(lang).split("-")[0]);
  }
  /* Some engines never tell that they have ended: after PATIENCE the next is said all the same. */
  function speak(lines, done) {
    if (!lines.length) return done();
    const [text, voice] = lines[0], words = new SpeechSynthesisUtterance(text);
    let over = false;
    const next = () => {
      if (over) return;
      over = true;
      clearTimeout(late);
      speak(lines.slice(1), done);
    };
    const late = setTimeout(next, PATIENCE);
    Object.assign(words, { voice, lang: voice.lang, rate: 0.9, onend: next, onerror: next });
    window.speechSynthesis.speak(words);
  }
  function lines(call) {
    if (!("speechSynthesis" in window)) return [];
    return voices.map((one) => [sentence(one, call), voiceOf(one.voice)]).filter(([, voice]) => voice);
  }
  function next() {
    const call = waiting.shift();
    busy = call !== undefined;
    if (!busy) return;
    if (!sound || sound.state !== "running" || !wanted || !call.holds()) return next();
    chime();
    const spoken = lines(call);
    setTimeout(() => {
      if (spoken.length) speak(spoken, next);
      else { if (wanted) chime(); setTimeout(next, AFTER_CHIME); }
    }, AFTER_CHIME);
  }
  button.addEventListener("click", () => {
    const running = sound && sound.state === "running";
    wanted = !(wanted && running);
    keep();
    if (wanted) return wake();
    waiting.length = 0;
    if ("speechSynthesis" in window) window.speechSynthesis.cancel();
    show();
  });
  /* Any other touch of the page wakes a sound that is wanted; what presses the button is the button's. */
  const presses = (event) => button.contains(event.target) && (event.key === undefined || event.key === "Enter" || event.key === " ");
  ["keydown", "pointerdown"].forEach((kind) => addEventListener(kind, (event) => { if (!presses(event)) wake(); }));
  wake();
  return {
    /* `call` is {token, room, clinic, holds()}, `clinic` its name where several share the screen: it is left out where, when its turn comes, it holds no more. */
    call(call) {
      waiting.push(call);
      if (waiting.length > MOST) waiting.shift();
      if (!busy) next();
    },
  };
}
