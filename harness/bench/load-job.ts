// The load that the benches of the generator send: a small POST, a constant rate.
import type { PlayJob, Played, Player } from '../load/play.ts';
import type { Stage } from '../load/plan/stage.ts';

export const body = '{"id":"1","text":"a body as small as they come"}';

export const steady = (ratePerSecond: number, seconds: number, settleSeconds = 0): readonly Stage[] => {
  const flat = { fromPerSecond: ratePerSecond, toPerSecond: ratePerSecond };
  const measured: Stage = { name: 'steady', kind: 'steady', seconds, ...flat };
  return settleSeconds === 0 ? [measured] : [{ name: 'settle', kind: 'warm-up', seconds: settleSeconds, ...flat }, measured];
};

export const playRate = (
  player: Player,
  origin: string,
  stages: readonly Stage[],
  connections: number,
  signal: AbortSignal,
): Promise<Played> => {
  const job: PlayJob = {
    stages,
    arrivals: 'constant',
    seed: 1,
    request: {
      method: 'POST',
      origin,
      path: '/',
      headers: [['content-type', 'application/json']],
      body,
      keys: { kind: 'uniform', count: 1 },
      batch: null,
    },
    firstNumber: 0,
    okStatuses: [[200, 299]],
    timeoutMs: 10_000,
    connections,
    retry: null,
  };
  return player.play(job, { onProgress: () => {}, signal });
};
