/* Passkeys: a form with data-passkey fetches what its browser is to sign, asks the browser, and is sent with the answer.
   data-passkey="create" makes one, "get" shows one. At any other address than the hospital's own there are none: the form says so. */
"use strict";
(function () {
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const keys = (list) => (list || []).map((key) => Object.assign({}, key, { id: bytes(key.id) }));

  function asked(options) {
    const found = Object.assign({}, options, { challenge: bytes(options.challenge) });
    if (options.user) found.user = Object.assign({}, options.user, { id: bytes(options.user.id) });
    if (options.excludeCredentials) found.excludeCredentials = keys(options.excludeCredentials);
    if (options.allowCredentials) found.allowCredentials = keys(options.allowCredentials);
    return { publicKey: found };
  }
  function told(credential) {
    const from = credential.response, response = { clientDataJSON: text(from.clientDataJSON) };
    for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"]) if (from[part]) response[part] = text(from[part]);
    return JSON.stringify({
      id: credential.id, rawId: text(credential.rawId), type: credential.type, response,
      clientExtensionResults: credential.getClientExtensionResults(),
      authenticatorAttachment: credential.authenticatorAttachment || undefined,
    });
  }
  async function sign(form) {
    const headers = { "X-CSRF-Token": form.elements.csrf.value };
    const answer = await fetch(form.dataset.options, { method: "POST", headers });
    if (!answer.ok) throw new Error("no options");
    const options = asked(await answer.json());
    const create = form.dataset.passkey === "create";
    const found = await (create ? navigator.credentials.create(options) : navigator.credentials.get(options));
    form.querySelector("[data-credential]").value = told(found);
    form.submit();
  }
  const say = (form, which) => form.querySelectorAll("[data-say]").forEach((line) => { line.hidden = line.dataset.say !== which; });

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    if (!window.PublicKeyCredential || location.origin !== form.dataset.origin) {
      form.querySelector("button").disabled = true;
      say(form, "elsewhere");
      continue;
    }
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      say(form, "");
      sign(form).catch(() => say(form, "failed"));
    });
  }
})();
