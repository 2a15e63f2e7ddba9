// For tests: a real Tempo on free ports of loopback, with the repository's own configuration and its data in a temporary folder.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { systemClock } from '../../engine/clock.ts';
import { waitUntil } from '../../engine/wait-until.ts';
import { freePorts } from '../../stack/free-ports.ts';
import { findPrograms } from '../../stack/native/find-programs.ts';

/** `url` answers queries, `otlpUrl` takes OTLP/HTTP. */
export type TempoPeer = AsyncDisposable & { readonly url: string; readonly otlpUrl: string };

/** The program, or why there is none. */
export const findTempo = (): { readonly program: string } | { readonly missing: string } => {
  try {
    return { program: findPrograms(process.env, ['prometheus', 'loki', 'grafana']).tempo ?? '' };
  } catch (error) {
    return { missing: (error as Error).message.split('\n')[0] ?? '' };
  }
};

const configFile = fileURLToPath(new URL('../../../grafana/tempo/tempo.yml', import.meta.url));

const isReady = async (url: string): Promise<boolean> => {
  try {
    return (await fetch(`${url}/ready`)).status === 200;
  } catch {
    return false;
  }
};

const environmentOf = ([port, grpcPort, otlpPort]: readonly number[], folder: string) => ({
  LISTEN_ADDRESS: '127.0.0.1',
  TEMPO_PORT: String(port),
  TEMPO_GRPC_PORT: String(grpcPort),
  TEMPO_OTLP_PORT: String(otlpPort),
  TEMPO_DATA: folder,
});

export const startTempoPeer = async (program: string): Promise<TempoPeer> => {
  const folder = await mkdtemp(join(tmpdir(), 'faultline-tempo-'));
  const ports = await freePorts(3, () => Math.random());
  const url = `http://127.0.0.1:${ports[0]}`;
  const child = execa(program, [`-config.file=${configFile}`, '-config.expand-env=true'], {
    env: environmentOf(ports, folder),
    cwd: folder,
    reject: false,
    all: true,
  });
  let hasEnded = false;
  void child.then(() => (hasEnded = true));
  const peer = {
    url,
    otlpUrl: `http://127.0.0.1:${ports[2]}`,
    [Symbol.asyncDispose]: async () => {
      // Asked politely it writes blocks that nobody will read.
      child.kill('SIGKILL');
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
  throw new Error(`tempo was not ready within 50 s: ${(await child).all?.slice(-2_000)}`);
};
