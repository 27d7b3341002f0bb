// Passkeys: a form with data-passkey asks the browser for a key, puts its answer into the form's
// `credential` and sends it. Without JavaScript, or where the browser knows no passkeys, the
// forms stay hidden and the other ways in remain.

const bytes = (text) => {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
};

const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

const withIds = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

async function create({ publicKey: wanted }) {
  const key = await navigator.credentials.create({
    publicKey: {
      ...wanted,
      challenge: bytes(wanted.challenge),
      user: { ...wanted.user, id: bytes(wanted.user.id) },
      excludeCredentials: withIds(wanted.excludeCredentials),
      // It is to be enough alone: kept on the device, and unlocked by its owner.
      authenticatorSelection: {
        ...wanted.authenticatorSelection,
        residentKey: "required",
        requireResidentKey: true,
        userVerification: "required",
      },
    },
  });
  return {
    ...frame(key),
    response: {
      clientDataJSON: text(key.response.clientDataJSON),
      attestationObject: text(key.response.attestationObject),
      transports: key.response.getTransports?.() ?? [],
    },
  };
}

async function get({ publicKey: wanted }) {
  const key = await navigator.credentials.get({
    publicKey: {
      ...wanted,
      challenge: bytes(wanted.challenge),
      allowCredentials: withIds(wanted.allowCredentials),
    },
  });
  const { clientDataJSON, authenticatorData, signature, userHandle } = key.response;
  return {
    ...frame(key),
    response: {
      clientDataJSON: text(clientDataJSON),
      authenticatorData: text(authenticatorData),
      signature: text(signature),
      userHandle: userHandle ? text(userHandle) : null,
    },
  };
}

const frame = (key) => ({
  id: key.id,
  type: key.type,
  rawId: text(key.rawId),
  authenticatorAttachment: key.authenticatorAttachment,
  clientExtensionResults: key.getClientExtensionResults(),
});

async function options(form) {
  if (form.dataset.options) return JSON.parse(form.dataset.options);
  const answer = await fetch(form.action, {
    headers: { Accept: "application/json", "X-Requested-With": "XMLHttpRequest" },
  });
  if (!answer.ok) throw new Error(`${answer.status}`);
  return (await answer.json()).request_options;
}

async function ask(event) {
  const form = event.currentTarget;
  event.preventDefault();
  const failed = form.querySelector("[data-passkey-failed]");
  failed.hidden = true;
  try {
    const wanted = await options(form);
    const key = await (form.dataset.passkey === "add" ? create(wanted) : get(wanted));
    form.elements.credential.value = JSON.stringify(key);
    form.submit();
  } catch {
    failed.hidden = false;
  }
}

if (window.PublicKeyCredential) {
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.addEventListener("submit", ask);
    form.hidden = false;
  }
}
