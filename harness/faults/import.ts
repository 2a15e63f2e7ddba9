// An import of past events beside the traffic, whose client is killed, and then the process that appends. What its last client was told, every line once, goes into
// the history, so that the checks of what clients were told look at it as at everything else. Where no client was told that all is there, its lines may be there or not.
import { hash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitUntil } from '../engine/wait-until.ts';
import { within } from '../engine/within.ts';
import type { ImportedLine } from '../history/imported-line.ts';
import type { ImportClient } from '../targets/target.ts';
import type { FaultContext, FaultRunner } from './fault.ts';
import { findProcess } from './find-process.ts';
import { createObservations, type Observations } from './observations.ts';
import { strike } from './strike.ts';

const keys = 40;
/** One that was killed is gone in milliseconds. */
const endsWithinMs = 2000;

type Import = Parameters<FaultRunner<'import'>>[0];

export const importFile: FaultRunner<'import'> = async (fault, context) => {
  const observations = createObservations(context.clock, context.note);
  const injectedAt = context.clock.now();
  const { name, kind } = fault;
  const start = context.target.importFile;
  if (start === undefined) {
    observations.add('harness', 'the target imports no files', { event: 'impossible' });
    return { fault: name, kind, injectedAt, healedAt: injectedAt, tookEffect: false, healed: true, observations: observations.all };
  }
  const folder = await mkdtemp(join(tmpdir(), 'faultline-import-'));
  const lines = makeLines(fault, context.seed);
  const told: Told = { wasHandedOver: false, allIsThere: false };
  try {
    const file = join(folder, `${name}.ndjson`);
    await writeFile(file, lines.map(({ text }) => `${text}\n`).join(''));
    const startClient = async (): Promise<ImportClient> => {
      const client = await start({ file, name, ratePerSecond: fault.ratePerSecond });
      told.wasHandedOver = true;
      return client;
    };
    const { tookEffect, healed } = await withClients(fault, startClient, told, context, observations);
    const healedAt = healed ? context.clock.now() : null;
    return { fault: name, kind, injectedAt, healedAt, tookEffect, healed, observations: observations.all };
  } finally {
    const outcome = told.allIsThere ? 'ok' : 'unknown';
    const [handedAt, doneAt] = [injectedAt, context.clock.now()];
    if (told.wasHandedOver) context.promise(lines.map(({ text: _text, ...line }) => ({ ...line, outcome, handedAt, doneAt })));
    await rm(folder, { recursive: true, force: true });
  }
};

/** Of the clients: whether one was ever given the file, and whether one said that all of it is there. Nothing else is a promise. */
type Told = { wasHandedOver: boolean; allIsThere: boolean };

/** Years old, numbered by key, and each with an id of this run. */
const makeLines = ({ name, at, lines }: Import, seed: number) =>
  Array.from({ length: lines }, (_, n) => {
    const objectId = `past-${n % keys}`;
    const sequence = Math.floor(n / keys) + 1;
    const idempotencyKey = `${name}-${seed}-${n}`;
    const time = new Date(Date.UTC(2019, 0, 1) + n * 1000).toISOString();
    const event = {
      id: idempotencyKey,
      system_name: 'import',
      object_id: objectId,
      event_name: 'imported',
      event_time: time,
      metadata: { n },
      sequence,
    };
    const text = JSON.stringify(event);
    const bodyBytes = Buffer.byteLength(text);
    const bodySha256 = hash('sha256', text, 'hex');
    return {
      phase: at.phase,
      systemName: 'import',
      objectId,
      eventName: 'imported',
      idempotencyKey,
      sequence,
      bodySha256,
      bodyBytes,
      text,
    };
  }) satisfies readonly (Omit<ImportedLine, 'handedAt' | 'doneAt' | 'outcome'> & { readonly text: string })[];

type Outcome = { readonly tookEffect: boolean; readonly healed: boolean };

/** None of its clients outlives it, however it ends. */
const withClients: typeof interruptedImport = async (fault, start, told, context, observations) => {
  const clients: ImportClient[] = [];
  const startClient = async (): Promise<ImportClient> => {
    const client = await start();
    clients.push(client);
    return client;
  };
  try {
    return await interruptedImport(fault, startClient, told, context, observations);
  } finally {
    // One that has ended already is signalled no more.
    const left = clients.filter((client) => client.kill('SIGKILL'));
    await Promise.all(left.map(({ exited }) => within(exited, endsWithinMs, context.clock)));
  }
};

/** Where the run is interrupted nobody is struck any more: the whole target is being taken down then. */
const interruptedImport = async (
  fault: Import,
  start: () => Promise<ImportClient>,
  told: Told,
  context: FaultContext,
  observations: Observations,
): Promise<Outcome> => {
  const { target, clock, signal } = context;
  const unharmed: Outcome = { tookEffect: false, healed: true };
  const endsAt = clock.now() + fault.seconds * 1000;
  const first = await start();
  const isAtQuarter = await reaches(fault, fault.lines / 4, context, observations);
  if (signal.aborted) return unharmed;
  const clientDied = await endClient(first, 'client', observations, context);
  if (signal.aborted) return unharmed;
  const second = await start();
  const isAtHalf = await reaches(fault, fault.lines / 2, context, observations);
  if (signal.aborted) return unharmed;
  const server = findProcess(target, 'query', 0);
  const serverDied = (await strike(server, context, observations)) === 'killed';
  await endClient(second, 'client', observations, context);
  if (signal.aborted) return { tookEffect: false, healed: false };
  const again = await target.restart('query', 0);
  observations.add('process', `query 0 runs again as pid ${again.pid}`, { event: 'restarted', pid: again.pid, instance: again.instance });
  const tookEffect = isAtQuarter && clientDied && isAtHalf && serverDied;
  if (signal.aborted) return unharmed;
  const third = await start();
  const exit = await within(third.exited, Math.max(1000, endsAt - clock.now()), clock, signal);
  told.allIsThere = exit?.code === 0;
  if (exit === null && signal.aborted) return unharmed;
  if (exit === null) third.kill('SIGKILL');
  const settled = await settledLines(fault, context);
  const ended = exit === null ? 'was not done in time' : `ended with code ${exit.code}`;
  observations.add('imports', `the last client ${ended}; ${settled} of ${fault.lines} lines are settled`, { event: 'imported', settled });
  return { tookEffect, healed: exit?.code === 0 && settled === fault.lines };
};

const settledLines = async (fault: Import, { target }: FaultContext): Promise<number> => {
  const rows = await target.query<{ settled: number }>(`select (next_line - 1)::integer as settled from imports where name = $1`, [
    fault.name,
  ]);
  return rows[0]?.settled ?? 0;
};

/** True: it is there, and not at its end: what dies now dies in the middle. */
const reaches = async (fault: Import, lines: number, context: FaultContext, observations: Observations): Promise<boolean> => {
  const { clock, signal } = context;
  const { last } = await waitUntil(
    () => settledLines(fault, context),
    (settled) => settled >= lines,
    { clock, withinMs: fault.seconds * 1000, everyMs: 20, signal },
  );
  observations.add('imports', `${last} of ${fault.lines} lines are settled`, { event: 'progress', settled: last });
  return last >= lines && last < fault.lines;
};

const endClient = async (client: ImportClient, what: string, observations: Observations, { clock }: FaultContext): Promise<boolean> => {
  client.kill('SIGKILL');
  const exit = await within(client.exited, endsWithinMs, clock);
  observations.add('process', `the importing ${what} (pid ${client.pid}) was ended by ${exit?.signal ?? 'nothing'}`, {
    event: 'exited',
    pid: client.pid,
    ...exit,
  });
  return exit?.signal === 'SIGKILL';
};
