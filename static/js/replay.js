/* The scrubber over a past day: one JSON of the day's changes is fetched once, every minute is drawn from it, and the address follows.
   Without it the form shows one minute. */
"use strict";
(function () {
  const root = document.getElementById("replay");
  const slider = document.getElementById("replay-minute"), play = document.getElementById("replay-play");
  const speed = document.getElementById("replay-speed"), time = document.getElementById("replay-time");
  const beds = Array.from(document.querySelectorAll("g[data-bed]")), rows = Array.from(document.querySelectorAll("#replay-rows tr[data-start]"));
  const counts = Array.from(document.querySelectorAll("#replay-counts [data-state]"));
  const switches = Array.from(document.querySelectorAll("[data-reading]")), files = Array.from(document.querySelectorAll(".files a[download]"));
  const hidden = document.querySelector(".replay-pick [name=known]"), clock = document.querySelector(".replay-pick [name=at]");
  let day = null, reading = root.dataset.known, at = Number(slider.value) * 60, last = 0, frame = 0, told = 0;

  const two = (number) => String(number).padStart(2, "0");
  const said = (seconds) => two(Math.floor(seconds / 3600)) + ":" + two(Math.floor(seconds / 60) % 60);

  function stateAt(steps) {
    let low = 0, high = steps.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (steps[middle][0] <= at) low = middle; else high = middle - 1;
    }
    return steps.length && steps[low][0] <= at ? steps[low][1] : "none";
  }

  function draw() {
    const sums = {};
    beds.forEach((bed) => {
      const known = day.beds[bed.dataset.bed];
      const state = known ? stateAt(known[reading]) : "none";
      const differs = Boolean(known) && known.differs.some(([start, end]) => start <= at && at < end);
      sums[state] = (sums[state] || 0) + 1;
      if (bed.dataset.state === state && bed.hasAttribute("data-differs") === differs) return;
      bed.dataset.state = state;
      bed.toggleAttribute("data-differs", differs);
      bed.querySelector(".icon").setAttribute("href", "#" + day.icons[state]);
      bed.setAttribute("aria-label", bed.dataset.label + ": " + day.words[state] + (differs ? ", " + root.dataset.corrected : ""));
    });
    counts.forEach((one) => { one.querySelector("b").textContent = sums[one.dataset.state] || 0; });
    let shown = 0;
    rows.forEach((row) => {
      const here = Number(row.dataset.start) <= at && at < Number(row.dataset.end);
      row.hidden = !here;
      shown += here ? 1 : 0;
    });
    document.getElementById("replay-differs").textContent = shown;
    document.getElementById("replay-none").hidden = shown > 0;
  }

  function aside(link, asked) {
    const href = new URL(link.href);
    Object.entries(asked).forEach(([name, words]) => { href.searchParams.set(name, words); });
    return href;
  }

  function tell() {
    const words = said(at), address = new URL(location.href);
    address.searchParams.set("at", words);
    address.searchParams.set("known", reading);
    history.replaceState(null, "", address);
    clock.value = words;
    hidden.value = reading;
    files.forEach((one) => { one.href = aside(one, { at: words, known: reading }); });
    switches.forEach((one) => {
      one.href = aside(one, { at: words });
      if (one.dataset.reading === reading) one.setAttribute("aria-current", "true"); else one.removeAttribute("aria-current");
    });
  }

  function go(seconds, quiet) {
    at = Math.max(0, Math.min(seconds, Number(slider.max) * 60));
    slider.value = Math.floor(at / 60);
    time.textContent = said(at);
    slider.setAttribute("aria-valuetext", said(at));
    draw();
    if (!quiet) tell();
  }

  function stop() {
    cancelAnimationFrame(frame);
    frame = 0;
    play.textContent = root.dataset.play;
    play.setAttribute("aria-pressed", "false");
    tell();
  }

  function step(now) {
    const passed = Math.min(now - last, 500) / 1000;
    last = now;
    go(at + passed * Number(speed.value), true);
    if (now - told > 1000) { told = now; tell(); }
    if (at >= Number(slider.max) * 60) { stop(); return; }
    frame = requestAnimationFrame(step);
  }

  function start() {
    if (at >= Number(slider.max) * 60) go(0, true);
    last = told = performance.now();
    play.textContent = root.dataset.pause;
    play.setAttribute("aria-pressed", "true");
    frame = requestAnimationFrame(step);
  }

  const toggle = () => { if (frame) stop(); else start(); };

  function key(event) {
    const hour = { PageUp: -3600, PageDown: 3600 }[event.key];
    if (event.key === " ") { event.preventDefault(); toggle(); }
    else if (hour) { event.preventDefault(); go(Math.floor(at / 60) * 60 + hour); }
  }

  fetch(root.dataset.day, { headers: { accept: "application/json" } }).then((answer) => (answer.ok ? answer.json() : Promise.reject(answer))).then((found) => {
    day = found;
    [play, slider.parentElement, speed.parentElement, document.getElementById("replay-keys")].forEach((one) => { one.hidden = false; });
    slider.addEventListener("input", () => { go(Number(slider.value) * 60); });
    slider.addEventListener("keydown", key);
    play.addEventListener("click", toggle);
    switches.forEach((one) => one.addEventListener("click", (event) => { event.preventDefault(); reading = one.dataset.reading; go(at); }));
    root.dataset.ready = "1";
    draw();
  }).catch(() => { root.dataset.ready = "0"; });
})();
