/* Uploads a ward's drawing as the bare body of a request: the hospital reads no forms with files. Whatever goes wrong is said in words. */
"use strict";
(function () {
  const LONGEST = 240 * 1024, form = document.querySelector("[data-upload]"), refusal = document.getElementById("refusal");
  const csrf = JSON.parse(document.body.getAttribute("hx-headers:inherited"))["X-CSRF-Token"];

  function refuse(words) {
    refusal.textContent = words;
    refusal.scrollIntoView({ block: "nearest" });
  }
  async function send(file) {
    if (file.size > LONGEST) return refuse("The drawing has " + Math.ceil(file.size / 1024) + " KB; 240 KB is the most. Save it simplified, without pictures.");
    try {
      const answer = await fetch(form.dataset.upload, { method: "POST", body: file, headers: { "Content-Type": "image/svg+xml", "X-CSRF-Token": csrf, "HX-Request": "true" } });
      if (answer.ok) return location.assign((await answer.json()).href);
      refusal.innerHTML = await answer.text();
      refusal.scrollIntoView({ block: "nearest" });
    } catch { refuse("The drawing did not reach the hospital. Try again."); }
  }
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button");
    button.disabled = true;
    await send(form.querySelector("input").files[0]);
    button.disabled = false;
  });
})();
