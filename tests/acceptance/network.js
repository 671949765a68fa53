/* A day of bad network in virtual time, under the page's own scripts: an EventSource whose bytes travel over a link that loses packets and
   goes away now and then. `simulated` is {seed, loss, every, gap, broken}: the share of packets lost, seconds between two gaps, how long a gap
   is, the share of gaps after which the connection is dead without anybody being told.
   Of TCP there is what a screen notices: a lost segment is sent again after 200 ms, then twice as long each time (RFC 6298), later ones wait
   for it; a lost SYN after 1 s, 2 s, 4 s. The server is well all the time: a pulse each second, a heartbeat each five. */
"use strict";
(function () {
  const PULSE = 1000, HEARTBEAT = 5000, ROUND = 40, FIRST_RTO = 200, FIRST_SYN = 1000, GIVES_UP = 60000;
  const set = window.simulated, start = performance.now(), counted = (window.counted = { banners: [], opened: 0, blind: 0 });
  let state = set.seed >>> 0;
  /* mulberry32: the same seed, the same day. */
  function dice() {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }
  function away(at) {
    const since = ((at - start) / 1000) % set.every;
    return at - start > set.every * 1000 && since < set.gap;
  }
  /* When something sent now arrives, by so many tries; Infinity where the sender gives up. */
  function arrival(at, rto, trips) {
    let tried = at, wait = rto;
    while (away(tried) || dice() < 1 - Math.pow(1 - set.loss, trips)) {
      tried += wait;
      wait *= 2;
      if (tried - at > GIVES_UP) return Infinity;
    }
    return tried + (ROUND / 2) * trips;
  }
  function pulse() { return new Date(Math.floor(Date.now() / PULSE) * PULSE).toISOString(); }

  window.EventSource = class {
    constructor() {
      this.listeners = {};
      this.onerror = null;
      this.dead = false;
      this.last = 0;
      counted.opened += 1;
      const connected = arrival(performance.now(), FIRST_SYN, 2);
      if (connected === Infinity) setTimeout(() => this.fail(), GIVES_UP);
      else setTimeout(() => this.begin(), connected - performance.now());
    }
    addEventListener(name, listener) { (this.listeners[name] = this.listeners[name] || []).push(listener); }
    close() { this.dead = true; clearInterval(this.beating); }
    fail() { if (!this.dead && this.onerror) this.onerror(); }
    begin() {
      if (this.dead) return;
      this.send("snapshot", { tiles: window.firstTiles });
      this.beat();
      const phase = HEARTBEAT - ((performance.now() - start) % HEARTBEAT);
      setTimeout(() => { if (!this.dead) this.beating = setInterval(() => this.beat(), HEARTBEAT); }, phase);
    }
    beat() { this.send("heartbeat", { now: new Date().toISOString() }); }
    send(name, more) {
      const now = performance.now();
      if (away(now) && !this.judged) { this.judged = true; this.lost = dice() < set.broken; }
      if (!away(now)) this.judged = false;
      if (this.dead || this.lost) return; // nobody tells a screen that its connection is no more
      const data = JSON.stringify(Object.assign({ seq: 1, as_of: pulse(), feeds: {} }, more));
      this.last = Math.max(this.last, arrival(now, FIRST_RTO, 1));
      if (this.last === Infinity) return;
      setTimeout(() => {
        if (!this.dead) (this.listeners[name] || []).forEach((listener) => listener({ type: name, data }));
      }, this.last - now);
    }
  };
  window.fetch = () => Promise.reject(new Error("no page is renewed in this day"));

  addEventListener("DOMContentLoaded", () => {
    const banner = document.querySelector(".not-live"), live = document.querySelector(".live");
    window.firstTiles = [...document.querySelectorAll(".bed")].map((bed) => ({
      key: bed.id, label: bed.id, state: bed.dataset.state, seq: 10, since: Math.floor(Date.now() / 1000), timer: false, note: "", closes: "",
    }));
    let shown = true;
    setInterval(() => {
      if (!banner.hidden && !shown) counted.banners.push(Math.round((performance.now() - start) / 1000));
      shown = !banner.hidden;
      if (live.dataset.live !== "live") counted.blind += 1;
    }, 1000);
    shown = false;
  });
})();
