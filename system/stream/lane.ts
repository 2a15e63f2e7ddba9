// Which lane a key belongs to: the one place where it is computed. Fixed per stream version, or order per key is lost.
import type { Key } from './stream.ts';

const offsetBasis = 0x811c9dc5;
const prime = 0x01000193;

/** FNV-1a, 32 bits, over the UTF-8 bytes of `tenant NUL system_name NUL object_id`, finished by murmur3's mixer, modulo the lanes. */
export const laneOf = (key: Key, laneCount: number): number => {
  let hash = addText(offsetBasis, key.tenant);
  hash = addText(addByte(hash, 0), key.systemName);
  hash = addText(addByte(hash, 0), key.objectId);
  return mix(hash) % laneCount;
};

const addByte = (hash: number, byte: number): number => Math.imul(hash ^ byte, prime);

const addText = (start: number, text: string): number => {
  let hash = start;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit > 0x7f) return addBytes(hash, Buffer.from(text.slice(index), 'utf8'));
    hash = addByte(hash, unit);
  }
  return hash;
};

const addBytes = (start: number, bytes: Uint8Array): number => bytes.reduce(addByte, start);

/** FNV's low bits alone are weak on keys that differ in their last digit; the lane is taken from them. */
const mix = (hash: number): number => {
  let mixed = hash ^ (hash >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
};
