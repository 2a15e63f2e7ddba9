// The attach runtime: an existing Prometheus, Tempo and Loki. Nothing of it is started, ended or configured; it only has to prove that it hears and answers.
import { ask } from '../../signals/ask.ts';
import { endpointOf } from '../../signals/create-signal-client.ts';
import { SignalError } from '../../signals/signal-error.ts';
import { proveStack } from '../prove-stack.ts';
import type { QueryBackend, RunningStack } from '../running-stack.ts';
import type { StackOptions } from '../stack-options.ts';
import { versionWarnings } from '../tested-versions.ts';
import { type AttachSettings, readAttachSettings } from './attach-settings.ts';

/** Its Tempo may be set up to hide the newest half minute. */
const visibleWithinMs = 45_000;

export const startAttach = async ({
  environment,
  clock,
  registry,
  signal,
  onPart,
  ruleFiles = [],
}: StackOptions): Promise<RunningStack> => {
  const settings = readAttachSettings(environment);
  const [provedMs, versions] = await Promise.all([
    proveStack(settings, { clock, run: registry.run, withinMs: visibleWithinMs, signal }),
    versionsOf(settings),
  ]);
  onPart?.('round trip', provedMs);
  return {
    runtime: 'attach',
    ...settings,
    processes: [],
    versions,
    readyAfterMs: { 'round trip': provedMs },
    warnings: [...versionWarnings(versions), ...rulesWarnings(ruleFiles)],
    visibleWithinMs,
    exited: new Promise(() => {}),
    // Its counters count what others send, too.
    dropped: async () => 'uncounted',
    [Symbol.asyncDispose]: async () => {},
  };
};

const rulesWarnings = (ruleFiles: readonly string[]): readonly string[] =>
  ruleFiles.map((file) => `an existing Prometheus loads no rules for a run; alerts come from it only if it has those of ${file}`);

const paths: Readonly<Record<QueryBackend, string>> = {
  prometheus: '/api/v1/status/buildinfo',
  tempo: '/api/status/buildinfo',
  loki: '/loki/api/v1/status/buildinfo',
};

const backends: readonly QueryBackend[] = ['prometheus', 'tempo', 'loki'];

const versionsOf = async (settings: AttachSettings): Promise<Readonly<Partial<Record<QueryBackend, string>>>> =>
  Object.fromEntries(await Promise.all(backends.map(async (backend) => [backend, await versionOf(settings, backend)])));

type BuildInfo = { readonly version?: string; readonly data?: { readonly version?: string } } | null;

/** `unknown` where it does not tell, or not to us. */
const versionOf = async (settings: AttachSettings, backend: QueryBackend): Promise<string> => {
  const at = endpointOf(settings, backend);
  try {
    const { body } = await ask({ ...at, backend, url: `${at.url}${paths[backend]}` });
    const info = body as BuildInfo;
    return (info?.data?.version ?? info?.version ?? '') || 'unknown';
  } catch (error) {
    if (error instanceof SignalError) return 'unknown';
    throw error;
  }
};
