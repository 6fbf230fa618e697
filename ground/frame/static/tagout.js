// What pages do beyond forms and links: keep live parts from disturbing whoever types, and passkeys.
"use strict";

// A refusal is read out and reached first.
document.addEventListener("DOMContentLoaded", () => {
  const refusal = document.getElementById("refusal");
  if (refusal) refusal.focus();
  for (const form of document.querySelectorAll("form[data-passkey]")) offerPasskey(form);
});

// Whoever has begun to type, or stands on a control, is not disturbed by a live part: a note says that there is news.
let isTouched = false;
document.addEventListener("input", (event) => {
  if (event.target.form && event.target.closest("#part")) isTouched = true;
});
document.addEventListener("htmx:beforeSwap", (event) => {
  const part = document.getElementById("part");
  if (event.detail.target !== part) return;
  const isSame = event.detail.xhr.status === 200;
  const holdsFocus = part.contains(document.activeElement) && document.activeElement !== part;
  if (!isSame || isTouched || holdsFocus) {
    event.detail.shouldSwap = false;
    if (isSame) sayNews();
  }
});

// Forms that are saved one by one: sending one would lose what was typed in another.
document.addEventListener("submit", (event) => {
  const apart = event.target.closest("[data-saved-apart]");
  if (!apart) return;
  const others = [...apart.querySelectorAll("form")].filter((form) => form !== event.target);
  const question = "Another section holds words that are not saved, and they would be lost. Go on?";
  if (others.some(holdsNews) && !window.confirm(question)) event.preventDefault();
});

// A second press while a form is under way would break off the first, and lose what its answer brings, such as a renewed
// sign-in. A form that hands over a file leaves its page standing, so it may be sent again a little later.
const PRESSED_TWICE_MS = 2000;
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "yes";
  setTimeout(() => delete form.dataset.sent, PRESSED_TWICE_MS);
});

function holdsNews(form) {
  return [...form.elements].some((field) =>
    field.type === "checkbox" || field.type === "radio"
      ? field.checked !== field.defaultChecked
      : field.defaultValue !== undefined && field.type !== "hidden" && field.value !== field.defaultValue,
  );
}

function sayNews() {
  if (document.getElementById("news")) return;
  const note = document.createElement("p");
  note.id = "news";
  note.className = "news";
  note.setAttribute("role", "status");
  const link = document.createElement("a");
  link.href = location.href;
  link.className = "usa-link";
  link.textContent = "Show it";
  note.append("Something was recorded since this page was shown. ", link);
  document.getElementById("part").before(note);
}

// Passkeys (WebAuthn). A form with data-passkey="create" or "get" holds the options that the server made in the field
// `options`, as JSON, and takes what the authenticator answered in the field `answer`, as JSON. Bytes travel as base64url.
const toBytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (character) => character.charCodeAt(0));
const toText = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=+$/, "");

function offerPasskey(form) {
  const button = form.querySelector("button[type=submit]");
  if (!window.PublicKeyCredential) {
    button.disabled = true;
    say(form, "This browser has no passkeys here. They need https, or localhost.");
    return;
  }
  form.addEventListener("submit", async (event) => {
    if (form.elements.answer.value) return;
    event.preventDefault();
    button.disabled = true;
    try {
      const options = JSON.parse(form.elements.options.value);
      const answer = form.dataset.passkey === "create" ? await create(options) : await get(options);
      form.elements.answer.value = JSON.stringify(answer);
      form.requestSubmit(button.disabled ? undefined : button);
    } catch (error) {
      form.elements.answer.value = "";
      const why =
        error.name === "NotAllowedError"
          ? "it was cancelled, took too long, or this device has no passkey for these pages. Try again."
          : error.message;
      say(form, `The passkey was not used: ${why}`);
    } finally {
      button.disabled = false;
    }
  });
}

async function create(options) {
  const credential = await navigator.credentials.create({
    publicKey: {
      ...options,
      challenge: toBytes(options.challenge),
      user: { ...options.user, id: toBytes(options.user.id) },
      excludeCredentials: (options.excludeCredentials || []).map((one) => ({ ...one, id: toBytes(one.id) })),
    },
  });
  return {
    id: toText(credential.rawId),
    client_data: toText(credential.response.clientDataJSON),
    attestation: toText(credential.response.attestationObject),
  };
}

async function get(options) {
  const credential = await navigator.credentials.get({
    publicKey: {
      ...options,
      challenge: toBytes(options.challenge),
      allowCredentials: (options.allowCredentials || []).map((one) => ({ ...one, id: toBytes(one.id) })),
    },
  });
  return {
    id: toText(credential.rawId),
    client_data: toText(credential.response.clientDataJSON),
    authenticator_data: toText(credential.response.authenticatorData),
    signature: toText(credential.response.signature),
    user_handle: credential.response.userHandle ? toText(credential.response.userHandle) : null,
  };
}

function say(form, text) {
  let note = form.querySelector(".passkey-note");
  if (!note) {
    note = document.createElement("p");
    note.className = "passkey-note usa-error-message";
    note.setAttribute("role", "alert");
    form.append(note);
  }
  note.textContent = text;
}
