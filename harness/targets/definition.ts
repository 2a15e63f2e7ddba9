// A target as the commands see it before anything runs: what it offers, what its telemetry is called, and how it is opened for a run.
import type { OpenTarget, StartHelper } from '../engine/parts.ts';
import type { ProcessRole } from '../scenario/scenario.ts';
import type { TargetSignals } from '../signals/target-signals.ts';
import type { Lacks } from './offers.ts';
import type { Measures } from '../scenario/measure.ts';
import type { TargetAlerts } from './target.ts';

export type ProcessCounts = Readonly<Record<ProcessRole, number>>;

export type TargetDefinition = {
  readonly name: string;
  /** Empty: it can be asked for everything. */
  readonly lacks: Lacks;
  /** How many processes are started where a scenario does not say, and the fewest and most that can be. */
  readonly processes: { readonly usual: ProcessCounts; readonly least: ProcessCounts; readonly most: ProcessCounts };
  /** What a budget may be set on by name. */
  readonly measures: Measures;
  /** null: it exports none that the harness knows. */
  readonly signals: TargetSignals | null;
  readonly alerts: TargetAlerts | null;
  readonly dashboardsFolder: string | null;
  /** The target file, where it says itself how events are sent. */
  readonly sendFile?: string;
  /** Codes of a 503 that promise that nothing was stored, where they are not those of the contract. */
  readonly definiteRefusals?: readonly string[];
  /** Whoever opens it disposes it. */
  open(helper: StartHelper): Promise<OpenTarget>;
};
