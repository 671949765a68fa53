/* The managers' page: its print button, and tables that stay open when the page refreshes itself. */
"use strict";
(function () {
  const tables = () => Array.from(document.querySelectorAll("details.figures"));
  let open = [];
  document.addEventListener("click", (event) => { if (event.target.closest("[data-print]")) window.print(); });
  document.addEventListener("htmx:before:swap", () => { open = tables().filter((one) => one.open).map((one) => one.id); });
  document.addEventListener("htmx:after:swap", () => { tables().forEach((one) => { if (open.includes(one.id)) one.open = true; }); });
})();
