// What a key looks like, and how it is kept: `fl_<id>_<secret>`. The id is readable, stands in listings and audits, and is no secret.
// The secret is 256 random bits, which nobody guesses however fast the hash: SHA-256 is right for it, as a slow hash is for words that people choose, and
// a slow one at the door would be a way to keep us busy.
import { hash, randomBytes, timingSafeEqual } from 'node:crypto';

export type ApiKey = { readonly keyId: string; readonly text: string };

/** Crockford's alphabet: no letter that is read as a digit. 32 of them, so that a byte picks one without a bias. */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
const idCharacters = 10;
const secretBytes = 32;
const pattern = /^fl_([0-9a-hjkmnp-tv-z]{10})_[\w-]{43}$/;

export const makeApiKey = (random: (bytes: number) => Buffer = randomBytes): ApiKey => {
  const keyId = [...random(idCharacters)].map((byte) => alphabet[byte % alphabet.length]).join('');
  return { keyId, text: `fl_${keyId}_${random(secretBytes).toString('base64url')}` };
};

/** Its id; null: no key of ours. */
export const keyIdOf = (text: string): string | null => pattern.exec(text)?.[1] ?? null;

/** SHA-256, 32 bytes: what is kept of a key. */
export const hashKey = (text: string): Buffer => hash('sha256', text, 'buffer');

/** In a time that says nothing of where they differ. */
export const isKeyOf = (text: string, keyHash: Buffer): boolean => {
  const given = hashKey(text);
  return given.length === keyHash.length && timingSafeEqual(given, keyHash);
};
