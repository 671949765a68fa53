/* What every unattended display does: listens, says how old its picture is, shouts when it is not live, heals, drifts, renews.
   Needs age.js and words.js; wall.js and opd.js draw what comes. ES2019, Chromium 87. Nothing here stops for ever: each trouble leads to `open`. */
"use strict";
function Display(draw, ticked, told) {
  const LATE = 12, DEAD = 30, SILENT = 15, AGAIN = 3000, DRIFT = 120, REST = 30, LONGEST = 1000, SAYS = 20000, UNKNOWN = 1000000;
  const SETTLED = 600000, RESTED = 7200000, NIGHT = [180, 300], SPREAD = 60;
  const say = DisplayWords(), body = document.body, wall = document.getElementById("wall");
  const live = document.querySelector(".live"), banner = document.querySelector(".not-live"), clock = document.querySelector(".clock");
  const sub = document.querySelector(".sub"), feed = document.querySelector(".feed");
  const time = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: body.dataset.zone });
  const age = PictureAge(Number(body.dataset.now)), limits = JSON.parse(body.dataset.feeds || "{}");
  const renewal = NIGHT[0] + Math.floor(Math.random() * SPREAD);
  let source = null, whole = false, feeds = {}, heard = performance.now(), known = heard, drawn = false, shown = "", opening = 0;
  const soon = new Map();
  let seq = 0, latest = 0, oldest = UNKNOWN, resting = 0, outdated = false;

  function text(node, words) { if (node.textContent !== words) node.textContent = words; }
  function at(epoch) { return time.format(new Date(epoch * 1000)); }
  function lapse(seconds) {
    const passed = Math.max(0, Math.floor(seconds));
    if (passed >= 172800) return Math.floor(passed / 86400) + " d";
    if (passed >= 7200) return Math.floor(passed / 3600) + " h";
    return Math.floor(passed / 60) + " min";
  }
  /* What a stream says is believed from its own snapshot on: before that, changes may have been missed. */
  function news(event) {
    heard = performance.now();
    const frame = JSON.parse(event.data);
    if (event.type === "snapshot") whole = true;
    if (!whole) return;
    age.heard(frame.as_of, frame.now);
    if (frame.feeds) feeds = frame.feeds;
    latest = frame.seq;
    if (frame.tiles && event.type === "tiles") drawSoon(frame.tiles);
    else if (frame.tiles) drawWhole(frame.tiles);
    if (!soon.size) seq = latest;
    /* A server that wakes up sends the picture it fell asleep with: ask again sooner than its next heartbeat. */
    if (event.type === "snapshot" && age.server() && age.age() > LATE) openIn(AGAIN);
  }
  /* A plan is painted whole, whichever bed changed. So a screen rests thirty times as long as its last change took to paint, and then draws
     what came meanwhile, each tile once: a small plan follows the stream, a large one or a slow television keeps its processor cool. */
  function drawSoon(tiles) {
    tiles.forEach((tile) => soon.set(tile.key, tile));
    if (resting || !soon.size) return;
    const due = [...soon.values()], begun = performance.now();
    soon.clear();
    drawAll(due, true);
    seq = latest;
    rest(LONGEST); // where nobody sees the page no frame is painted
    const took = performance.now() - begun;
    requestAnimationFrame((began) => setTimeout(() => rest(Math.min(LONGEST, REST * (took + performance.now() - began))), 0));
  }
  function rest(milliseconds) {
    clearTimeout(resting);
    resting = setTimeout(() => { resting = 0; drawSoon([]); }, milliseconds);
  }
  function drawWhole(tiles) {
    soon.clear();
    drawAll(tiles, false);
  }
  /* A picture that cannot be drawn is not called live. */
  function drawAll(tiles, change) {
    try {
      draw(tiles, change);
      drawn = true;
    } catch (error) {
      age.forget();
      whole = false;
      openIn(AGAIN);
      throw error;
    }
  }
  function openIn(milliseconds) {
    clearTimeout(opening);
    opening = setTimeout(open, milliseconds);
  }
  function open() {
    if (source) source.close();
    clearTimeout(opening);
    heard = performance.now();
    whole = false;
    age.reopened();
    const mine = source = new EventSource(body.dataset.stream);
    ["snapshot", "tiles", "heartbeat"].forEach((name) => mine.addEventListener(name, news));
    /* EventSource gives up for ever on any answer but a 200 stream: begin again whatever it thinks; not all screens at once. A server that
       stops says so, and how soon to ask again. */
    let again = 2000;
    mine.addEventListener("farewell", (event) => { again = JSON.parse(event.data).retry; });
    mine.onerror = () => { mine.close(); openIn(again * (1 + Math.random())); tell(); };
  }
  function show(state, icon, words) {
    if (shown !== state) {
      shown = live.dataset.live = state;
      live.querySelector("use").setAttribute("href", icon);
    }
    text(live.lastElementChild, words);
  }
  /* Looked at once a second: LIVE is gone before the picture is twelve seconds old. */
  function label(old) {
    if (old === Infinity) show("waiting", "#i-nosignal", say("Stale"));
    else if (old > DEAD) show("dead", "#i-nosignal", say("Not live"));
    else if (old + 1 >= LATE) show("late", "#i-nosignal", say("{age} old", { age: ageWords(old) }));
    else show("live", "#i-signal", say("Live") + " · " + old + " s");
  }
  function trouble(old, blind) {
    if (old !== Infinity) return say("NOT LIVE · last update {time} · {age} ago", { time: at(age.asOf()), age: ageWords(old) });
    return say("NOT LIVE · no picture for {age}", { age: ageWords(blind) });
  }
  /* The stream lives, but a system that feeds it has said nothing for longer than it ever does (flow/domain/alerts.py). */
  function silence(unknown) {
    const since = (id) => age.now() - Date.parse(feeds[id]) / 1000;
    const quiet = unknown ? [] : Object.keys(limits).filter((id) => feeds[id] && since(id) > limits[id]);
    feed.hidden = !quiet.length;
    sub.hidden = !feed.hidden;
    if (quiet.length) text(feed, say("{feeds} silent · {age}", { feeds: quiet.map((id) => id.toUpperCase()).join(", "), age: lapse(Math.max(...quiet.map(since))) }));
  }
  function tick() {
    if (age.jumped()) open();
    const old = age.age(), now = performance.now();
    if (old !== Infinity) known = now;
    const blind = Math.floor((now - known) / 1000);
    if (drawn) oldest = Math.max(oldest, old === Infinity ? LATE + 1 + blind : old);
    const dead = old === Infinity ? blind > DEAD : old > DEAD;
    label(old);
    body.classList.toggle("stale", dead || (old === Infinity && drawn));
    banner.hidden = !dead;
    if (dead) text(banner.querySelector("span"), trouble(old, blind));
    if (feed) silence(dead || old === Infinity);
    if (age.now()) text(clock, at(age.now()));
    if (!dead && ticked) ticked();
    if (now - heard > SILENT * 1000) open();
  }
  /* The screen's own word on what it shows (and what `told` adds of its sound), and how old that was at worst since it last said so: from it an administrator reads years later
     what hung here (flow/domain/showing.py). A word that does not arrive is said with the next; how old the picture was
     before this page was loaded is not known to it. A screen that was shut out hears it here, and shows no old picture any more; one drawn by
     another hospital file (205) loads itself anew. */
  function tell() {
    const old = age.age(), worst = oldest;
    if (!body.dataset.csrf || !drawn || old === Infinity) return;
    oldest = 0;
    const keep = () => { oldest = Math.max(oldest, worst); };
    fetch("/displays/shown" + body.dataset.stream.slice(body.dataset.stream.indexOf("?")), {
      method: "POST", headers: { "x-csrf-token": body.dataset.csrf },
      body: new URLSearchParams(Object.assign({ seq, as_of: age.asOf(), age: old, oldest: Math.max(worst, old), lang: document.documentElement.lang, light: body.classList.contains("light") ? 1 : 0, file: body.dataset.file || 0 }, told ? told() : {})),
    }).then((answer) => { if (answer.status === 401) location.replace("/pair?kind=display"); else if (!answer.ok) keep(); else if (answer.status === 205) renew(); }, keep);
  }
  function drift() {
    const step = Math.floor(performance.now() / (DRIFT * 1000)) % 7;
    wall.style.transform = "translate(" + [0, 8, 8, 0, -8, -8, 0][step] + "px, " + [0, 0, 8, 8, -8, 0, -8][step] + "px)";
  }
  /* A page that cannot be fetched is not reloaded into: a browser's own error page never comes back. Asked at a bad moment, it is done later. */
  function renew() {
    outdated = true;
    if (performance.now() < SETTLED || age.age() > LATE) return;
    fetch(location.href, { cache: "no-store" }).then((answer) => { if (answer.ok && !answer.redirected) location.reload(); }, () => {});
  }
  /* Once a night, so that neither a leak nor a new release waits for a person; each screen at a minute of its own. */
  function nightly() {
    if (performance.now() < RESTED || age.age() > LATE) return;
    const [hours, minutes] = at(age.now()).split(":").map(Number), minute = hours * 60 + minutes;
    if (minute >= renewal && minute < NIGHT[1]) renew();
  }
  function freshen() {
    if (outdated) renew(); else nightly();
  }
  setInterval(tick, 1000);
  setInterval(drift, DRIFT * 250);
  setInterval(freshen, 60000);
  setTimeout(() => { tell(); setInterval(tell, SAYS); }, 2000 + Math.random() * 3000);
  addEventListener("online", open);
  open();
  tick();
  return { age, at, lapse, renew, say, text };
}
