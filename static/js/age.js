/* How old the picture on this screen is. Used by wall.js, opd.js and live.js, before any of them.
   The screen's own clock may be wrong by years, so it is never asked for the time: the server's (`now` of a heartbeat, or of the first
   paint, `pageNow`; epoch seconds, 0 = unknown) is carried on by the monotonic clock, and until it is known nobody knows an age. The
   picture's time (`as_of`) stands still when the server lags.
   A machine that sleeps may stop the monotonic clock; only its other clock, which then leaps, tells. */
"use strict";
function PictureAge(pageNow) {
  const LEAP = 5000;
  let base = pageNow, based = performance.now(), fresh = false, asOf = null, moved = 0, dated = Date.now(), timed = based;

  function seconds(value) {
    return typeof value === "number" ? value : Date.parse(value) / 1000;
  }
  return {
    /* News from the server: as_of and, where it says so, its own time; epoch seconds or RFC 3339. On one connection its time only moves
       forward: what a proxy held back for minutes says an older one. */
    heard(value, now) {
      const at = seconds(value), told = now ? seconds(now) : 0;
      if (asOf === null || at !== asOf) { asOf = at; moved = performance.now(); }
      if (told && (fresh || told > this.server())) { base = told; based = performance.now(); fresh = false; }
    },
    /* A new connection: its first word on the server's time is believed, whatever the last one said. */
    reopened() { fresh = true; },
    /* The server's time, 0 while it is unknown. */
    server() { return base ? base + (performance.now() - based) / 1000 : 0; },
    /* Whole seconds since the picture was true; Infinity before the first news. */
    age() {
      if (!asOf || !base) return Infinity; // a server that never had a picture says 1970
      return Math.max(0, Math.floor(Math.max((performance.now() - moved) / 1000, this.server() - asOf)));
    },
    /* The hospital's time in epoch seconds, as far as this screen knows it. */
    now() {
      if (asOf === null) return base;
      return asOf + (performance.now() - moved) / 1000;
    },
    asOf() { return asOf; },
    /* What was heard is worth nothing any more: the age is unknown until the next news. */
    forget() { asOf = null; },
    /* One clock has leapt away from the other since this was last asked: the machine slept, or its clock was set. Nobody knows by how
       much, so the picture's age and the server's time are forgotten. */
    jumped() {
      const date = Date.now(), now = performance.now(), leap = Math.abs(date - dated - (now - timed));
      dated = date;
      timed = now;
      if (leap < LEAP) return false;
      asOf = null;
      base = 0;
      return true;
    },
  };
}
function ageWords(age) {
  if (age < 60) return age + " s";
  if (age < 3600) return Math.floor(age / 60) + " min " + (age % 60) + " s";
  return Math.floor(age / 3600) + " h " + Math.floor((age % 3600) / 60) + " min";
}
