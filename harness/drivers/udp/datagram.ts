// What a datagram says: who sent it since when, its number, and the events. A line of JSON, then an event a line.
import { crc32 } from 'node:zlib';

/** A producer since it started: its numbers begin at 1 with each boot. */
export type Sender = { readonly source: string; readonly boot: string };

/** The most that UDP carries over IPv4. */
export const mostDatagramBytes = 65_507;

/** `n`: from 1, without gaps as sent; a gap as received is what was lost. */
export const datagramOf = (sender: Sender, n: number, events: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(events.flatMap((event) => [newLine, event]));
  return Buffer.concat([headOf({ ...sender, n }, body), body]);
};

/** Sent at the end, `copy` 1 and more of them: without it a lost tail could not be told from an end. */
export type HighWaterMark = Sender & { readonly copy: number; readonly datagrams: number; readonly events: number };

export const markOf = ({ source, boot, copy, datagrams, events }: HighWaterMark): Buffer =>
  headOf({ source, boot, mark: { copy, datagrams, events } }, Buffer.alloc(0));

const newLine = Buffer.from('\n');

/** The checksum is of the head without it and of all that follows: UDP's own does not see what a proxy, or memory, turned over. */
const headOf = (head: Readonly<Record<string, unknown>>, body: Buffer): Buffer => {
  const text = JSON.stringify(head);
  const checksum = crc32(body, crc32(text)).toString(16).padStart(8, '0');
  return Buffer.from(`${text.slice(0, -1)},"crc32":"${checksum}"}`);
};

/** Longer than any head: numbers have at most 16 digits, and sources and boots are the driver's own. */
export const mostHeadBytes = 256;
