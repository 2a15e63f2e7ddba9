// For tests: a real Loki on free ports of loopback, with the repository's own configuration and its data in a temporary folder.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { systemClock } from '../../engine/clock.ts';
import { waitUntil } from '../../engine/wait-until.ts';
import { freePorts } from '../../stack/free-ports.ts';
import { findPrograms } from '../../stack/native/find-programs.ts';

export type LokiPeer = AsyncDisposable & { readonly url: string };

/** The program, or why there is none. */
export const findLoki = (): { readonly program: string } | { readonly missing: string } => {
  try {
    return { program: findPrograms(process.env, ['prometheus', 'tempo', 'grafana']).loki ?? '' };
  } catch (error) {
    return { missing: (error as Error).message.split('\n')[0] ?? '' };
  }
};

const configFile = fileURLToPath(new URL('../../../grafana/loki/loki.yml', import.meta.url));

// Split into shards, an average also counts lines without the value, and each shard has the limit of series for itself: answers would depend on the split.
const flags = ['-querier.parallelise-shardable-queries=false'];

const isReady = async (url: string): Promise<boolean> => {
  try {
    return (await (await fetch(`${url}/ready`)).text()).trim() === 'ready';
  } catch {
    return false;
  }
};

export const startLokiPeer = async (program: string): Promise<LokiPeer> => {
  const folder = await mkdtemp(join(tmpdir(), 'faultline-loki-'));
  const [port = 0, grpcPort = 0] = await freePorts(2, () => Math.random());
  const url = `http://127.0.0.1:${port}`;
  const env = { LISTEN_ADDRESS: '127.0.0.1', LOKI_PORT: String(port), LOKI_GRPC_PORT: String(grpcPort), LOKI_DATA: folder };
  const child = execa(program, [`-config.file=${configFile}`, '-config.expand-env=true', ...flags], {
    env,
    reject: false,
    all: true,
    forceKillAfterDelay: 5_000,
  });
  let hasEnded = false;
  void child.then(() => (hasEnded = true));
  const peer = {
    url,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM');
      await child;
      await rm(folder, { recursive: true, force: true });
    },
  };
  const { last } = await waitUntil(
    () => isReady(url),
    (ready) => ready || hasEnded,
    { clock: systemClock, withinMs: 50_000, everyMs: 100 },
  );
  if (last) return peer;
  await peer[Symbol.asyncDispose]();
  throw new Error(`loki was not ready within 50 s: ${(await child).all?.slice(-2_000)}`);
};
