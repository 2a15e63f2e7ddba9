// A bad network between two parts of the target, by the proxy that stands in the link. What it does is measured by a client of the link, and by what
// becomes of the target's own sessions.
import { HarnessError } from '../engine/errors.ts';
import type { NetworkFault, TcpEffect } from '../scenario/faults/network-fault.ts';
import type { RunningTarget, TargetLink } from '../targets/target.ts';
import type { FaultRunner } from './fault.ts';
import { createHttpProbe } from './link/http-probe.ts';
import { linkLooks, type LinkLooks, type LinkScene } from './link/looks.ts';
import { createPostgresProbe } from './link/postgres-probe.ts';
import { sessionsOver } from './link/sessions.ts';
import { createObservations } from './observations.ts';
import { runTimed } from './timed-fault.ts';

const openWithinMs = 5000;

export const networkEffects: readonly string[] = Object.keys(linkLooks);

export const network: FaultRunner<'network'> = async (fault, context) => {
  const observations = createObservations(context.clock, context.note);
  const link = findLink(context.target, fault.link);
  const probe = link.protocol === 'postgres' ? createPostgresProbe(link.url) : createHttpProbe(link.url);
  const kept = await probe.open(openWithinMs);
  try {
    const sessions = link.protocol === 'postgres' ? await sessionsOver(link, context.target) : [];
    const looks = await looksOf(fault, { link, target: context.target, probe, kept, sessions });
    const before = await link.proxy.counts();
    const evidence = await runTimed(fault, context, observations, {
      ...looks,
      inject: async () => {
        const effect = await link.proxy.apply(effectOf(fault), context.seed);
        return {
          [Symbol.asyncDispose]: async () => {
            looks.healing?.();
            await effect[Symbol.asyncDispose]();
          },
        };
      },
    });
    observations.add('proxy', `the proxy of ${link.name} counted: ${changes(before, await link.proxy.counts())}`);
    return evidence;
  } finally {
    await kept[Symbol.asyncDispose]();
  }
};

const looksOf = (fault: NetworkFault, scene: LinkScene): Promise<LinkLooks> => {
  const looks = linkLooks[fault.effect] as (effect: TcpEffect, scene: LinkScene) => Promise<LinkLooks>;
  return looks(fault, scene);
};

const findLink = (target: RunningTarget, name: string): TargetLink => {
  const links = target.links?.() ?? [];
  const found = links.find((link) => link.name === name);
  if (found !== undefined) return found;
  const there = links.map((link) => link.name).join(', ');
  throw new HarnessError(
    'FL_SCENARIO_INVALID',
    `a fault lies on link ${name}, but the target has ${there === '' ? 'no links' : `only: ${there}`}`,
  );
};

const effectOf = ({ kind: _kind, name: _name, at: _at, link: _link, seconds: _seconds, ...effect }: NetworkFault): TcpEffect => effect;

const changes = (before: object, after: object): string =>
  Object.entries(after)
    .map(([name, value]) => [name, (value as number) - ((before as Record<string, number>)[name] ?? 0)] as const)
    .filter(([, change]) => change !== 0)
    .map(([name, change]) => `${name} ${change > 0 ? '+' : ''}${change}`)
    .join(', ') || 'nothing';
