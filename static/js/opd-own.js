/* A patient's own page asks again every twenty seconds while somebody looks at it, and says when it could not. Without this script the link
   does the same. Its own turn shakes the phone, where the browser allows it. */
"use strict";
(function () {
  const AGAIN = 20000, LOST = 50000, PATIENCE = 10000;
  let heard = performance.now(), asking = false;

  function told() {
    return document.getElementById("own");
  }
  async function ask() {
    if (asking || document.hidden || !told()) return;
    asking = true;
    const late = new AbortController(), timer = setTimeout(() => late.abort(), PATIENCE);
    try {
      const answer = await fetch(location.href, { cache: "no-store", signal: late.signal });
      if (answer.status === 404) location.reload();
      if (answer.ok) take(new DOMParser().parseFromString(await answer.text(), "text/html"));
    } catch (error) {
      if (!(error instanceof TypeError) && error.name !== "AbortError") throw error;
    } finally {
      clearTimeout(timer);
      asking = false;
      look();
    }
  }
  /* Only what differs is put in, so that a screen reader says what is new and nothing else. */
  function take(page) {
    const fresh = page.getElementById("own"), old = told();
    if (!fresh) return;
    heard = performance.now();
    const called = fresh.dataset.status === "called" && old.dataset.status !== "called";
    [".state", "dl", ".as-of"].forEach((part) => {
      const now = old.querySelector(part), then = fresh.querySelector(part);
      if (now.outerHTML === then.outerHTML) return;
      now.innerHTML = then.innerHTML;
      if (then.dataset.status) now.dataset.status = then.dataset.status;
    });
    Object.assign(old.dataset, fresh.dataset);
    document.title = page.title;
    if (called && navigator.vibrate && navigator.userActivation && navigator.userActivation.hasBeenActive) navigator.vibrate([300, 150, 300, 150, 600]);
  }
  /* Whether it is the network or the hospital's own picture that stands still: a time that may have passed is not left standing as if it were news. */
  function look() {
    const lost = told().dataset.stale === "1" || (!document.hidden && performance.now() - heard > LOST);
    if (lost && !document.body.classList.contains("lost")) document.querySelector(".as-of span").textContent = told().dataset.lost;
    document.body.classList.toggle("lost", lost);
  }
  if (!told()) return;
  setInterval(ask, AGAIN);
  setInterval(look, 5000);
  document.addEventListener("visibilitychange", ask);
  addEventListener("online", ask);
})();
