/* What every unattended display does: listens, says how old its picture is, shouts when it is not live, heals, drifts, renews.
   Needs age.js; wall.js and opd.js draw what comes. ES2019, Chromium 87. Nothing here stops for ever: each trouble leads to `open`. */
"use strict";
function Display(draw, ticked) {
  const LATE = 12, DEAD = 30, SILENT = 15, REOPEN = 3000, AGAIN = 3000, DRIFT = 120;
  const body = document.body, wall = document.getElementById("wall");
  const live = document.querySelector(".live"), banner = document.querySelector(".not-live"), clock = document.querySelector(".clock");
  const time = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: body.dataset.zone });
  const age = PictureAge(Number(body.dataset.now));
  let source = null, heard = performance.now(), shown = "", opening = 0;

  function text(node, words) { if (node.textContent !== words) node.textContent = words; }
  function at(epoch) { return time.format(new Date(epoch * 1000)); }
  function news(event) {
    heard = performance.now();
    const frame = JSON.parse(event.data);
    age.heard(frame.as_of);
    if (frame.tiles) draw(frame.tiles, event.type === "tiles");
    /* A server that wakes up sends the picture it fell asleep with: ask again sooner than its next heartbeat. */
    if (event.type === "snapshot" && age.age() > LATE) { clearTimeout(opening); opening = setTimeout(open, AGAIN); }
  }
  function open() {
    if (source) source.close();
    clearTimeout(opening);
    heard = performance.now();
    const mine = source = new EventSource(body.dataset.stream);
    ["snapshot", "tiles", "heartbeat"].forEach((name) => mine.addEventListener(name, news));
    /* EventSource gives up for ever on any answer but a 200 stream: begin again whatever it thinks. */
    mine.onerror = () => { mine.close(); clearTimeout(opening); opening = setTimeout(open, REOPEN); };
  }
  function show(state, icon, words) {
    if (shown !== state) {
      shown = live.dataset.live = state;
      live.querySelector("use").setAttribute("href", icon);
    }
    text(live.lastElementChild, words);
  }
  function tick() {
    const old = age.age();
    if (old === Infinity) show("waiting", "#i-nosignal", "Connecting");
    else if (old > DEAD) show("dead", "#i-nosignal", "Not live");
    else if (old > LATE) show("late", "#i-nosignal", ageWords(old) + " old");
    else show("live", "#i-signal", "Live · " + old + " s");
    const dead = old > DEAD && (old !== Infinity || performance.now() > DEAD * 1000);
    body.classList.toggle("stale", dead);
    banner.hidden = !dead;
    if (dead) text(banner.querySelector("span"), "NOT LIVE · " + (old === Infinity ? "no news since this screen started" : "last update " + at(age.asOf()) + " · " + ageWords(old) + " ago"));
    if (age.now()) text(clock, at(age.now()));
    if (!dead && ticked) ticked();
    if (performance.now() - heard > SILENT * 1000) open();
  }
  function drift() {
    const step = Math.floor(performance.now() / (DRIFT * 1000)) % 7;
    wall.style.transform = "translate(" + [0, 8, 8, 0, -8, -8, 0][step] + "px, " + [0, 0, 8, 8, -8, 0, -8][step] + "px)";
  }
  /* Between three and four at night, so that neither a leak nor a new release waits for a person; only while the server answers. */
  function renew() {
    if (performance.now() < 7200000 || age.age() > LATE || at(age.now()).slice(0, 2) !== "03") return;
    location.reload();
  }
  setInterval(tick, 1000);
  setInterval(drift, DRIFT * 250);
  setInterval(renew, 600000);
  open();
  tick();
  return { age, at, text };
}
