/* The long series of the managers' page, to zoom: uPlot and the figures are fetched when somebody presses the button, never before. The
   server's chart and the table stay as they are; this one shows the rows of the page's own file. */
"use strict";
(function () {
  const box = document.querySelector("[data-zoom]");
  if (!box) return;
  const button = box.querySelector("[data-zoom-open]"), tools = box.querySelector(".zoom-tools"), place = box.querySelector(".zoom-chart"), said = box.querySelector("[role=status]");
  const load = (src) => new Promise((done, failed) => { const script = document.createElement("script"); script.src = src; script.onload = done; script.onerror = () => failed(new Error(src)); document.head.append(script); });
  const sheet = (href) => { const link = document.createElement("link"); link.rel = "stylesheet"; link.href = href; document.head.append(link); };
  const colour = (name) => getComputedStyle(document.body).getPropertyValue(name).trim();
  let chart = null, first = 0, last = 0;

  /* The hospital's own clock is drawn: its hours are taken as they are written, whatever zone the browser is in. */
  function rows(text) {
    const [head, ...lines] = text.trim().split("\r\n").map((line) => line.split(","));
    const at = head.indexOf("time"), percent = head.indexOf("occupancy_percent");
    return [lines.map((line) => Date.parse(line[at].slice(0, 16) + "Z") / 1000), lines.map((line) => line[percent] === "" ? null : Number(line[percent]))];
  }

  function draw(data) {
    const axis = { stroke: colour("--mute"), grid: { stroke: colour("--grid-tone") }, ticks: { stroke: colour("--grid-tone") } };
    first = data[0][0];
    last = data[0][data[0].length - 1];
    chart = new uPlot({
      width: place.clientWidth, height: 300, tzDate: (ts) => uPlot.tzDate(new Date(ts * 1000), "Etc/UTC"),
      series: [{ label: box.dataset.time, value: "{YYYY}-{MM}-{DD} {HH}:{mm}" }, { label: box.dataset.percent, stroke: colour("--line-tone"), width: 2, paths: uPlot.paths.stepped({ align: 1 }) }],
      axes: [{ ...axis, values: (plot, at) => at.map((seconds) => short(seconds, plot.scales.x)) }, axis], scales: { y: { range: (_, low, high) => [Math.max(0, Math.floor((low || 0) / 10) * 10), Math.max(100, Math.ceil((high || 0) / 10) * 10)] } },
      hooks: { setScale: [(plot, key) => { if (key === "x") tell(plot); }] },
    }, data, place);
    window.addEventListener("resize", () => chart.setSize({ width: place.clientWidth, height: 300 }));
  }

  /* A day, and the hour where less than four of them are shown. */
  function short(seconds, x) {
    const words = new Date(seconds * 1000).toUTCString();
    return x.max - x.min < 4 * 86400 ? `${words.slice(5, 11)} ${words.slice(17, 22)}` : words.slice(5, 11);
  }

  function tell(plot) {
    const day = (seconds) => new Date(seconds * 1000).toISOString().slice(0, 16).replace("T", " ");
    said.textContent = `${day(plot.scales.x.min)} – ${day(plot.scales.x.max)}`;
  }

  /* About the middle: `span` times as wide, moved by `by` widths; never beyond the figures, nor under a day. */
  function turn(span, by) {
    const { min, max } = chart.scales.x, wide = Math.min(last - first, Math.max(86400, (max - min) * span));
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
