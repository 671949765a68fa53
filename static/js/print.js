/* The manager's print button: opens the tables for the paper, prints, closes them again. Keeps opened tables open over a refresh. */
"use strict";
(function () {
  const all = () => Array.from(document.querySelectorAll("details.figures"));
  let opened = [];
  document.addEventListener("click", (event) => { if (event.target.closest("[data-print]")) window.print(); });
  window.addEventListener("beforeprint", () => { opened = all().filter((one) => !one.open); opened.forEach((one) => { one.open = true; }); });
  window.addEventListener("afterprint", () => { opened.forEach((one) => { one.open = false; }); opened = []; });
  let open = [];
  document.addEventListener("htmx:before:swap", () => { open = all().filter((one) => one.open).map((one) => one.id); });
  document.addEventListener("htmx:after:swap", () => { all().forEach((one) => { if (open.includes(one.id)) one.open = true; }); });
})();
