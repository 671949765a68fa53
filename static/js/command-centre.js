/* The command centre: takes over the board that the server drew (templates/command_centre) and keeps it true. On a display display.js
   listens and shouts; on a signed-in page hx-sse holds the stream (#stream) and live.js shouts. Chromium 87. */
"use strict";
(function () {
  const board = document.getElementById("command"), links = board.dataset.links.split(" ").filter(Boolean);
  const LISTS = { "house:bottlenecks": "sentence", "house:waits": "wait", "house:dirty": "dirty" };
  const BAR = ["occupied", "leaving", "cleaning", "dirty", "coming", "free", "out"];
  const KEYS = { sentence: "id", wait: "id", dirty: "bed" };
  const say = DisplayWords(), pulses = Pulses(board), known = { sentence: new Map(), wait: new Map(), dirty: new Map() };
  let display = null, age = null, drawn = false;

  function text(node, words) { if (node.textContent !== words) node.textContent = words; }
  function epoch(when) { return Math.floor(Date.parse(when) / 1000); }
  function lasting(seconds) {
    const passed = Math.max(0, Math.floor(seconds)), minutes = Math.floor(passed / 60);
    if (passed >= 172800) return Math.floor(passed / 86400) + " d";
    return passed >= 3600 ? Math.floor(minutes / 60) + " h " + String(minutes % 60).padStart(2, "0") : minutes + " min";
  }
  function opens(href) { return links.some((link) => href === link || href.startsWith(link + "/")); }
  function fill(node, tile) {
    node.querySelectorAll("[data-f]").forEach((part) => {
      const value = tile[part.dataset.f];
      if (value !== undefined) text(part, told(tile, part.dataset.f, value));
    });
  }
  /* In the display's language: a phrase (flow/views/phrase.py), else a term that the catalogue has, else as it is: a number, a name, what the
     house wrote. */
  function told(tile, field, value) {
    if (tile.said && tile.said[field]) return phrase(tile.said[field]);
    if (value === null) return "–";
    return field === "occupancy" ? value.toFixed(1) : say(String(value));
  }
  function phrase(said) {
    const gaps = {};
    Object.keys(said.of).forEach((name) => { gaps[name] = typeof said.of[name] === "object" ? phrase(said.of[name]) : say(String(said.of[name])); });
    return say(said.says, gaps);
  }
  function bar(node, tile) {
    let start = 0;
    node.setAttribute("viewBox", "0 0 " + (tile.beds || 1) + " 10");
    BAR.forEach((state) => {
      const rect = node.querySelector('[data-bar="' + state + '"]');
      rect.setAttribute("x", start);
      rect.setAttribute("width", tile[state]);
      start += tile[state];
    });
  }
  function counts(node, tile) {
    node.querySelectorAll(".counts [data-state]").forEach((item) => { item.dataset.none = tile[item.dataset.state] ? 0 : 1; });
    const drawn = node.querySelector(".bar");
    if (drawn) bar(drawn, tile);
    if (node.classList.contains("ward")) node.dataset.full = tile.free || !tile.staffed ? 0 : 1;
  }
  function row(kind, data) {
    const made = document.getElementById("row-" + kind).content.cloneNode(true).firstElementChild;
    const plain = made.querySelector('span[data-f="words"]');
    if (plain && data.href && opens(data.href)) {
      const link = document.createElement("a");
      link.href = data.href;
      link.dataset.f = "words";
      plain.replaceWith(link);
    }
    if (data.since) made.dataset.at = epoch(data.since);
    if (data.due && kind === "wait") made.dataset.due = epoch(data.due);
    fill(made, data);
    return made;
  }
  /* What a row says keeps its element wherever it stands, so that what changed stays marked and a link that somebody is on stays the element
     it is; the rows that the server drew are taken over by their places. */
  function list(section, kind, rows, change) {
    const home = section.querySelector("[data-rows]"), before = known[kind], first = !before.size, focused = document.activeElement;
    const drawn = [...home.children];
    known[kind] = new Map();
    rows.forEach((data, place) => {
      const was = before.get(data[KEYS[kind]]), old = was ? was.node : first && drawn[place], next = row(kind, data), shape = shaped(data);
      const node = old && same(old, next) ? old : next;
      if (node === old) refill(old, next, data);
      if (home.children[place] !== node) home.insertBefore(node, home.children[place] || null);
      if (change && !(was && was.shape === shape)) pulses.mark(node);
      known[kind].set(data[KEYS[kind]], { node, shape });
    });
    while (home.children.length > rows.length) home.lastElementChild.remove();
    if (home.contains(focused) && focused !== document.activeElement) focused.focus();
    section.dataset.none = rows.length ? 0 : 1;
  }
  /* What the clock alone changes in a row is no change. */
  function shaped(data) { return JSON.stringify(data, (name, value) => name === "age" || (name === "words" && data.said) ? undefined : value); }
  function same(old, next) {
    const was = old.querySelector("a"), is = next.querySelector("a");
    return was && is ? was.getAttribute("href") === is.getAttribute("href") : was === is;
  }
  function refill(old, next, data) {
    Object.assign(old.dataset, next.dataset);
    fill(old, data);
  }
  function draw(tile, change) {
    const node = document.getElementById(tile.key);
    if (!node) return display && display.renew();
    const before = node.textContent;
    fill(node, tile);
    if (LISTS[tile.key]) {
      list(node, LISTS[tile.key], tile.rows, change);
      const more = node.querySelector(".more");
      if (more) more.dataset.more = tile.more;
    } else if (tile.key === "house:level") node.dataset.tone = tile.tone;
    else counts(node, tile);
    if (change && !LISTS[tile.key] && node.textContent !== before) pulses.mark(node);
  }
  /* What changed while the stream was away is marked as well; what the first picture says is not. */
  function drawAll(tiles, change) {
    tiles.forEach((tile) => draw(tile, change || drawn));
    drawn = drawn || tiles.length > 0;
    pass();
  }
  function pass() {
    const now = age && age.now();
    if (now) {
      board.querySelectorAll("[data-at]").forEach((item) => {
        text(item.querySelector(".ago"), lasting(now - Number(item.dataset.at)));
        if (item.dataset.due) item.classList.toggle("late", now >= Number(item.dataset.due));
      });
    }
  }

  const stream = document.getElementById("stream");
  if (stream) {
    age = PictureAge(0);
    ["snapshot", "tiles", "heartbeat"].forEach((name) => stream.addEventListener(name, (event) => {
      const data = event.detail && event.detail.data;
      if (!data) return;
      const frame = JSON.parse(data);
      age.heard(frame.as_of, frame.now);
      drawAll(frame.tiles || [], name === "tiles");
    }));
    setInterval(pass, 1000);
  } else {
    display = Display(drawAll, () => { age = display && display.age; pass(); });
    age = display.age;
  }
})();
