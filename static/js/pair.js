/* A device waits to be let in: asks every two seconds whether its code was typed in, and goes where it is told. */
"use strict";
(function () {
  const pairing = document.getElementById("pairing"), left = document.getElementById("pairing-state");
  if (!left) return;
  const ends = performance.now() + 1000 * Number(pairing.dataset.seconds);

  async function ask() {
    left.textContent = left.dataset.left.replace("{minutes}", Math.max(0, Math.ceil((ends - performance.now()) / 60000)));
    try {
      const answer = await fetch(pairing.dataset.poll, { method: "POST", headers: { Accept: "application/json", "X-CSRF-Token": pairing.dataset.csrf } });
      if (answer.status === 200) return location.replace((await answer.json()).href || "/");
      if (answer.status === 410 || answer.status === 403) return location.reload();
    } catch { /* the server is away for a moment: ask again */ }
    setTimeout(ask, 2000);
  }
  setTimeout(ask, 2000);
})();
