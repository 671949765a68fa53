/* The waiting hall's television: numbers called, next numbers, who sits where, doctors away. Needs age.js, display.js and opd-voice.js.
   A call that is new to this screen blinks and is announced: as it comes, or, after a gap, as the whole picture tells it; not what a page
   that has just been opened finds called already. */
"use strict";
(function () {
  const say = DisplayWords(), announcer = Announcer(JSON.parse(document.body.dataset.voices), document.body.dataset.chime === "1", say);
  const TURN = 4;
  const told = new Map(), drawn = new Map();
  let opened = false;

  function draw(tile, change) {
    const room = document.getElementById(tile.key);
    if (!room || (change && tile.seq < Number(room.dataset.seq))) return;
    Object.assign(room.dataset, { seq: tile.seq, token: tile.token || "", calls: tile.calls });
    drawn.set(room, tile);
    fill(tile, room);
    if (tile.called) announce(tile, room);
  }
  /* A notice whose time has come is over, and numbers are next there again: that changes with the clock, without any event (tile_at of
     flow/views/opd_screen.py). */
  function fill(tile, room) {
    const now = display.age.now(), away = tile.back_at > now && !tile.called;
    const later = (tile.later || []).filter(([since]) => since <= now), next = later.length ? later[later.length - 1][1] : tile.next;
    const show = away ? "away" : tile.called ? "now" : tile.token ? "in" : "idle";
    if (room.dataset.show !== show) room.dataset.show = show;
    display.text(room.querySelector(".token"), away ? say("Back {time}", { time: display.at(tile.back_at) }) : tile.token || "–");
    display.text(room.querySelector(".next b"), next[0] || "–");
    display.text(room.querySelector(".next i"), next.length > 1 ? ", " + next[1] : "");
  }
  function announce(tile, room) {
    const call = tile.token + "/" + tile.calls, news = told.get(tile.key) !== call;
    told.set(tile.key, call);
    if (!news || !opened) return;
    room.classList.remove("called");
    requestAnimationFrame(() => room.classList.add("called"));
    const holds = () => room.dataset.show === "now" && room.dataset.token === tile.token;
    announcer.call({ token: tile.token, key: tile.key, holds });
  }
  /* One language after another: a hall's smallest card, and its foot, have room for one. */
  function turn() {
    const now = Math.floor(display.age.now() / TURN);
    document.querySelectorAll(".turns").forEach((words) => {
      Array.from(words.children).forEach((sign, place, all) => { sign.hidden = place !== now % all.length; });
    });
  }
  /* Sessions change with the clock, without any event. */
  function doctors() {
    const now = display.age.now();
    drawn.forEach((tile, room) => {
      const one = (tile.sessions || []).find(([, begins, ends]) => begins <= now && now < ends);
      display.text(room.querySelector(".who"), one ? one[0] : room.dataset.who);
    });
  }
  document.addEventListener("animationend", (event) => {
    const room = event.target.closest(".room");
    if (room) room.classList.remove("called");
  });
  let display = null;
  display = Display((tiles, change) => {
    tiles.forEach((tile) => draw(tile, change));
    opened = true;
  }, () => { if (display) { drawn.forEach(fill); doctors(); turn(); } }, announcer.told);
})();
