/* What changed is marked for a minute, on and off about each second: a class on the node, and one on `root` that comes and goes. Used by
   wall.js, cleaning-wall.js and command-centre.js. Chromium 87. */
"use strict";
function Pulses(root) {
  const PULSE = 60000, SOONEST = 800, LATEST = 1200, until = new Map();
  let last = 0;
  /* A picture that is not live does not move. A plan is painted whole, so a beat goes with a change where one comes about its time. */
  function beat(since) {
    if (!until.size || performance.now() - last < since) return;
    last = performance.now();
    root.classList.toggle("beat", !root.classList.contains("beat") && !document.body.classList.contains("stale"));
    until.forEach((end, node) => {
      if (performance.now() < end) return;
      node.classList.remove("changed");
      until.delete(node);
    });
  }
  setInterval(() => beat(LATEST), 200);
  return {
    painted() { beat(SOONEST); },
    mark(node) {
      node.classList.add("changed");
      until.set(node, performance.now() + PULSE);
    },
  };
}
