// The 128-bit identity of an event: from the client's key where it gave one, else new and time-ordered.
import { hash } from 'node:crypto';

/** First 128 bits of SHA-256 over the three texts, each with its length before it, so that they can't run into each other. */
export const identityOfKey = (tenant: string, systemName: string, idempotencyKey: string): string =>
  toUuid(hash('sha256', [tenant, systemName, idempotencyKey].map(withLength).join(''), 'hex'));

/** Of an event without a key in a numbered datagram: one that comes again, through whichever door, is the same. */
export const identityOfDatagram = (
  { tenant, source, boot }: { readonly tenant: string; readonly source: string; readonly boot: string },
  number: number,
  index: number,
): string => toUuid(hash('sha256', ['datagram', tenant, source, boot, `${number}`, `${index}`].map(withLength).join(''), 'hex'));

const withLength = (text: string): string => `${Buffer.byteLength(text)}:${text}`;

const toUuid = (hex: string): string =>
  `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;

const poolBytes = 4096;

/** UUIDv7 (RFC 9562): 48 bits of milliseconds, 74 random bits. Time-ordered, so that inserts stay at one end of the index. */
export const createTimeOrderedIdentities = (fillRandom: (bytes: Buffer) => void): ((nowMs: number) => string) => {
  const pool = Buffer.alloc(poolBytes);
  let used = poolBytes;
  return (nowMs) => {
    if (used === poolBytes) {
      fillRandom(pool);
      used = 0;
    }
    const random = pool.subarray(used, used + 16);
    used += 16;
    random.writeUIntBE(nowMs, 0, 6);
    random[6] = (random[6]! & 0x0f) | 0x70;
    random[8] = (random[8]! & 0x3f) | 0x80;
    return toUuid(random.toString('hex'));
  };
};
