/* How old the picture on this screen is. Used by wall.js, opd.js and live.js, before any of them.
   The screen's own clock may be wrong by years, so it is never asked: the server's time at the first paint (`pageNow`, epoch
   seconds; 0 = unknown) is carried on by the monotonic clock. The picture's time (`as_of`) stands still when the server lags. */
"use strict";
function PictureAge(pageNow) {
  const loaded = performance.now();
  let asOf = null, moved = 0;

  function seconds(value) {
    return typeof value === "number" ? value : Date.parse(value) / 1000;
  }
  return {
    /* News from the server: `value` is as_of, epoch seconds or RFC 3339. */
    heard(value) {
      const at = seconds(value);
      if (asOf === null || at !== asOf) { asOf = at; moved = performance.now(); }
    },
    /* Whole seconds since the picture was true; Infinity before the first news. */
    age() {
      if (asOf === null) return Infinity;
      const now = performance.now();
      const still = (now - moved) / 1000;
      const behind = pageNow ? pageNow + (now - loaded) / 1000 - asOf : 0;
      return Math.max(0, Math.floor(Math.max(still, behind)));
    },
    /* The hospital's time in epoch seconds, as far as this screen knows it. */
    now() {
      if (asOf === null) return pageNow;
      return asOf + (performance.now() - moved) / 1000;
    },
    asOf() { return asOf; },
  };
}
function ageWords(age) {
  if (age < 60) return age + " s";
  if (age < 3600) return Math.floor(age / 60) + " min " + (age % 60) + " s";
  return Math.floor(age / 3600) + " h " + Math.floor((age % 3600) / 60) + " min";
}
