/* Calls numbers out: a chime, then the call in each of the clinic's languages, by this browser's own voice, else by the server's; where
   neither has one, the chime once more. One call after another, each once. Needs nothing; opd.js gives it the calls. ES2019, Chromium 87.
   A browser lets no page sound before somebody has touched it: one press of the button (on a television's remote, OK) is enough, or the
   flag --autoplay-policy=no-user-gesture-required of a kiosk. The choice is kept, and Chromium keeps its leave over the nightly reload. */
"use strict";
function Announcer(voices, kiosk, say) {
  const KEPT = "opd-sound", MOST = 8, AFTER_CHIME = 1400, AGAIN = 1000, PATIENCE = 12000;
  const button = document.querySelector(".sound"), shown = button.querySelector("span"), waiting = [];
  let sound = null, playing = null, busy = false, wanted = kiosk || kept() === "on";

  function kept() {
    try { return localStorage.getItem(KEPT); } catch (error) { return null; }
  }
  function keep() {
    try { localStorage.setItem(KEPT, wanted ? "on" : "off"); } catch (error) { /* a full or closed store only forgets */ }
  }
  function state() {
    return !wanted ? "off" : sound && sound.state === "running" ? "on" : "blocked";
  }
  function show() {
    const now = state();
    if (document.body.dataset.sound === now) return;
    document.body.dataset.sound = now;
    shown.textContent = say({ on: "Sound on", off: "Sound off", blocked: "Press OK for sound" }[now]);
    button.setAttribute("aria-pressed", String(now === "on"));
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
  function voiceOf(lang) {
    if (!("speechSynthesis" in window)) return undefined;
    const known = window.speechSynthesis.getVoices(), plain = (name) => name.replace("_", "-").toLowerCase();
    return known.find((one) => plain(one.lang) === plain(lang)) || known.find((one) => plain(one.lang).split("-")[0] === plain(lang).split("-")[0]);
  }
  function pause(milliseconds) {
    return new Promise((done) => setTimeout(done, milliseconds));
  }
  function fetched(address) {
    const late = new AbortController(), timer = setTimeout(() => late.abort(), PATIENCE);
    return fetch(address, { cache: "no-cache", signal: late.signal }).then((answer) => {
      if (!answer.ok) throw new Error(answer.status);
      return answer;
    }).finally(() => clearTimeout(timer));
  }
  /* What the server says of a call; asked once more, for another of its processes may hear of the call a moment later. */
  function words(call) {
    const address = document.body.dataset.calls + "?" + new URLSearchParams({ room: call.key, token: call.token });
    const ask = () => fetched(address).then((answer) => answer.json());
    return ask().catch(() => pause(AGAIN).then(ask)).then((told) => told.said, () => []);
  }
  /* A line as it can be said here: by the browser's own voice, else by the server's; else not at all. */
  function line(one) {
    const voice = voiceOf(one.voice);
    if (voice) return Promise.resolve((done) => speak(one.text, voice, done));
    if (!one.sound) return Promise.resolve(null);
    const heard = fetched(one.sound).then((answer) => answer.arrayBuffer()).then((bytes) => sound.decodeAudioData(bytes));
    return heard.then((wave) => (done) => play(wave, done), () => null);
  }
  /* Some engines never tell that they have ended: when that is late, the next is said all the same. */
  function once(done, milliseconds) {
    const late = setTimeout(over, milliseconds);
    let told = false;
    function over() {
      if (told) return;
      told = true;
      clearTimeout(late);
      done();
    }
    return over;
  }
  function speak(text, voice, done) {
    const said = new SpeechSynthesisUtterance(text), over = once(done, PATIENCE);
    Object.assign(said, { voice, lang: voice.lang, rate: 0.9, onend: over, onerror: over });
    window.speechSynthesis.speak(said);
  }
  function play(wave, done) {
    playing = sound.createBufferSource();
    playing.buffer = wave;
    playing.onended = once(done, wave.duration * 1000 + AFTER_CHIME);
    playing.connect(sound.destination);
    playing.start();
  }
  function each(lines) {
    if (!lines.length || !wanted) return next();
    const rest = () => each(lines.slice(1));
    try { lines[0](rest); } catch (error) { rest(); }
  }
  function next() {
    const call = waiting.shift();
    busy = call !== undefined;
    if (!busy) return;
    if (!sound || sound.state !== "running" || !wanted || !call.holds()) return next();
    chime();
    const lines = words(call).then((said) => Promise.all(said.map(line)));
    Promise.all([lines, pause(AFTER_CHIME)]).then(([found]) => {
      const heard = found.filter((one) => one);
      if (heard.length) return each(heard);
      if (wanted) chime();
      setTimeout(next, AFTER_CHIME);
    });
  }
  function hush() {
    waiting.length = 0;
    if ("speechSynthesis" in window) window.speechSynthesis.cancel();
    if (playing) playing.stop();
  }
  button.addEventListener("click", () => {
    const running = sound && sound.state === "running";
    wanted = !(wanted && running);
    keep();
    if (wanted) return wake();
    hush();
    show();
  });
  /* Any other touch of the page wakes a sound that is wanted; what presses the button is the button's. */
  const presses = (event) => button.contains(event.target) && (event.key === undefined || event.key === "Enter" || event.key === " ");
  ["keydown", "pointerdown"].forEach((kind) => addEventListener(kind, (event) => { if (!presses(event)) wake(); }));
  wake();
  return {
    /* `call` is {token, key, holds()}, `key` its room's: it is left out where, when its turn comes, it holds no more. */
    call(call) {
      waiting.push(call);
      if (waiting.length > MOST) waiting.shift();
      if (!busy) next();
    },
    /* What the display says of its sound, for the list of displays: on, off or blocked, and the languages that nobody speaks here. */
    told() {
      return { sound: state(), mute: voices.filter((one) => !one.served && !voiceOf(one.voice)).map((one) => one.lang).join(",") };
    },
  };
}
