// What one scenario's run knows: where it writes, what it plays with, and who listens.
import type { Scenario } from '../scenario/scenario.ts';
import type { ProcessRegistry } from '../stack/process-registry.ts';
import type { RunningStack } from '../stack/running-stack.ts';
import type { Target } from '../targets/target.ts';
import type { Clock } from './clock.ts';
import type { SampledProcess } from './machine/sampler.ts';
import type { EngineParts } from './parts.ts';
import type { OnProgress } from './progress.ts';

export type ScenarioContext = {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly runId: string;
  /** runs/<id>/<scenario> */
  readonly folder: string;
  readonly parts: EngineParts;
  readonly stack: RunningStack;
  readonly target: Target;
  readonly registry: ProcessRegistry;
  /** Processes that serve the whole run: the harness, the stack, PostgreSQL. */
  readonly shared: readonly SampledProcess[];
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onProgress: OnProgress;
};

/** How often the system exports its metrics in a run. A killed process takes at most this much of what it counted with it. */
export const exportIntervalMs = 1000;
