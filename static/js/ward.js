/* The nurse's page and the step lists: a form that was taken folds up again, and is empty the next time. One that was refused stays open. */
"use strict";
document.addEventListener("htmx:after:request", (event) => {
  const ctx = event.detail && event.detail.ctx, form = event.target.closest ? event.target.closest("form") : null;
  if (!form || !ctx || !ctx.response || ctx.response.status !== 200) return;
  form.reset();
  for (let fold = form.closest("details[id]"); fold; fold = fold.parentElement.closest("details[id]")) fold.open = false;
});
