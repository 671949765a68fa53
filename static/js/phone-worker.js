/* A cleaner's or porter's phone's service worker, behind phone-outbox.js in one file: the page opens without a network, as it was last drawn,
   and taps go out when the browser says that there is a network again, even with the page closed. Nothing here knows a name. */
"use strict";
const SHELF = "phone", PAGE = new URL(self.registration.scope).pathname, KEPT = new Set([PAGE, PAGE + "/scan"]), PATIENCE = 4000;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

async function fromNetwork(request) {
  const gone = new AbortController(), timer = setTimeout(() => gone.abort(), PATIENCE);
  try { return await fetch(request, { signal: gone.signal }); } finally { clearTimeout(timer); }
}
/* The page: the network's; without one, the last that was drawn, marked with when that was. */
async function page(event) {
  const shelf = await caches.open(SHELF), path = new URL(event.request.url).pathname;
  try {
    const response = await fromNetwork(event.request);
    if (response.status >= 500) throw new Error("away");
    if (response.ok && KEPT.has(path)) {
      const copy = response.clone();
      event.waitUntil(shelf.put(path, copy));
    }
    return response;
  } catch {
    const last = (KEPT.has(path) && (await shelf.match(path))) || (await shelf.match(PAGE));
    if (!last) return Response.error();
    const when = Date.parse(last.headers.get("date") || "") || 0;
    const text = (await last.text()).replace("<html ", '<html data-kept="' + new Date(when).toISOString() + '" ');
    return new Response(text, { headers: { "Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": last.headers.get("content-security-policy") || "default-src 'none'" } });
  }
}
/* Files named with their digest never change; the others are asked for again while there is a network. */
async function file(event) {
  const shelf = await caches.open(SHELF), last = await shelf.match(event.request);
  if (last && event.request.url.includes("?v=")) return last;
  try {
    const response = await fetch(event.request);
    if (response.ok) {
      const copy = response.clone();
      event.waitUntil(shelf.put(event.request, copy));
    }
    return response;
  } catch (error) {
    if (last) return last;
    throw error;
  }
}
self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url), inside = url.origin === self.location.origin && event.request.method === "GET";
  if (inside && event.request.mode === "navigate") event.respondWith(page(event));
  else if (inside && url.pathname.startsWith("/static/")) event.respondWith(file(event));
});

async function flush() {
  const found = await self.Outbox.flush("");
  for (const client of await self.clients.matchAll()) client.postMessage("sent");
  if (found.left && found.status !== 401 && found.status !== 403) throw new Error("the browser tries again");
}
self.addEventListener("sync", (event) => { if (event.tag === "outbox") event.waitUntil(flush()); });

/* A push rings when nobody looks at the page; it holds a bed's label and no more. Words in the phone's language come from the page. */
self.addEventListener("push", (event) => event.waitUntil((async () => {
  const call = event.data ? event.data.json() : { kind: "stat", label: "" }, words = (await self.Outbox.kept("words")) || {};
  await self.registration.showNotification((words[call.kind] || "Bedflow") + " " + call.label, {
    tag: call.job, icon: "/static/icons/phone-192.png", vibrate: [400, 150, 400], requireInteraction: call.kind === "stat",
  });
})()));
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil((async () => {
    const [open] = await self.clients.matchAll({ type: "window" });
    return open ? open.focus() : self.clients.openWindow(PAGE);
  })());
});
