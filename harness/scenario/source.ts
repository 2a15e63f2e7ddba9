// A scenario as its author writes it: what is named stands under its name, a budget stands in the phase that it is about, and a quantity is asked for by the
// name that the target has for it. compile.ts makes of it what planning, running and judging read.
import type { ExpectationName, ExpectationParameters, SeenName, SeenParameters } from './expectations.ts';
import type { Consumers } from './consumers.ts';
import type { Reads } from './reads.ts';
import type { Fault, Phase, ProcessRole, Traffic } from './scenario.ts';

export type BudgetSource = {
  /** What it means to the reader. */
  readonly why: string;
  readonly atMost?: number;
  readonly atLeast?: number;
  /** Which measure of the target, where the budget has another name than that. */
  readonly measure?: string;
  /** A question of one's own, instead of a measure: as in Budget. */
  readonly promql?: string;
  readonly over?: 'end' | 'every-step';
  readonly unit?: string;
  readonly exact?: boolean;
  /** As in Budget. */
  readonly eachSeries?: boolean;
  /** As in Budget. */
  readonly knownShare?: number;
};
export type BudgetsSource = Readonly<Record<string, BudgetSource>>;

export type PhaseSource = Omit<Phase, 'name'> & { readonly budgets?: BudgetsSource };

type WithoutName<Any, PhaseName extends string> = Any extends { readonly at: { readonly afterSeconds: number } }
  ? Omit<Any, 'name' | 'at'> & { readonly at: { readonly phase: PhaseName; readonly afterSeconds: number } }
  : never;
/** Any fault, under its name; when it is due is said by a phase that there is. */
export type FaultSource<PhaseName extends string = string> = WithoutName<Fault, PhaseName>;

export type AlertSource = {
  /** The faults and phases that it must fire for, each of them. */
  readonly after: string | readonly string[];
  /** Of the fault's evidence, or of the phase's begin. */
  readonly withinSeconds: number;
  /** Of the fault's healing, or of the phase's end; `never`: it rests until somebody acts. */
  readonly resolvesWithinSeconds: number | 'never';
};

export type NeedsSource = {
  /** Where it does not say, as many as the target usually has. */
  readonly processes?: Readonly<Partial<Record<ProcessRole, number>>>;
  /** Settings of the system under test; the names are its own environment variables. */
  readonly settings?: Readonly<Record<string, string>>;
  /** User code that throws or hangs for events that say so. */
  readonly faultyHandler?: true;
  /** Both versions of the schemas of the events, registered; and user code that reads the second alone. */
  readonly schemas?: true;
  /** User code that takes ten milliseconds for each event of a hot key. */
  readonly slowHotKeys?: true;
  /** A processor as a team would write it runs beside the built-in ones, and fails for events that say so. */
  readonly teamProcessor?: true;
};

export type ScenarioSource<PhaseName extends string = string> = {
  readonly name: string;
  readonly title: string;
  /** What it would have caught, and where. */
  readonly why: string;
  /** `extra`: run by its name or with --all, not by default. */
  readonly set?: 'extra';
  /** What it needs of the target. */
  readonly needs?: NeedsSource;
  /** In their order. */
  readonly phases: Readonly<Record<PhaseName, PhaseSource>>;
  readonly traffic: Traffic;
  /** Clients who read beside the traffic. Left out: nobody reads. */
  readonly reads?: Reads;
  /** Processes that consume elsewhere, over the target's consumer API. Left out: none do. */
  readonly consumers?: Consumers;
  readonly faults?: Readonly<Record<string, FaultSource<NoInfer<PhaseName>>>>;
  /** Must hold, beside the safety of every run. */
  readonly expect?: { readonly [Name in ExpectationName]?: ExpectationParameters<Name> };
  /** Must have happened for the run to mean anything: a number is the least that must be seen. */
  readonly seen?: { readonly [Name in SeenName]?: SeenParameters };
  /** Budgets over the whole run; those of a phase stand there. */
  readonly budgets?: BudgetsSource;
  /** Alerts that must fire; no others may. `none`: none may. */
  readonly alerts: 'none' | Readonly<Record<string, AlertSource>>;
  /** Alerts that may fire or not, each with the reason why that can't be known. */
  readonly mayFire?: Readonly<Record<string, string>>;
  /** After the last phase everything drains within this. */
  readonly drainWithinSeconds: number;
};
