/* The long series of the managers' page, to zoom: uPlot and the figures are fetched when somebody presses the button, never before. The
   server's chart and the table stay as they are; this one shows the rows of the page's own file, and the hours of what is looked at closely. */
"use strict";
(function () {
  const box = document.querySelector("[data-zoom]");
  if (!box) return;
  const button = box.querySelector("[data-zoom-open]"), tools = box.querySelector(".zoom-tools"), place = box.querySelector(".zoom-chart"), said = box.querySelector("[role=status]");
  const load = (src) => new Promise((done, failed) => { const script = document.createElement("script"); script.src = src; script.onload = done; script.onerror = () => failed(new Error(src)); document.head.append(script); });
  const sheet = (href) => { const link = document.createElement("link"); link.rel = "stylesheet"; link.href = href; document.head.append(link); };
  const colour = (name) => getComputedStyle(document.body).getPropertyValue(name).trim();
  const zone = box.dataset.zone, moment = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "short" }), day = new Intl.DateTimeFormat("en-GB", { timeZone: zone, day: "2-digit", month: "short" });
  const DAY = 86400, HOUR = 3600, CLOSE = 28 * DAY;
  let chart = null, first = 0, last = 0, step = 0, whole = null, hours = null, asked = null;

  const words = (seconds) => moment.format(new Date(seconds * 1000));

  /* Moments as seconds, percentages; what is not known is null. */
  function rows(text) {
    const [head, ...lines] = text.trim().split("\r\n").map((line) => line.split(","));
    const at = head.indexOf("time"), percent = head.indexOf("occupancy_percent");
    return [lines.map((line) => Date.parse(line[at]) / 1000), lines.map((line) => line[percent] === "" ? null : Number(line[percent]))];
  }

  function draw(data) {
    const axis = { stroke: colour("--mute"), grid: { stroke: colour("--grid-tone") }, ticks: { stroke: colour("--grid-tone") } };
    whole = data;
    first = data[0][0];
    last = data[0][data[0].length - 1];
    step = data[0][1] - first;
    chart = new uPlot({
      width: place.clientWidth, height: 300, tzDate: (ts) => uPlot.tzDate(new Date(ts * 1000), zone),
      series: [{ label: box.dataset.time, value: (_, seconds) => seconds === null ? "–" : words(seconds) }, { label: box.dataset.percent, stroke: colour("--line-tone"), width: 2, paths: uPlot.paths.stepped({ align: 1 }) }],
      axes: [{ ...axis, values: (plot, at) => at.map((seconds) => short(seconds, plot.scales.x)) }, axis], scales: { y: { range: (_, low, high) => [Math.max(0, Math.floor((low || 0) / 10) * 10), Math.max(100, Math.ceil((high || 0) / 10) * 10)] } },
      hooks: { setScale: [(plot, key) => { if (key === "x") { tell(plot.scales.x); finer(plot.scales.x); } }] },
    }, data, place);
    window.addEventListener("resize", () => chart.setSize({ width: place.clientWidth, height: 300 }));
  }

  /* A day, and the hour where less than four of them are shown. */
  function short(seconds, x) {
    return day.format(new Date(seconds * 1000)) + (x.max - x.min < 4 * DAY ? ` ${words(seconds).slice(11)}` : "");
  }

  const held = (x) => hours !== null && hours.from <= x.min && x.max <= hours.to;

  function tell(x) {
    said.textContent = `${words(x.min)} – ${words(x.max)}, ${held(x) ? box.dataset.hourly : box.dataset.every}`;
  }

  /* The hours of a stretch take the place of the coarser moments in it; asked for once somebody looks that close, with as much at both sides. */
  async function finer(x) {
    if (step <= HOUR || x.max - x.min > CLOSE || held(x)) return;
    if (asked) asked.abort();
    asked = new AbortController();
    const around = (x.max - x.min) / 2, from = Math.max(first, Math.floor((x.min - around) / HOUR) * HOUR), to = Math.min(last, Math.ceil((x.max + around) / HOUR) * HOUR);
    const stamp = (seconds) => encodeURIComponent(new Date(seconds * 1000).toISOString());
    try {
      const answer = await fetch(`${box.dataset.hours}&from=${stamp(from)}&to=${stamp(to)}`, { headers: { accept: "application/json" }, signal: asked.signal });
      if (!answer.ok) throw new Error(answer.status);
      const items = (await answer.json()).items;
      hours = { from, to, at: items.map((item) => Date.parse(item.time) / 1000), percent: items.map((item) => item.percent) };
      const before = whole[0].filter((at) => at < from).length, after = whole[0].filter((at) => at <= to).length;
      chart.setData([[...whole[0].slice(0, before), ...hours.at, ...whole[0].slice(after)], [...whole[1].slice(0, before), ...hours.percent, ...whole[1].slice(after)]], false);
      chart.redraw();
      tell(chart.scales.x);
    } catch (error) {
      if (error.name !== "AbortError") said.textContent = box.dataset.failed;
    }
  }

  /* About the middle: `span` times as wide, moved by `by` widths; never beyond the figures, nor under a day. */
  function turn(span, by) {
    const { min, max } = chart.scales.x, wide = Math.min(last - first, Math.max(DAY, (max - min) * span));
    const start = Math.max(first, Math.min(last - wide, (min + max) / 2 - wide / 2 + by * (max - min)));
    chart.setScale("x", { min: start, max: start + wide });
  }

  const moves = { in: [0.5, 0], out: [2, 0], back: [1, -0.25], on: [1, 0.25], all: [1e9, 0] };
  const keys = { "+": "in", "=": "in", "-": "out", ArrowLeft: "back", ArrowRight: "on", 0: "all", Home: "all" };

  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      sheet(box.dataset.sheet);
      const [answer] = await Promise.all([fetch(box.dataset.rows), load(box.dataset.script)]);
      if (!answer.ok) throw new Error(answer.status);
      const data = rows(await answer.text());
      button.hidden = true;
      tools.hidden = place.hidden = false;
      draw(data);
      place.focus();
    } catch {
      button.disabled = false;
      said.textContent = box.dataset.failed;
    }
  });
  tools.addEventListener("click", (event) => { const move = event.target.closest("[data-move]"); if (move) turn(...moves[move.dataset.move]); });
  place.addEventListener("keydown", (event) => {
    const move = keys[event.key];
    if (!move || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    turn(...moves[move]);
  });
})();
