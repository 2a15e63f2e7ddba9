// ip("…"): an address, a range a-b or a CIDR block, of IPv4 or IPv6, looked for anywhere in a text.
import { isIP } from 'node:net';

/** Both ends belong to it. */
export type IpRange = { readonly bits: 32 | 128; readonly first: bigint; readonly last: bigint };

type Address = { readonly bits: 32 | 128; readonly value: bigint };

const ipv4Value = (text: string): bigint => text.split('.').reduce((value, part) => value * 256n + BigInt(part), 0n);

const ipv6Value = (text: string): bigint => {
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  const plain =
    dotted === null ? text : `${dotted[1]}${(ipv4Value(dotted[2]!) >> 16n).toString(16)}:${(ipv4Value(dotted[2]!) & 0xffffn).toString(16)}`;
  const [head = '', tail] = plain.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const middle = tail === undefined ? [] : Array<string>(8 - left.length - right.length).fill('0');
  return [...left, ...middle, ...right].reduce((value, part) => value * 65_536n + BigInt(`0x${part}`), 0n);
};

const readAddress = (text: string): Address | null => {
  const version = isIP(text);
  if (version === 4) return { bits: 32, value: ipv4Value(text) };
  return version === 6 && !text.includes('%') ? { bits: 128, value: ipv6Value(text) } : null;
};

const readBlock = (text: string): IpRange | null => {
  const [, address = '', length = ''] = /^(.+)\/(\d{1,3})$/.exec(text) ?? [];
  const base = readAddress(address);
  if (base === null || Number(length) > base.bits) return null;
  const size = 1n << BigInt(base.bits - Number(length));
  const first = (base.value / size) * size;
  return { bits: base.bits, first, last: first + size - 1n };
};

export const parseIpRange = (text: string): IpRange => {
  const single = readAddress(text);
  if (single !== null) return { bits: single.bits, first: single.value, last: single.value };
  const block = readBlock(text);
  if (block !== null) return block;
  const [from, to] = text.split('-').map((part) => readAddress(part));
  if (from && to && from.bits === to.bits && from.value <= to.value) return { bits: from.bits, first: from.value, last: to.value };
  throw new Error(`ip: invalid pattern: ${JSON.stringify(text)}`);
};

const contains = (range: IpRange, text: string): boolean => {
  const address = readAddress(text);
  return address !== null && address.bits === range.bits && address.value >= range.first && address.value <= range.last;
};

// Loki jumps over a run of digits and dots once it has looked at it, right or not, and over the character behind it.
const starts = /(\d(?=\.[^]{2}|[^]\.[^]|[^]{2}\.))|(?=[^]{5})(?:::[0-9a-f]|[0-9a-f]{1,4}:)/giy;

/** Whether any address in the text lies in the range. */
export const hasIpIn = (range: IpRange, text: string): boolean => {
  for (let at = 0; at < text.length; at += 1) {
    starts.lastIndex = at;
    const start = starts.exec(text);
    if (start === null) continue;
    const span = start[1] === undefined ? /[0-9a-fA-F:.]*/y : /[0-9.]*/y;
    span.lastIndex = at;
    const candidate = span.exec(text)?.[0] ?? '';
    if (contains(range, candidate)) return true;
    at += candidate.length;
  }
  return false;
};
