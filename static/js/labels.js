/* The label sheet's one button. */
"use strict";
document.querySelector("[data-print]").addEventListener("click", () => window.print());
