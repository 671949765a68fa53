/* The waiting hall's television: numbers called, next numbers, who sits where, doctors away. Needs age.js, display.js and opd-voice.js.
   A call that is new to this screen blinks and is announced: as it comes, or, after a gap, as the whole picture tells it; not what a page
   that has just been opened finds called already. */
"use strict";
(function () {
  const say = DisplayWords(), announcer = Announcer(JSON.parse(document.body.dataset.voices), document.body.dataset.chime === "1", say);
  const TURN = 4;
  const told = new Map(), sessions = new Map();
  let opened = false;

  function draw(tile, change) {
    const room = document.getElementById(tile.key);
    if (!room || (change && tile.seq < Number(room.dataset.seq))) return;
    const away = tile.back_at && !tile.called;
    const show = away ? "away" : tile.called ? "now" : tile.token ? "in" : "idle";
    Object.assign(room.dataset, { seq: tile.seq, token: tile.token || "", calls: tile.calls, show });
    display.text(room.querySelector(".token"), away ? say("Back {time}", { time: display.at(tile.back_at) }) : tile.token || "–");
    display.text(room.querySelector(".next b"), tile.next[0] || "–");
    display.text(room.querySelector(".next i"), tile.next.length > 1 ? ", " + tile.next[1] : "");
    sessions.set(room, tile.sessions || []);
    if (tile.called) announce(tile, room);
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
    sessions.forEach((held, room) => {
      const one = held.find(([, begins, ends]) => begins <= now && now < ends);
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
  }, () => { if (display) { doctors(); turn(); } }, announcer.told);
})();
