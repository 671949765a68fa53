/* The desk's dialogs: a new request, an edited one, priority, who it is, another bed, all keys. After desk.js. */
"use strict";
(function () {
  const { one, keys } = Desk;
  const fresh = one("#new-request form");

  function open(id) {
    const dialog = document.getElementById(id);
    if (!dialog || dialog.open) return;
    const form = dialog.querySelector("form");
    if (form && !aim(form)) return;
    if (form) form.reset();
    if (form === fresh) known();
    const refusal = dialog.querySelector(".in-place");
    if (refusal) refusal.textContent = "";
    if (id === "keys") listAll();
    dialog.showModal();
  }
  /* A dialog that stands on the page once speaks of the patient looked at. */
  function aim(form) {
    const other = form.hasAttribute("data-assign-other"), path = other ? "assign" : form.dataset.path, request = Desk.request();
    if (!path) return true;
    if (!request) return false;
    form.setAttribute("hx-post", "/admissions/requests/" + encodeURIComponent(request) + "/" + path);
    if (other) document.getElementById("override").hidden = true;
    return true;
  }
  /* Of somebody whom nobody knows there is no name, MRN or birth date. */
  function known() {
    const nobody = fresh.elements.unknown.checked;
    fresh.querySelectorAll("[data-of-known]").forEach((field) => { field.disabled = nobody; });
  }
  function nobody() {
    if (!fresh) return;
    open("new-request");
    fresh.elements.unknown.checked = true;
    known();
    fresh.elements.sex.focus();
  }
  /* Keys set by a script that the page's own table does not name. */
  function listAll() {
    const listed = Desk.all("#keys [data-keys]").flatMap((line) => line.dataset.keys.split(" ")), more = one("[data-more-keys]");
    keys.known.forEach(({ words }, key) => {
      if (listed.includes(key)) return;
      const line = document.createElement("li"), cap = document.createElement("kbd");
      line.dataset.keys = key;
      cap.textContent = key.length === 1 ? key.toUpperCase() : key;
      line.append(cap, " " + words);
      more.append(line);
    });
  }

  keys.set("n", "", () => open("new-request"));
  keys.set("y", "", nobody);
  keys.set("o", "", () => open("other-bed"));
  keys.set("?", "", () => open("keys"));

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-open]");
    if (opener) open(opener.dataset.open);
    if (event.target.closest("[data-close]")) event.target.closest("dialog").close();
  });
  document.addEventListener("change", (event) => { if (event.target.name === "unknown") known(); });
  document.addEventListener("focusin", (event) => { if (event.target.matches('[list="other-beds"]')) htmx.trigger(one("#other-beds"), "wanted"); });
  document.addEventListener("keydown", (event) => {
    const dialog = one("dialog[open]");
    if (!dialog || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const number = dialog.id === "priority" && dialog.querySelector('button[value="' + CSS.escape(event.key) + '"]');
    if (number) { event.preventDefault(); number.click(); }
    if (dialog.id === "keys" && event.key === "?") dialog.close();
    /* Enter saves from every field; a list that is open takes it for itself. */
    const field = event.target, open = CSS.supports("selector(:open)") && field.matches("select:open");
    if (event.key === "Enter" && field.matches("select") && !open) { event.preventDefault(); field.form.requestSubmit(); }
  });
  document.addEventListener("htmx:after:swap", () => {
    const dialog = one("#edit-request"), form = dialog && dialog.querySelector("form");
    if (!form || form === dialog.shown) return;
    dialog.shown = form;
    if (!dialog.open) dialog.showModal();
    form.querySelector("select:not(:disabled), input:not([type=hidden]):not(:disabled)").focus();
  });
  document.addEventListener("htmx:after:request", (event) => {
    const ctx = event.detail.ctx, form = ctx && ctx.sourceElement;
    if (!form || !form.closest("#edit-request") || !ctx.response || ctx.response.status !== 409) return;
    form.querySelector("[data-look-again]").hidden = false;
  });
})();
