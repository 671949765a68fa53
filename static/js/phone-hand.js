/* Cards that the phone draws itself: of a bed that the server has shown it, on the board or after a scan, but whose card is not in the deck
   that it keeps (phone-deck.js), or is there of an earlier job. A plainer card, of the page's own pattern: the bed, and its next step. */
"use strict";
self.Hand = (function () {
  let known = {};

  async function open() { known = (await Outbox.kept("hands").catch(() => null)) || {}; }
  /* Beds as the server has just drawn them: `data-hand` names the bed, what stands beside it its job and the steps that are left. */
  function learn(drawn) {
    drawn.querySelectorAll("[data-hand]").forEach((one) => { known[one.dataset.hand] = { ...one.dataset }; });
    Outbox.keep("hands", known);
  }
  const of = (bed) => known[bed];
  /* What is next after these taps: the last one by what the deck calls it; none, where nothing was tapped since the server drew the bed. */
  function next(fact, picture) {
    const left = (fact.steps || "").split(" ").filter(Boolean), done = (picture || "").startsWith("step:") ? picture.slice(5) : "";
    if (!done && picture !== "begun" && (picture || fact.now !== "in_progress")) {
      return { left: left, what: { coming: "start", waiting: "on" }[picture] || (fact.offered ? "coming" : fact.now === "suspended" ? "on" : "start") };
    }
    const after = done ? left.slice(left.indexOf(done) + 1) : left;
    return { left: after, what: after.length ? "step" : "done" };
  }
  const WAY = { on: "start" };
  function card(bed, picture, label) {
    const fact = known[bed] || { number: "", seq: "" }, { left, what } = next(fact, picture);
    const slot = document.createElement("div"), at = "/housekeeping/beds/" + encodeURIComponent(bed) + "/";
    slot.append(document.getElementById("hand").content.cloneNode(true));
    const find = (what) => slot.querySelector(what), tap = find(".tap"), pause = find("[data-hand-pause]");
    const drop = (what) => slot.querySelectorAll(what).forEach((one) => one.remove());
    find(".bed").textContent = fact.label || label;
    find(".where span").textContent = fact.place || "";
    if (!fact.isolation) drop(".isolation");
    drop("[data-do]:not([data-do='" + (what === "step" ? "step:" + left[0] : what) + "'])");
    tap.setAttribute("action", at + (WAY[what] || what));
    pause.setAttribute("action", at + "pause");
    tap.elements.part.setAttribute("value", what === "step" ? left[0] : "");
    slot.querySelectorAll("[name=job]").forEach((one) => one.setAttribute("value", fact.number));
    slot.querySelectorAll("[name=if_seq]").forEach((one) => one.setAttribute("value", fact.seq));
    Object.assign(find("[data-problem]").dataset, { problem: bed, seq: fact.seq, number: fact.number });
    if (what !== "step" && what !== "done") pause.remove();
    return slot.innerHTML;
  }
  return { open, learn, of, card };
})();
