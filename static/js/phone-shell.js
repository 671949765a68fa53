/* A cleaner's or porter's phone as an app: its service worker, and the page and its files laid in the cupboard from which it opens without a
   network. After the first visit the worker does that itself. */
"use strict";
(function () {
  const PAGE = "/" + location.pathname.split("/")[1], SHELF = "phone", seen = navigator.serviceWorker && navigator.serviceWorker.controller;
  async function stock() {
    const shelf = await caches.open(SHELF), used = new Set(performance.getEntriesByType("resource").map((one) => one.name));
    if (!seen) {
      const response = await fetch(PAGE);
      if (response.ok && !response.redirected) await shelf.put(PAGE, response);
    }
    const also = document.querySelector("[name=also-kept]");
    for (const name of also ? also.content.split(" ") : []) if (!(await shelf.match(name))) await shelf.add(name);
    for (const name of used) if (new URL(name).pathname.startsWith("/static/") && !(await shelf.match(name))) await shelf.add(name);
    const paths = new Map(Array.from(used, (name) => [new URL(name).pathname, name]));
    for (const { url } of await shelf.keys()) if (paths.has(new URL(url).pathname) && !used.has(url)) await shelf.delete(url);
    document.documentElement.dataset.stocked = "";
  }
  if (!("serviceWorker" in navigator) || document.documentElement.dataset.kept !== undefined) return;
  window.addEventListener("load", async () => {
    const worker = await navigator.serviceWorker.register(PAGE + "/worker.js", { scope: PAGE }).catch(() => null);
    if (!worker) return;
    await navigator.serviceWorker.ready;
    await document.fonts.ready;
    await stock();
    if (navigator.storage && navigator.storage.persist) navigator.storage.persist().catch(() => {});
  });
})();
