// What a runtime is told when it starts a stack. The same options for all of them; what a runtime has no use for it leaves alone.
import type { Clock } from '../engine/clock.ts';
import type { StartHelper } from '../engine/parts.ts';
import type { StackPart } from './tested-versions.ts';

/** Ports on loopback by name; one that is not given is any free one. */
export type StackPorts = Partial<Readonly<Record<StackPart | 'tempoOtlp' | 'embedded', number>>>;

export type StackOptions = StartHelper & {
  readonly clock: Clock;
  /** PATH, HOME, DOCKER_*, FAULTLINE_*: where programs are, and how an existing stack is reached. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Rule files in Prometheus' format, evaluated each `evaluationSeconds`. Without them: what the configuration in grafana/ names. */
  readonly ruleFiles?: readonly string[];
  readonly evaluationSeconds?: number;
  /** Parts that are not to be started. */
  readonly without?: readonly StackPart[];
  readonly ports?: StackPorts;
  /** Kept after the end. Without it data lives in a temporary folder that goes with the stack. */
  readonly dataFolder?: string;
  /** Told of each part as soon as it is ready. */
  readonly onPart?: (part: string, afterMs: number) => void;
};
