// Passkeys: a form with data-passkey has the device make one, or answer with one (WebAuthn, level 3). Without them the form stays hidden.
"use strict";
(() => {
  if (!window.PublicKeyCredential || !PublicKeyCredential.parseCreationOptionsFromJSON) return;
  const post = async (path, body) => {
    const r = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
    if (!r.ok) throw new Error((await r.text()).trim());
    return r.status === 204 ? null : r.json();
  };
  document.querySelectorAll("form[data-passkey]").forEach((form) => {
    const path = form.dataset.passkey, wrong = form.querySelector(".error"), name = form.elements.name;
    form.hidden = false;
    form.addEventListener("submit", async (e) => {
      e.preventDefault();
      wrong.hidden = true;
      try {
        const asked = await post(path + "/begin", {});
        const options = asked.options;
        const answer = name
          ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
          : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
        await post(path + "?" + new URLSearchParams({ challenge: asked.challenge, name: name ? name.value : "" }), answer.toJSON());
        location.assign(name ? "/account" : "/");
      } catch (error) {
        wrong.textContent = error.name === "NotAllowedError" ? t("The device did not answer, or you said no. Try again, or sign in another way.") : error.message;
        wrong.hidden = false;
      }
    });
  });
})();
