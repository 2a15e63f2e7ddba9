// A process that takes long to come back: killed, and its new start held up before any of its code runs. For Node processes, by `--import`.
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { within } from '../engine/within.ts';
import type { FaultRunner } from './fault.ts';
import { findProcess } from './find-process.ts';
import { createObservations } from './observations.ts';
import { preload } from './preload-option.ts';
import { strike } from './strike.ts';

const program = fileURLToPath(new URL(`./preload/slow-start${extname(import.meta.url)}`, import.meta.url));

export const slowStart: FaultRunner<'slow-start'> = async (fault, context) => {
  const { clock, target } = context;
  const observations = createObservations(clock, context.note);
  const victim = findProcess(target, fault.role, fault.index);
  const injectedAt = clock.now();
  const died = (await strike(victim, context, observations)) === 'killed';
  const delayMs = fault.seconds * 1000;
  const startedAt = clock.now();
  const again = await target.restart(fault.role, fault.index, preload(program, { HARNESS_START_DELAY_MS: String(delayMs) }));
  const healedAt = clock.now();
  const tookMs = healedAt - startedAt;
  const observed = `${fault.role} ${fault.index} was ready again as pid ${again.pid} after ${tookMs} ms`;
  observations.add('process', observed, { event: 'restarted', pid: again.pid, instance: again.instance, tookMs });
  const healed = (await within(again.exited, 0, clock)) === null;
  const { name, kind } = fault;
  const tookEffect = died && tookMs >= delayMs;
  return { fault: name, kind, injectedAt, healedAt: healed ? healedAt : null, tookEffect, healed, observations: observations.all };
};
