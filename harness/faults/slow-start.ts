// A process that takes long to come back: killed, and its new start held up before any of its code runs. For Node processes, by `--import`. Evidence is what the
// module that holds it says of when it began and let go: how long the whole start took is no proof, for a start takes long by itself as well.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { explain } from '../engine/errors.ts';
import { within } from '../engine/within.ts';
import type { TargetProcess } from '../targets/target.ts';
import type { FaultContext, FaultRunner } from './fault.ts';
import { findProcess } from './find-process.ts';
import { createObservations, type Observations } from './observations.ts';
import { preload } from './preload-option.ts';
import { strike } from './strike.ts';

type SlowStart = Parameters<FaultRunner<'slow-start'>>[0];

const program = fileURLToPath(new URL(`./preload/slow-start${extname(import.meta.url)}`, import.meta.url));

export const slowStart: FaultRunner<'slow-start'> = async (fault, context) => {
  const { clock, target } = context;
  const observations = createObservations(clock, context.note);
  const victim = findProcess(target, fault.role, fault.index);
  const injectedAt = clock.now();
  const died = (await strike(victim, context, observations)) === 'killed';
  const { again, wasHeld } = await startHeld(fault, context, observations);
  const healedAt = clock.now();
  const healed = again !== null && (await within(again.exited, 0, clock)) === null;
  const { name, kind } = fault;
  const tookEffect = died && wasHeld;
  return { fault: name, kind, injectedAt, healedAt: healed ? healedAt : null, tookEffect, healed, observations: observations.all };
};

type Start = { readonly again: TargetProcess | null; readonly wasHeld: boolean };

const startHeld = async (fault: SlowStart, context: FaultContext, observations: Observations): Promise<Start> => {
  const delayMs = fault.seconds * 1000;
  const folder = await mkdtemp(join(tmpdir(), 'faultline-held-'));
  try {
    const file = join(folder, 'held.ndjson');
    const failed =
      (how: string) =>
      (error: unknown): null => {
        observations.add('process', `it did not start ${how}: ${explain(error)}`, { event: 'restart-failed' });
        return null;
      };
    const held = await start(fault, context, observations, preload(program, settingsOf(delayMs, file))).catch(failed('when it was held'));
    if (held !== null) return { again: held, wasHeld: await wasHeldFor(delayMs, file, observations) };
    const again = await start(fault, context, observations, {}).catch(failed('without being held either'));
    return { again, wasHeld: false };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const settingsOf = (delayMs: number, file: string) => ({ HARNESS_START_DELAY_MS: String(delayMs), HARNESS_START_HELD_FILE: file });

const start = async (
  { role, index }: SlowStart,
  { target, clock }: FaultContext,
  observations: Observations,
  environment: Readonly<Record<string, string>>,
): Promise<TargetProcess> => {
  const startedAt = clock.now();
  const again = await target.restart(role, index, environment);
  const tookMs = clock.now() - startedAt;
  const observed = `${role} ${index} was ready again as pid ${again.pid} after ${tookMs} ms`;
  observations.add('process', observed, { event: 'restarted', pid: again.pid, instance: again.instance, tookMs });
  return again;
};

type Held = { readonly pid: number; readonly event: string; readonly at: number; readonly heldMs: number };

/** It was ready when this is asked: whoever held it had let go before. */
const wasHeldFor = async (delayMs: number, file: string, observations: Observations): Promise<boolean> => {
  const text = await readFile(file, 'utf8').catch(() => '');
  const lines = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Held);
  const heldMs = Math.max(0, ...lines.filter(({ event }) => event === 'let-go').map((held) => held.heldMs));
  const observed =
    lines.length === 0 ? 'the new start was not held' : `the new start was held for ${Math.round(heldMs)} ms before its code ran`;
  observations.add('process', observed, { event: 'held', heldMs, lines });
  return heldMs >= delayMs;
};
