// The load that benches send: a POST at a constant rate, of a small body where only the generator is measured.
import type { PlayJob, Played, Player } from '../load/play.ts';
import type { Stage } from '../load/plan/stage.ts';

export const body = '{"id":"1","text":"a body as small as they come"}';

export const steady = (ratePerSecond: number, seconds: number, settleSeconds = 0): readonly Stage[] => {
  const flat = { fromPerSecond: ratePerSecond, toPerSecond: ratePerSecond };
  const measured: Stage = { name: 'steady', kind: 'steady', seconds, ...flat };
  return settleSeconds === 0 ? [measured] : [{ name: 'settle', kind: 'warm-up', seconds: settleSeconds, ...flat }, measured];
};

type Sent = { readonly origin: string; readonly path: string; readonly body: string; readonly connections: number };

/** Open loop, each answer but 2xx a failure, nothing tried again. */
export const playSteadily = (player: Player, stages: readonly Stage[], sent: Sent, signal: AbortSignal): Promise<Played> => {
  const { origin, path, body: text, connections } = sent;
  const job: PlayJob = {
    stages,
    arrivals: 'constant',
    seed: 1,
    request: {
      method: 'POST',
      origin,
      path,
      headers: [['content-type', 'application/json']],
      body: text,
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

export const playRate = (
  player: Player,
  origin: string,
  stages: readonly Stage[],
  connections: number,
  signal: AbortSignal,
): Promise<Played> => playSteadily(player, stages, { origin, path: '/', body, connections }, signal);
