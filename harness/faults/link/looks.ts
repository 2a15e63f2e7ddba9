// How each effect of a link is looked for: what a client of the link meets while it lies there, and that it meets it no more afterwards.
import type { TcpEffect } from '../../scenario/faults/network-fault.ts';
import type { RunningTarget, TargetLink } from '../../targets/target.ts';
import type { Look } from '../timed-fault.ts';
import { measureClose } from './close-time.ts';
import { type Asked, askFresh, type KeptProbe, quickestAsk, type Probe } from './probe.ts';
import { areHit, describeSessions, fateOfSessions, fateOfSwallowed } from './sessions.ts';
import { watchRoundTrips } from './watch-round-trips.ts';

export type LinkLooks = {
  look(): Promise<Look>;
  /** Told as the effect is about to be taken away. */
  healing?(): void;
  lookAfter(): Promise<Look>;
};

export type LinkScene = {
  readonly link: TargetLink;
  readonly target: RunningTarget;
  readonly probe: Probe;
  /** Opened before the effect. */
  readonly kept: KeptProbe;
  /** The target's sessions over the link before the effect; empty for a link that leads to no database. */
  readonly sessions: readonly number[];
};

type Looks<Effect extends TcpEffect['effect']> = (
  effect: Extract<TcpEffect, { readonly effect: Effect }>,
  scene: LinkScene,
) => Promise<LinkLooks>;

const patienceMs = 1000;
/** A measured time may be this much short of what it must be: timers are rounded to milliseconds. */
const tolerance = 0.9;

const probed = (is: boolean, observed: string, data: Readonly<Record<string, unknown>>): Look => ({ is, source: 'probe', observed, data });
const say = (asked: Asked): string => (asked.ok ? `was answered after ${asked.ms.toFixed(1)} ms` : `was not answered (${asked.why})`);

/** The first look of several that is so, or else the last: what a busy machine adds to one of them is not the link's. */
const oneThatIs = async (is: boolean, times: number, take: () => Promise<Look>): Promise<Look> => {
  let look = await take();
  for (let n = 1; n < times && look.is !== is; n += 1) look = await take();
  return look;
};

/** A new connection works. */
const works = async ({ probe }: LinkScene): Promise<Look> => {
  const asked = await askFresh(probe, patienceMs);
  return probed(asked.ok, `a question over a new connection ${say(asked)}`, { event: 'healed', asked });
};

const withSessions = async (scene: LinkScene, look: Look): Promise<Look> => {
  if (scene.link.protocol !== 'postgres') return look;
  const fate = await fateOfSessions(scene.target, scene.sessions);
  return {
    ...look,
    is: look.is && areHit(fate),
    observed: `${look.observed}; ${describeSessions(fate)}`,
    data: { ...(look.data as object), sessions: fate },
  };
};

/**
 * The quickest of several: what a busy machine adds to some of them is not the link's. Others may lie on the link as well, and come and go meanwhile: that
 * this one is gone is told by how far the round trip fell from what it was just before, and not by what it was before all of them.
 */
const latency: Looks<'latency'> = async ({ latencyMs, way }, { kept }) => {
  const before = await quickestAsk(kept, patienceMs);
  const addedMs = latencyMs * (way === undefined || way === 'both' ? 2 : 1);
  const waitMs = patienceMs + 10 * addedMs;
  const trips = watchRoundTrips(kept, waitMs);
  const ask = async (event: string, holds: (ms: number, beforeMs: number) => boolean): Promise<Look> => {
    const ms = await quickestAsk(kept, waitMs);
    const is = ms !== null && before !== null && holds(ms, before);
    const observed = `a round trip takes ${ms?.toFixed(1) ?? 'for ever'} ms; before, it took ${before?.toFixed(1) ?? 'for ever'} ms`;
    return probed(is, observed, { event, beforeMs: before, ms });
  };
  return {
    look: async () => {
      const look = await ask('slow', (ms, beforeMs) => ms >= addedMs * tolerance && ms - beforeMs >= addedMs / 2);
      if (look.is) trips.begin();
      return look;
    },
    healing: () => trips.end(),
    lookAfter: async () => {
      const lastMs = await trips.last();
      const look = await ask('healed', (ms, beforeMs) => (lastMs === null ? ms - beforeMs < addedMs / 2 : lastMs - ms >= addedMs / 2));
      return lastMs === null ? look : { ...look, observed: `${look.observed}; just before it was taken away, ${lastMs.toFixed(1)} ms` };
    },
  };
};

const bandwidth: Looks<'bandwidth'> = async ({ bytesPerSecond, way }, { kept }) => {
  const direction = way === 'up' ? 'up' : 'down';
  const wantedBytes = Math.min(1_000_000, Math.ceil(bytesPerSecond / 2));
  const take = async (event: string, holds: (ms: number, leastMs: number) => boolean): Promise<Look> => {
    const moved = await kept.transfer(direction, wantedBytes, 20_000);
    const leastMs = (moved.bytes / bytesPerSecond) * 1000;
    const observed = `${moved.bytes} bytes ${direction} took ${moved.ms.toFixed(0)} ms; at ${bytesPerSecond} bytes/s they take ${leastMs.toFixed(0)} ms`;
    return probed(moved.ok && holds(moved.ms, leastMs), observed, { event, moved });
  };
  // Without the effect it must have been faster, or nothing can be told from its time.
  const before = await oneThatIs(true, 3, () => take('before', (ms, leastMs) => ms < leastMs / 2));
  return {
    look: async () => (before.is ? oneThatIs(false, 2, () => take('slow', (ms, leastMs) => ms >= leastMs * tolerance)) : before),
    lookAfter: () => take('healed', (ms, leastMs) => ms < leastMs / 2),
  };
};

const cut: Looks<'cut'> = async (_effect, scene) => ({
  look: async () => {
    const asked = await askFresh(scene.probe, patienceMs);
    const is = !asked.ok && asked.why !== 'timeout' && scene.kept.ended() !== null;
    return withSessions(
      scene,
      probed(is, `a question over a new connection ${say(asked)}; the one from before: ${scene.kept.ended() ?? 'open'}`, {
        event: 'cut',
        asked,
      }),
    );
  },
  lookAfter: () => works(scene),
});

const reset: Looks<'reset'> = async (_effect, scene) => ({
  look: () => {
    const ended = scene.kept.ended();
    return withSessions(scene, probed(ended !== null, `the connection from before: ${ended ?? 'open'}`, { event: 'reset', ended }));
  },
  lookAfter: () => works(scene),
});

const halfOpen: Looks<'half-open'> = async (_effect, scene) => ({
  look: async () => {
    const asked = await scene.kept.ask(patienceMs);
    const is = !asked.ok && asked.why === 'timeout' && scene.kept.ended() === null;
    return withSessions(
      scene,
      probed(is, `a question over the connection from before ${say(asked)}, and it is ${scene.kept.ended() ?? 'open'}`, {
        event: 'half-open',
        asked,
      }),
    );
  },
  lookAfter: async () => {
    const look = await works(scene);
    const ended = scene.kept.ended();
    return { ...look, is: look.is && ended !== null, observed: `${look.observed}; the one from before: ${ended ?? 'open'}` };
  },
});

const slowClose: Looks<'slow-close'> = async ({ delayMs }, { link }) => {
  const close = async (event: string, holds: (ms: number) => boolean): Promise<Look> => {
    const asked = await measureClose(link.url, delayMs * 4 + patienceMs);
    return probed(asked.ok && holds(asked.ms), `the end of a connection ${say(asked)}`, { event, asked });
  };
  return {
    look: () => oneThatIs(false, 3, () => close('slow', (ms) => ms >= delayMs * tolerance)),
    lookAfter: () => close('healed', (ms) => ms < delayMs / 2),
  };
};

const blackHole: Looks<'black-hole'> = async (_effect, scene) => ({
  look: async () => {
    const asked = await scene.kept.ask(patienceMs);
    const is = !asked.ok && asked.why === 'timeout' && scene.kept.ended() === null;
    return probed(is, `a question over an open connection ${say(asked)}`, { event: 'black-hole', asked });
  },
  lookAfter: () => works(scene),
});

const swallowCommit: Looks<'swallow-commit'> = async ({ times }, scene) => {
  const { link, target } = scene;
  const { length: before } = (await link.proxy.farPorts()).swallowed;
  return {
    look: async () => {
      // One that the target opened since may be as good as any.
      const { before: swallowed, gone } = await fateOfSwallowed(link, target, before);
      const said = `the server said of ${swallowed} transactions that they were committed, and the client never heard it`;
      return {
        is: swallowed >= times && gone === swallowed,
        source: 'postgresql',
        observed: `${said}; ${gone} of the ${swallowed} sessions in which it did ended`,
        data: { event: 'commit-swallowed', swallowed, gone },
      };
    },
    lookAfter: () => works(scene),
  };
};

export const linkLooks: { readonly [Effect in TcpEffect['effect']]: Looks<Effect> } = {
  latency,
  bandwidth,
  cut,
  'half-open': halfOpen,
  reset,
  'slow-close': slowClose,
  'black-hole': blackHole,
  'swallow-commit': swallowCommit,
};
