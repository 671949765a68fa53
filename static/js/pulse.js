/* What changed is marked for a minute, on and off with each second: a class on the node, and one on `root` that comes and goes. Used by
   wall.js, cleaning-wall.js and command-centre.js. Chromium 87. */
"use strict";
function Pulses(root) {
  const PULSE = 60000, until = new Map();
  /* A picture that is not live does not move. */
  function beat() {
    if (!until.size) return;
    root.classList.toggle("beat", !root.classList.contains("beat") && !document.body.classList.contains("stale"));
    until.forEach((end, node) => {
      if (performance.now() < end) return;
      node.classList.remove("changed");
      until.delete(node);
    });
  }
  setInterval(beat, 1000);
  return {
    mark(node) {
      node.classList.add("changed");
      until.set(node, performance.now() + PULSE);
    },
  };
}
