/* A clinic's page at reception: after a token is given the form is empty, and its cursor stands where the next MRN is typed or scanned. */
"use strict";
(function () {
  document.addEventListener("htmx:after:request", (event) => {
    const ctx = event.detail && event.detail.ctx, form = event.target.closest ? event.target.closest(".opd-issue") : null;
    if (!form || !ctx || !ctx.response || ctx.response.status !== 200) return;
    form.reset();
    form.elements.mrn.focus();
  });
})();
