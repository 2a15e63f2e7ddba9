// How one part of the native runtime is started: pure, from where everything is to a command line.
import type { StackPart } from '../tested-versions.ts';

export type NativePorts = Readonly<Record<StackPart | 'tempoOtlp' | 'tempoGrpc' | 'lokiGrpc', number>>;

export type NativePlace = {
  readonly program: string;
  readonly ports: NativePorts;
  /** Of this part alone. */
  readonly dataFolder: string;
  /** The repository's grafana/. */
  readonly configFolder: string;
  readonly prometheusConfig: string;
  /** How often samples come, as Grafana takes it. */
  readonly metricInterval: string;
};

export type PartPlan = {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Answers 200 once the part is ready. */
  readonly readyUrl: string;
};

export type PlanPart = (place: NativePlace) => PartPlan;
