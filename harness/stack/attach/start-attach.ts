// The attach runtime: an existing Prometheus, Tempo and Loki. Nothing of it is started, ended or configured; it only has to prove that it hears and answers.
import { askVersions } from '../ask-versions.ts';
import { proveStack } from '../prove-stack.ts';
import type { RunningStack } from '../running-stack.ts';
import type { StackOptions } from '../stack-options.ts';
import { versionWarnings } from '../tested-versions.ts';
import { readAttachSettings } from './attach-settings.ts';

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
    askVersions(settings),
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
