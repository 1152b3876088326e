/* SPDX-License-Identifier: Apache-2.0
 * The mails that a server has sent, as its mailboxes hold them. Called by tests; must never wait:
 * mails come after the reply that causes them, so ask again (fixtures.mjs: until). */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/* RFC 2047 and quoted-printable or base64 bodies: what our own writer makes of them. */
const words = (text) => text.replace(/\?=\r?\n =\?/g, '?==?').replace(/=\?UTF-8\?B\?([^?]*)\?=/gi,
  (_, data) => Buffer.from(data, 'base64').toString());
const body = (part) => {
  const at = part.indexOf('\r\n\r\n');
  const head = part.slice(0, at), text = part.slice(at + 4);
  if (/encoding: base64/i.test(head)) return Buffer.from(text, 'base64').toString();
  if (!/encoding: quoted-printable/i.test(head)) return text;
  return Buffer.from(text.replace(/=\r?\n/g, '').replace(/=([0-9A-F]{2})/gi,
    (_, hex) => String.fromCharCode(parseInt(hex, 16))), 'latin1').toString();
};
const read = (raw) => {
  const head = words(raw.slice(0, raw.indexOf('\r\n\r\n'))).replace(/\r\n[ \t]/g, ' ');
  const boundary = /boundary="?([^"\r\n;]+)/.exec(head)?.[1];
  const parts = boundary ? raw.split(`--${boundary}`) : [raw];
  const plain = parts.find((p) => /text\/plain/i.test(p.slice(0, 400)) && p.includes('\r\n\r\n')) ?? raw;
  return { to: /^To: (.*)$/mi.exec(head)?.[1] ?? '', subject: /^Subject: (.*)$/mi.exec(head)?.[1]?.trim() ?? '',
    text: body(boundary ? plain.replace(/^\r\n/, '') : plain) };
};

/* To that address, with a subject like that; the oldest first. */
export const letters = (server, to, subject = /./) => {
  const folder = join(server.folder, 'mail');
  let days = [];
  try { days = readdirSync(folder).filter((name) => name.endsWith('.mbox')).sort(); } catch { /* none yet */ }
  return days.flatMap((day) => readFileSync(join(folder, day), 'utf8').split(/(?<=\n\n)(?=From )/))
    .filter((m) => m.endsWith('\n\n')).map(read)
    .filter((m) => m.to.includes(to) && subject.test(m.subject));
};

/* The path of the link in a mail, and the token in it. */
export const linkOf = (letter) => /https?:\/\/[^/\s]+(\/[^\s]+)/.exec(letter.text)[1];
export const tokenOf = (letter) => decodeURIComponent(/token=([^\s&]+)/.exec(letter.text)[1]);
