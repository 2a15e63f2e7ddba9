// Alertmanager's fingerprint of a label set: FNV-1a over names and values in order, each closed by a byte that UTF-8 does not have.
import type { TextMap } from '../rule.ts';

const separator = 255;

const hashBytes = (hash: bigint, bytes: Iterable<number>): bigint => {
  let next = hash;
  for (const byte of bytes) next = BigInt.asUintN(64, (next ^ BigInt(byte)) * 0x100000001b3n);
  return next;
};

export const fingerprintOf = (labels: TextMap): string => {
  let hash = 0xcbf29ce484222325n;
  for (const name of Object.keys(labels).toSorted()) {
    hash = hashBytes(hash, [...Buffer.from(name), separator, ...Buffer.from(labels[name]!), separator]);
  }
  return hash.toString(16).padStart(16, '0');
};
