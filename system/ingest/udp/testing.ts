// For tests of the door: datagrams as docs/udp.md says them.
import { crc32 } from 'node:zlib';

export const eventText = (id: string, change: Record<string, unknown> = {}): string =>
  JSON.stringify({
    system_name: 'till',
    object_id: 'order-1',
    event_name: 'paid',
    event_time: '2026-01-01T00:00:00Z',
    metadata: {},
    ...(id === '' ? {} : { id }),
    ...change,
  });

export const datagramText = (head: Record<string, unknown>, ...events: readonly string[]): Buffer =>
  Buffer.from([JSON.stringify(head), ...events].join('\n'));

/** With a checksum at its end, of the head without it and of all that follows. */
export const checkedDatagram = (head: Record<string, unknown>, ...events: readonly string[]): Buffer => {
  const [text, body] = [JSON.stringify(head), events.map((event) => `\n${event}`).join('')];
  const checksum = crc32(body, crc32(text)).toString(16).padStart(8, '0');
  return Buffer.from(`${text.slice(0, -1)},"crc32":"${checksum}"}${body}`);
};
