/* SPDX-License-Identifier: Apache-2.0
 * Passkeys: a form's fields are filled in from the browser's dialogue, then it goes its way. Loaded
 * deferred by the pages that have such a form; without it they show the password alone. */
(() => {
'use strict';
const passkey = (form) => {
  const { credentials } = navigator;
  if (!window.PublicKeyCredential || !credentials) return;
  const read = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')),
    (c) => c.charCodeAt(0));
  const write = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
  const known = (list) => list.map((c) => ({ ...c, id: read(c.id) }));
  const ask = async () => {
    const reply = await fetch(form.dataset.passkey, { method: 'POST' });
    if (!reply.ok) return location.reload(); /* the page says what is missing */
    const { user, ...options } = await reply.json();
    options.challenge = read(options.challenge);
    if (!user) return credentials.get({ publicKey:
      { ...options, allowCredentials: known(options.allowCredentials) } });
    return credentials.create({ publicKey: { ...options, user: { ...user, id: read(user.id) },
      excludeCredentials: known(options.excludeCredentials) } });
  };
  form.hidden = false;
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    try {
      const made = await ask();
      if (!made) return;
      const { response } = made;
      const fields = { credentialId: made.rawId, clientData: response.clientDataJSON,
        authenticatorData: response.authenticatorData ?? response.getAuthenticatorData(),
        signature: response.signature, userHandle: response.userHandle };
      for (const [name, bytes] of Object.entries(fields))
        if (form.elements[name] && bytes) form.elements[name].value = write(bytes);
      form.submit();
    } catch (e) {
      document.querySelector('#toast').textContent = e.name === 'InvalidStateError' ? 'This device has a passkey for your account already.'
        : e.name === 'SecurityError' ? 'Passkeys do not work at this address.'
          : 'No passkey was used.';
    }
  });
};
document.querySelectorAll('form[data-passkey]').forEach(passkey);
})();
