/* A ward's wall: takes over the plan that the server drew (templates/wall) and keeps it true for months. Needs display.js.
   Tiles come whole and numbered (`seq`), so a frame may be repeated or lost without harm. */
"use strict";
(function () {
  const ICONS = { free: "i-check", coming: "i-arrow", dirty: "i-dirty", cleaning: "i-broom", occupied: "i-bed", leaving: "i-out", out: "i-wrench" };
  const WORDS = { free: "Free", coming: "Coming", dirty: "Needs clean", cleaning: "Cleaning", occupied: "Occupied", leaving: "Leaving", out: "Out of use" };

  const GRAVE = "!!", day = new Intl.DateTimeFormat("en-US", { day: "2-digit", month: "short", timeZone: document.body.dataset.zone });
  const say = DisplayWords(), known = new Map(), pulses = Pulses(document.getElementById("wall"));
  function minutes(since) {
    return display.lapse(display.age.now() - since);
  }
  function clock(due) {
    const left = Math.trunc(due - display.age.now()), whole = Math.floor(Math.abs(left) / 60);
    return "TPA" + (left <= 0 ? "+" : " ") + Math.floor(whole / 60) + ":" + String(whole % 60).padStart(2, "0");
  }
  /* As much of "HIS 3 h ago, doubtful" as the tile has space for (flow/views/doubt_words.py). */
  function doubted(tile, chars, size) {
    const by = say(tile.by), age = minutes(tile.told), level = say(tile.doubt ? "doubtful" : "unsure"), brief = say(tile.doubt ? "doubt" : "unsure");
    const short = age.replace(" min", "m").replace(" ", "");
    const ways = [say("{by} {age} ago, {level}", { by, age, level }), by + " " + age + ", " + level, by + " " + short + " " + brief, short + " " + brief, "? " + short];
    return ways.find((way) => way.length <= chars * Math.min(2.4, size / 13)) || "?";
  }
  function foot(tile, chars, size) {
    const words = said(tile);
    if (tile.due) return clipped(tile.doubt && !words.startsWith(GRAVE) ? "? " + words : words, chars, true);
    const stale = !words && tile.stale && display.age.now() >= tile.stale;
    return (tile.doubt || stale) && tile.by ? doubted(tile, chars, size) : clipped(words, chars, (tile.state !== "out" && tile.at) || words === say(tile.closes || ""));
  }
  function said(tile) {
    if (tile.timer) return minutes(tile.since);
    const watch = watched(tile), grave = watch.startsWith(GRAVE) ? GRAVE : "";
    if (tile.due) return grave + clock(tile.due);
    if (tile.state !== "out" && tile.at) return (grave + " " + moment(tile.at)).trim();
    return watch || say(tile.closes || tile.note || "");
  }
  /* How ill the patient is, as long as the score that says so counts; a time, with its day where that is not today. */
  function watched(tile) { return tile.watch && (!tile.watch_until || display.age.now() <= tile.watch_until) ? tile.watch : ""; }
  function dated(epoch) { return day.format(new Date(epoch * 1000)).split(" ").reverse().join(" "); }
  function moment(epoch) {
    const on = dated(epoch);
    return (on === dated(display.age.now()) ? "" : on + " ") + display.at(epoch);
  }
  function clipped(words, chars, clock) {
    if (words.length <= (clock ? chars * 1.7 : chars)) return words;
    const cut = words.slice(0, chars + 1), space = cut.lastIndexOf(" ");
    return space > 0 ? cut.slice(0, space) : words.slice(0, chars - 1) + "…";
  }
  function write(bed, meta) {
    const node = bed.querySelector(".meta"), chars = Number(bed.dataset.chars), size = Number(bed.dataset.size);
    if (node.textContent === meta) return;
    node.textContent = meta;
    node.setAttribute("font-size", meta.length <= chars ? size : Math.floor(size * chars / meta.length));
  }
  function show(node, yes) { node.setAttribute("visibility", yes ? "visible" : "hidden"); }

  /* Temporary places come and go: a strip below the plan, which makes room for it. One that was taken away is "out". */
  function named(label) {
    const space = label.lastIndexOf(" ");
    return space > 0 ? say(label.slice(0, space)) + label.slice(space) : label;
  }
  function lapse(tile) { return tile.state === "occupied" || tile.state === "leaving" ? minutes(tile.since) : say("empty"); }
  function drawPlace(tile, change) {
    const strip = document.getElementById("places"), list = strip.querySelector("ul");
    let place = document.getElementById(tile.key);
    if (change && place && tile.seq < Number(place.dataset.seq)) return;
    if (tile.state === "out") { if (place) place.remove(); }
    else {
      if (!place) {
        place = list.appendChild(document.createElement("li"));
        place.id = tile.key;
        place.className = "place";
        place.appendChild(document.createElement("b")).textContent = named(tile.label);
        place.appendChild(document.createTextNode(" "));
        place.appendChild(document.createElement("span")).className = "meta";
      }
      if (place.dataset.state !== tile.state && (change || drawn)) pulses.mark(place);
      Object.assign(place.dataset, { state: tile.state, seq: tile.seq, since: tile.since });
      display.text(place.querySelector(".meta"), lapse(tile));
    }
    strip.hidden = !list.children.length;
    document.getElementById("wall").classList.toggle("crowded", !strip.hidden);
  }
  /* A changed tile that is older than what stands here is left out; a whole picture is believed whatever its numbers say, for a hospital
     that was restored from a backup counts from lower ones. */
  function draw(tile, change) {
    if (tile.key.startsWith("place:")) return drawPlace(tile, change);
    const bed = document.getElementById(tile.key);
    if (!bed || (change && tile.seq < Number(bed.dataset.seq))) return;
    const before = known.get(tile.key), changed = before ? looks(before) !== looks(tile) : bed.dataset.state !== tile.state;
    const meta = foot(tile, Number(bed.dataset.chars), Number(bed.dataset.size));
    known.set(tile.key, tile);
    Object.assign(bed.dataset, { state: tile.state, seq: tile.seq, since: tile.since, timer: tile.timer ? 1 : 0, due: tile.due || "" });
    write(bed, meta);
    bed.querySelector(".icon").setAttribute("href", "#" + ICONS[tile.state]);
    show(bed.querySelector(".promised"), tile.promised);
    show(bed.querySelector(".isolation"), tile.isolation && !tile.promised);
    show(bed.querySelector(".closing"), tile.closes && !tile.promised && !tile.isolation);
    show(bed.querySelector(".doubt"), tile.doubt && !tile.promised && !tile.isolation && !tile.closes);
    bed.setAttribute("aria-label", spoken(tile, meta));
    if (changed && (change || drawn)) pulses.mark(bed);
  }
  /* All of a tile but its number: a record may be written anew with nothing in it that a wall shows. */
  function looks(tile) { return JSON.stringify(Object.assign({}, tile, { seq: 0 })); }
  function spoken(tile, meta) {
    const marks = [[tile.promised, "promised"], [tile.isolation, "isolation"], [tile.closes, "out of use when empty"], [tile.doubt, "in doubt"], [watched(tile), "watch closely"]];
    const said = [say("Bed {label}", { label: (tile.label + " " + meta).trim() }), say(WORDS[tile.state]).toLowerCase()];
    return said.concat(marks.filter((mark) => mark[0]).map((mark) => say(mark[1]))).join(", ");
  }
  /* What a whole picture does not hold is no more; beds that the plan on this page does not have, or it alone has, ask for a new page. */
  function compare(tiles) {
    const keys = new Set(tiles.map((tile) => tile.key)), here = [...document.querySelectorAll(".bed")].map((bed) => bed.id);
    document.querySelectorAll(".place").forEach((place) => { if (!keys.has(place.id)) drawPlace({ key: place.id, state: "out" }, false); });
    known.forEach((tile, key) => { if (!keys.has(key)) known.delete(key); });
    if (here.some((key) => !keys.has(key)) || tiles.some((tile) => tile.key.startsWith("bed:") && !here.includes(tile.key))) display.renew();
  }
  function drawAll(tiles, change) {
    tiles.forEach((tile) => draw(tile, change));
    if (!change) compare(tiles);
    drawn = true;
    count();
    pulses.painted();
  }
  /* Another plan of the ward was published: this page draws the old one. */
  function samePlan() {
    fetch(document.body.dataset.drawing, { cache: "no-store" }).then((answer) => answer.json()).then((plan) => {
      if ("version" in plan && String(plan.version) !== document.body.dataset.plan) display.renew();
    }).catch(() => {});
  }
  function count() {
    const found = {};
    document.querySelectorAll(".bed").forEach((bed) => { found[bed.dataset.state] = (found[bed.dataset.state] || 0) + 1; });
    document.querySelectorAll("[data-count]").forEach((node) => display.text(node, String(found[node.dataset.count] || 0)));
    const chips = [...document.querySelectorAll(".chips li")].map((chip) => chip.lastElementChild.textContent + " " + chip.firstElementChild.getAttribute("aria-label").toLowerCase());
    document.querySelector(".plan").setAttribute("aria-label", document.querySelector("h1").textContent + ": " + chips.join(", "));
  }
  function minutesPass() {
    known.forEach((tile) => {
      const bed = document.getElementById(tile.key);
      if (bed && (tile.timer || tile.due || tile.doubt || tile.stale || tile.at || tile.watch_until)) write(bed, foot(tile, Number(bed.dataset.chars), Number(bed.dataset.size)));
    });
    document.querySelectorAll('.place[data-state="occupied"]').forEach((place) => display.text(place.querySelector(".meta"), minutes(Number(place.dataset.since))));
  }
  function ticked() {
    if (display.age.now()) minutesPass();
  }
  let display = null, drawn = false;
  setInterval(samePlan, 60000);
  display = Display(drawAll, () => display && ticked());
})();
