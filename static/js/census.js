/* The census says how old it is for as long as the page lies open, on paper too: a list of this morning must not look like one of now. */
"use strict";
(function () {
  const OLD = 600, age = document.getElementById("age"), print = document.querySelector("[data-print]");
  if (print) print.addEventListener("click", () => window.print());
  if (!age) return;
  /* Counted from when the page was drawn: this machine's clock may be wrong, and a laptop may have slept. */
  const drawn = Date.now(), seconds = Number(age.dataset.seconds);
  function tell() {
    const passed = seconds + Math.max(0, (Date.now() - drawn) / 1000), minutes = Math.floor(passed / 60), old = passed > OLD;
    age.querySelector("[data-age]").textContent = minutes < 60 ? minutes + " min" : Math.floor(minutes / 60) + " h " + String(minutes % 60).padStart(2, "0");
    document.querySelectorAll("[data-old]").forEach((said) => { said.hidden = !old; });
    age.classList.toggle("bad", old);
    age.classList.toggle("good", !old);
  }
  addEventListener("beforeprint", tell);
  setInterval(tell, 15000);
})();
