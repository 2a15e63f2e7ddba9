// Events by UDP: at 15,000 a second none is lost, and at 60,000 a second offered the books account for each, wherever it was lost.
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import pg from 'pg';
import { waitUntil } from '../engine/wait-until.ts';
import { systemClock } from '../engine/clock.ts';
import type { Bed } from './bed.ts';
import { figure, type Figure } from './figure.ts';

type Offer = { readonly ratePerSecond: number; readonly seconds: number; readonly senders: number };
type Books = {
  readonly known: number;
  readonly received: number;
  readonly appended: number;
  readonly others: number;
  readonly kernel: number | null;
  readonly dropped: number;
  readonly unread: number;
  readonly hands: number;
};
type Sent = { readonly sent: number; readonly refused: number; readonly seconds: number };
type Round = { readonly sent: number; readonly perSecond: number; readonly books: Books };

const all: Offer = { ratePerSecond: 15_000, seconds: 5, senders: 1 };
const flood: Offer = { ratePerSecond: 60_000, seconds: 3, senders: 2 };
const settleWithinMs = 30_000;

export const benchUdp = async (bed: Bed, say: (text: string) => void): Promise<readonly Figure[]> => {
  say('UDP, a warm-up');
  await round(bed, 'bench_udp_warm', { ...all, seconds: 1 });
  say(`UDP, ${all.ratePerSecond} a second`);
  const calm = await round(bed, 'bench_udp', all);
  say(`UDP, ${flood.ratePerSecond} a second offered`);
  const flooded = await round(bed, 'bench_udp_flood', flood);
  return [
    figure('UDP: appended of 15,000 a second', (calm.books.appended / calm.sent) * calm.perSecond, 'events/s', null, {
      of: 'value',
      atLeast: 14_900,
    }),
    figure('UDP: lost of 15,000 a second', calm.sent - calm.books.appended, 'events', null, { of: 'value', atMost: 0 }),
    figure('UDP: offered in the flood', flooded.perSecond, 'events/s', null, { of: 'value', atLeast: 57_000 }),
    figure('UDP: appended in the flood', flooded.books.appended, 'events', { what: 'sent', value: flooded.sent }, null),
    figure(
      'UDP: sent in the flood, and in no place of the books (appended, refused, duplicate, kernel, process)',
      unaccounted(flooded),
      'events',
      null,
      { of: 'value', atLeast: 0, atMost: 0 },
    ),
  ];
};

/** NaN where the kernel's count can't be had: then nothing is exact. */
const unaccounted = ({ sent, books }: Round): number =>
  books.kernel === null ? NaN : sent - books.appended - books.others - books.kernel - books.dropped - books.unread;

const round = async (bed: Bed, name: string, { ratePerSecond, seconds, senders }: Offer): Promise<Round> => {
  const database = await bed.database(name);
  const ingest = await bed.start('ingest', database, { FAULTLINE_UDP_PORT: '0' });
  const client = new pg.Client({ connectionString: database });
  await client.connect();
  try {
    const port = Number(new URL(String(ingest.attributes['udp']).replace('udp:', 'http:')).port);
    const reports = await send(port, { ratePerSecond, seconds, senders });
    const sent = reports.reduce((sum, report) => sum + report.sent, 0);
    const offered = reports.reduce((sum, report) => sum + report.sent + report.refused, 0);
    const books = await settledBooks(client, offered);
    return { sent, perSecond: sent / Math.max(...reports.map((report) => report.seconds)), books };
  } finally {
    await client.end();
    await ingest.process.stop();
  }
};

const send = async (port: number, { ratePerSecond, seconds, senders }: Offer): Promise<readonly Sent[]> => {
  const program = join(import.meta.dirname, 'udp-sender.ts');
  const children = Array.from({ length: senders }, (_, place) =>
    spawn(process.execPath, [program, ...[port, ratePerSecond / senders, seconds].map(String), `bench-${place}`], {
      stdio: ['pipe', 'pipe', 'inherit'],
    }),
  );
  const lines = children.map((child) => createInterface({ input: child.stdout })[Symbol.asyncIterator]());
  try {
    await Promise.all(lines.map((each) => each.next()));
    for (const child of children) child.stdin.write('go\n');
    const said = await Promise.all(lines.map((each) => each.next()));
    return said.map(({ value }) => JSON.parse(String(value)) as Sent);
  } finally {
    await Promise.all(children.filter((child) => child.exitCode === null && child.kill()).map((child) => once(child, 'exit')));
  }
};

const selectBooks = `select
  (select coalesce(sum(greatest(highest, marked_datagrams)), 0)::float8 from udp_senders) as known,
  (select coalesce(sum(received + undecided), 0)::float8 from udp_senders) as received,
  (select coalesce(sum(appended), 0)::float8 from udp_senders) as appended,
  (select coalesce(sum(duplicates + refused), 0)::float8 from udp_senders) as others,
  (select case when bool_or(kernel_dropped is null) then null else sum(kernel_dropped) end::float8 from udp_doors) as kernel,
  (select coalesce(sum(dropped), 0)::float8 from udp_doors) as dropped,
  (select coalesce(sum(unread), 0)::float8 from udp_doors) as unread,
  (select coalesce(sum(in_hands), 0)::float8 from udp_doors) as hands`;

/** Settled once the marks have come, nothing is in hand, and two looks are alike. */
const settledBooks = async (client: pg.Client, offered: number): Promise<Books> => {
  let before = '';
  const look = async () => {
    const books = (await client.query<Books>(selectBooks)).rows[0];
    if (books === undefined) throw new Error('the books of datagrams could not be read');
    const text = JSON.stringify(books);
    const isAlike = text === before;
    before = text;
    return { books, isSettled: isAlike && books.known === offered && books.hands === 0 };
  };
  const { done, last } = await waitUntil(look, ({ isSettled }) => isSettled, {
    clock: systemClock,
    withinMs: settleWithinMs,
    everyMs: 600,
  });
  if (!done) throw new Error(`the books of datagrams did not settle in ${settleWithinMs} ms: ${before}, ${offered} were sent`);
  return last.books;
};
