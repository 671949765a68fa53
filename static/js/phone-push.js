/* Alerts while nobody looks at the phone, where the hospital has set up push and the browser has it: asked for by a tap, never by the page. */
"use strict";
(function () {
  const button = document.getElementById("push"), PUSH = "/" + location.pathname.split("/")[1] + "/push";
  if (!("PushManager" in window) || !("serviceWorker" in navigator) || !("Notification" in window)) return;

  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
  async function subscribe(key) {
    const worker = await navigator.serviceWorker.ready;
    const found = (await worker.pushManager.getSubscription()) || (await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(key) }));
    const told = found.toJSON();
    await fetch(PUSH, {
      method: "POST", headers: { "X-CSRF-Token": document.querySelector("[name=csrf]").value },
      body: new URLSearchParams({ endpoint: told.endpoint, p256dh: told.keys.p256dh, auth: told.keys.auth }),
    });
    button.hidden = true;
  }
  window.addEventListener("load", async () => {
    await Outbox.keep("words", { stat: button.dataset.stat, offer: button.dataset.offer });
    const response = await fetch(PUSH).catch(() => null);
    if (!response || response.status !== 200) return;
    const { key } = await response.json();
    if (Notification.permission === "granted") subscribe(key).catch(() => {});
    else if (Notification.permission === "default") button.hidden = false;
    button.addEventListener("click", async () => {
      if ((await Notification.requestPermission()) === "granted") subscribe(key).catch(() => {});
      else button.hidden = true;
    });
  });
})();
