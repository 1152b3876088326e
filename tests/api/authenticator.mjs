/* SPDX-License-Identifier: Apache-2.0
 * An authenticator for tests: makes passkeys (ES256) and signs with them as a browser would say it,
 * or as a forger would. Called by API tests; knows nothing of the server. */
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

const sha256 = (bytes) => createHash('sha256').update(bytes).digest();
const url = (bytes) => Buffer.from(bytes).toString('base64url');
/* Flags of the authenticator's data. */
export const UP = 1, UV = 4, AT = 64;

/* A key as COSE has it (RFC 9052): {1: EC2, 3: ES256, -1: P-256, -2: x, -3: y}. */
const coseKey = (publicKey) => {
  const { x, y } = publicKey.export({ format: 'jwk' });
  return Buffer.concat([Buffer.from([0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 0x20]),
    Buffer.from(x, 'base64url'), Buffer.from([0x22, 0x58, 0x20]), Buffer.from(y, 'base64url')]);
};

export class Authenticator {
  constructor(origin = 'http://localhost:8080') {
    this.origin = origin;
    this.id = randomBytes(16);
    this.keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    this.count = 0;
  }

  get credentialId() { return url(this.id); }

  clientData(type, { challenge }, { origin = this.origin, crossOrigin = false, ...more } = {}) {
    return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin, ...more }));
  }

  authData(rpId, flags, count = this.count) {
    const head = Buffer.alloc(37);
    sha256(rpId).copy(head);
    head[32] = flags;
    head.writeUInt32BE(count, 33);
    return head;
  }

  /* What navigator.credentials.create would give for these options. */
  create(options, { rpId = options.rp.id, flags = UP | UV | AT, type = 'webauthn.create',
    cut = 0, ...client } = {}) {
    const length = Buffer.alloc(2);
    length.writeUInt16BE(this.id.length);
    const data = Buffer.concat([this.authData(rpId, flags), Buffer.alloc(16), length, this.id,
      coseKey(this.keys.publicKey)]);
    this.userHandle = options.user.id;
    return { clientData: url(this.clientData(type, options, client)),
      authenticatorData: url(data.subarray(0, data.length - cut)) };
  }

  /* What navigator.credentials.get would give. */
  get(options, { rpId = options.rpId, flags = UP | UV, type = 'webauthn.get', count = ++this.count,
    spoil = false, userHandle = this.userHandle, ...client } = {}) {
    const clientData = this.clientData(type, options, client);
    const data = this.authData(rpId, flags, count);
    const signature = sign('sha256', Buffer.concat([data, sha256(clientData)]), this.keys.privateKey);
    if (spoil) signature[signature.length - 1] ^= 1;
    return { credentialId: this.credentialId, clientData: url(clientData),
      authenticatorData: url(data), signature: url(signature), ...(userHandle && { userHandle }) };
  }
}

/* Adds a passkey to a signed-in client's account; gives the authenticator that has it. */
export const addPasskey = async (client, name = 'Test key', origin) => {
  const authenticator = new Authenticator(origin);
  const options = (await client.post('/auth/passkeys/options')).json;
  const reply = await client.post('/auth/passkeys', { name, ...authenticator.create(options) });
  if (reply.status !== 201) throw new Error(`no passkey: ${reply.text}`);
  authenticator.passkeyId = reply.json.passkeyId;
  return authenticator;
};
