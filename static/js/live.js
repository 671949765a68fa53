/* Signed-in pages: watches the stream that hx-sse holds open (#stream), says how old the page is, counts the undo bar down.
   A frozen server raises no error anywhere, so the watchdog goes by the heartbeat event alone. */
"use strict";
(function () {
  const LATE = 12, DEAD = 30, REOPEN = 16;
  const stream = document.getElementById("stream");
  const mark = document.getElementById("live");
  const banner = document.getElementById("not-live");
  /* A phone brings these in its own language (housekeeping/_top.html), its times as well. */
  const ENGLISH = { wait: "Connecting", live: "Live · {age}", old: "{age} old", dead: "NOT LIVE · last update {age} ago" };
  const said = mark && mark.dataset.words ? JSON.parse(mark.dataset.words) : ENGLISH;
  const age = PictureAge(0);
  let connection = null, heard = performance.now();

  function show(state, icon, words) {
    if (mark.dataset.live !== state) {
      mark.dataset.live = state;
      mark.querySelector("use").setAttribute("href", icon);
    }
    mark.lastElementChild.textContent = words;
  }
  const say = (what, seconds) => said[what].replace("{age}", lasting(seconds));
  function lasting(seconds) {
    const minutes = Math.floor(seconds / 60), hours = Math.floor(minutes / 60), rest = String(minutes % 60).padStart(2, "0");
    if (!said.min) return ageWords(seconds);
    if (!minutes) return said.s.replace("{seconds}", seconds);
    return hours ? said.h.replace("{hours}", hours).replace("{minutes}", rest) : said.min.replace("{minutes}", minutes);
  }
  /* Looked at once a second: LIVE is gone before the page is twelve seconds old. */
  function watch() {
    if (age.jumped()) reopen();
    const seconds = age.age();
    const unheard = Math.floor((performance.now() - heard) / 1000);
    if (seconds === Infinity) show("waiting", "#i-nosignal", said.wait);
    else if (seconds + 1 >= LATE) show("late", "#i-nosignal", say("old", seconds));
    else show("live", "#i-signal", say("live", seconds));
    const dead = seconds === Infinity ? unheard > DEAD : seconds > DEAD;
    banner.hidden = !dead;
    if (dead) banner.lastElementChild.textContent = say("dead", seconds === Infinity ? unheard : seconds);
    if (unheard > REOPEN && !document.hidden) reopen();
  }
  function reopen() {
    heard = performance.now();
    if (connection && connection.reader) connection.reader.cancel();
    else if (!connection) htmx.trigger(stream, "reopen");
  }
  if (stream && mark) {
    const news = function (event) {
      heard = performance.now();
      const data = event.detail && event.detail.data;
      if (!data) return;
      const frame = JSON.parse(data);
      age.heard(frame.as_of, frame.now);
    };
    stream.addEventListener("heartbeat", news);
    stream.addEventListener("snapshot", news);
    stream.addEventListener("htmx:sse:after:connection", (event) => { connection = event.detail.connection; age.reopened(); });
    stream.addEventListener("htmx:sse:close", () => { connection = null; });
    setInterval(watch, 1000);
  }

  function countDown() {
    const bar = document.querySelector(".undo");
    if (!bar) return;
    const left = Number(bar.dataset.seconds) - 1;
    bar.dataset.seconds = left;
    if (left <= 0) bar.remove();
    else bar.querySelector(".undo-left").textContent = left;
  }
  setInterval(countDown, 1000);

  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, select, textarea");
    if (event.key !== "u" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    const button = document.querySelector(".undo button");
    if (button) button.click();
  });
  /* The second of two taps: the first is on its way, and the answer to it would be refused or, worse, meant for another bed. */
  document.addEventListener("submit", (event) => {
    if (event.target.method !== "post" || !event.target.classList.contains("htmx-request")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);
  /* A form that got no answer: it may or may not have been done, and only a page that is live again can tell. One that is off the page by then
     says it through the document. */
  document.addEventListener("htmx:error", (event) => {
    const form = event.detail.ctx ? event.detail.ctx.sourceElement : event.target;
    if (form.matches && form.matches('form[method="post"]')) {
      window.refused("No answer from the server: it is not known whether this was done. Look again before you repeat it.");
    }
  });
  window.refused = function (words) {
    const refusal = document.getElementById("refusal"), notice = document.createElement("p");
    if (!refusal) return;
    notice.className = "notice bad";
    notice.textContent = words;
    refusal.replaceChildren(notice);
  };
  /* An answer other than a refusal clears the last refusal. */
  document.addEventListener("htmx:after:request", (event) => {
    const response = event.detail.ctx && event.detail.ctx.response;
    const refusal = document.getElementById("refusal");
    if (refusal && response && response.status < 400 && event.detail.ctx.request.method !== "GET") refusal.textContent = "";
  });
})();
