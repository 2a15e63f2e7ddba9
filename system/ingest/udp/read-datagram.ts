// Bytes of a datagram in, its head and the bytes of its events out, or why it is refused as a whole. Pure.
import { crc32 } from 'node:zlib';
import { isUtf8 } from 'node:buffer';
import { Compile } from 'typebox/compile';
import { type DatagramHead, datagramHeadSchema } from '../../contract/datagram.ts';
import { ndjsonElements } from '../elements.ts';
import { type Refusal, refuse } from '../refusal.ts';

export type ReadDatagram = {
  readonly kind: 'read';
  /** null: it has none, and its events have neither a number nor a token. */
  readonly head: DatagramHead | null;
  readonly events: readonly Buffer[];
};

const headCheck = Compile(datagramHeadSchema);
const lineFeed = 0x0a;
const openings = ['{"token":', '{"source":'].map((text) => Buffer.from(text));
const checksumEnd = /,"crc32":"([0-9a-f]{8})"\}$/;
/** As long as such an end is. */
const checksumBytes = ',"crc32":"00000000"}'.length;

export const readDatagram = (datagram: Buffer): ReadDatagram | Refusal => {
  const end = datagram.indexOf(lineFeed);
  const first = end === -1 ? datagram : datagram.subarray(0, end);
  const checksum = checksumOf(first);
  if (checksum === null && !openings.some((opening) => startsWith(first, opening))) return withEvents(null, ndjsonElements(datagram));
  const body = datagram.subarray(first.length);
  return readHead(first, checksum, body);
};

const startsWith = (bytes: Buffer, opening: Buffer): boolean => bytes.subarray(0, opening.length).equals(opening);

/** A head is known by its first member or by its last: one bit that was turned over can't make both unreadable. */
const checksumOf = (line: Buffer): string | null => checksumEnd.exec(line.subarray(-checksumBytes).toString('latin1'))?.[1] ?? null;

const readHead = (line: Buffer, checksum: string | null, body: Buffer): ReadDatagram | Refusal => {
  const text = line.toString('latin1');
  if (checksum !== null) {
    const summed = crc32(body, crc32(Buffer.from(`${text.slice(0, -checksumBytes)}}`, 'latin1')));
    if (summed !== Number.parseInt(checksum, 16))
      return refuse(
        'damaged_datagram',
        `The checksum of the datagram is ${summed.toString(16).padStart(8, '0')}, its head says ${checksum}.`,
      );
  }
  const head = parse(line);
  if (head === null) return refuse('invalid_datagram', 'The head of the datagram is no JSON object.');
  if (!headCheck.Check(head)) return refuse('invalid_datagram', describe(head));
  const problem =
    checksum === null && head.crc32 !== undefined ? 'The checksum of the head is not its last member.' : contradictionIn(head);
  if (problem !== null) return refuse('invalid_datagram', problem);
  const events = ndjsonElements(body);
  if (head.mark === undefined) return withEvents(head, events);
  return events.length === 0
    ? { kind: 'read', head, events }
    : refuse('invalid_datagram', 'A high-water mark carries events: send them in a datagram of their own.');
};

const withEvents = (head: DatagramHead | null, events: readonly Buffer[]): ReadDatagram | Refusal =>
  events.length === 0 ? refuse('empty_batch', 'The datagram has no event.') : { kind: 'read', head, events };

const parse = (line: Buffer): unknown => {
  if (!isUtf8(line)) return null;
  try {
    return JSON.parse(line.toString('utf8')) as unknown;
  } catch {
    return null;
  }
};

const describe = (head: unknown): string => {
  const [error] = headCheck.Errors(head);
  return `The head of the datagram does not fit the contract: ${error?.instancePath ?? ''} ${error?.message ?? 'it is no object'}.`;
};

const contradictionIn = ({ source, boot, n, mark }: DatagramHead): string | null => {
  if ((source === undefined) !== (boot === undefined)) return 'The head of the datagram has one of source and boot: give both, or none.';
  if (n !== undefined && mark !== undefined) return 'The head of the datagram has n and mark: a mark has no number.';
  if (source === undefined && (n !== undefined || mark !== undefined))
    return 'The head of the datagram has a number, but neither source nor boot.';
  if (source !== undefined && n === undefined && mark === undefined)
    return 'The head of the datagram has source and boot, but neither n nor mark.';
  return null;
};
