/* The housekeeping board: takes over the rows that the server drew (templates/cleaning_wall) and keeps them true. Needs display.js.
   The two tiles come whole, so a frame may be repeated or lost without harm. ES2019, Chromium 87. */
"use strict";
(function () {
  const board = document.getElementById("cleaning"), list = board.querySelector(".next"), blank = document.getElementById("row");
  const nicks = JSON.parse(document.body.dataset.nicks || "{}");
  const say = DisplayWords(), pulses = Pulses(board), rows = new Map(), shapes = new Map();
  let display = null, drawn = false;

  function text(node, words) { if (node.textContent !== words) node.textContent = words; }
  function epoch(when) { return Math.floor(Date.parse(when) / 1000); }
  function lasting(seconds) {
    const passed = Math.max(0, Math.floor(seconds)), minutes = Math.floor(passed / 60);
    if (passed >= 172800) return Math.floor(passed / 86400) + " d";
    return passed >= 3600 ? Math.floor(minutes / 60) + " h " + String(minutes % 60).padStart(2, "0") : minutes + " min";
  }
  function fill(node, tile) {
    node.querySelectorAll("[data-f]").forEach((part) => {
      if (tile[part.dataset.f] !== undefined) text(part, say(String(tile[part.dataset.f])));
    });
  }
  function mark(row, name, when) {
    if (when) row.dataset[name] = epoch(when);
    else delete row.dataset[name];
  }
  /* Who has come since this page was drawn has no name here yet: a page of tonight, or a fresh one, has it. */
  function nick(id) { return id ? nicks[id] || say("somebody") : ""; }
  function drawRow(row, data) {
    fill(row, data);
    row.dataset.state = data.state;
    row.querySelector(".sign use").setAttribute("href", data.state === "cleaning" ? "#i-broom" : "#i-dirty");
    row.querySelector(".stat").hidden = !data.stat;
    row.querySelector(".isolation").hidden = !data.isolation;
    row.querySelector(".waits").hidden = !data.waits;
    text(row.querySelector(".who"), nick(data.who));
    mark(row, "at", data.asked);
    mark(row, "due", data.due);
    mark(row, "waits", data.waits);
    if (data.who && !nicks[data.who] && display) display.renew();
  }
  /* A bed keeps its row wherever it stands in the order, so that what changed stays marked. */
  function drawRows(tile, change) {
    const kept = new Set(tile.rows.map((data) => data.bed));
    [rows, shapes].forEach((known) => known.forEach((_, bed) => { if (!kept.has(bed)) known.delete(bed); }));
    tile.rows.forEach((data, place) => {
      const row = rows.get(data.bed) || blank.content.cloneNode(true).firstElementChild, shape = [data.state, data.stat, data.isolation, data.said, data.who].join();
      rows.set(data.bed, row);
      if (list.children[place] !== row) list.insertBefore(row, list.children[place] || null);
      drawRow(row, data);
      if (change && shapes.get(data.bed) !== shape) pulses.mark(row);
      shapes.set(data.bed, shape);
    });
    while (list.children.length > tile.rows.length) list.lastElementChild.remove();
  }
  function draw(tile, change) {
    const node = document.getElementById(tile.key);
    if (!node) return;
    fill(node, tile.rows ? { more: tile.more } : tile);
    if (!tile.rows) return;
    drawRows(tile, change);
    node.dataset.none = tile.rows.length ? 0 : 1;
    node.querySelector(".more").hidden = !tile.more;
  }
  function pass() {
    const now = display && display.age.now();
    if (!now) return;
    [...list.children].forEach((row) => {
      text(row.querySelector(".ago"), lasting(now - Number(row.dataset.at)));
      if (row.dataset.waits) text(row.querySelector(".waits b"), lasting(now - Number(row.dataset.waits)));
      row.classList.toggle("late", Boolean(row.dataset.due) && now >= Number(row.dataset.due));
    });
  }
  /* What changed while the stream was away is marked as well; what the first picture says is not. */
  function drawAll(tiles, change) {
    tiles.forEach((tile) => draw(tile, change || drawn));
    drawn = drawn || tiles.length > 0;
    pass();
  }
  display = Display(drawAll, pass);
})();
