// Scenarios out of parts: any traffic with any faults. What is given last stands, name by name, so that a variation says only what differs.
import type { PhaseSource, ScenarioSource } from './source.ts';

/** Phases and traffic, and what holds for them whatever goes wrong: enough for faults to be laid over. */
export type Base<PhaseName extends string> = Pick<ScenarioSource<PhaseName>, 'phases' | 'traffic'> & Partial<ScenarioSource<PhaseName>>;

type Changes<PhaseName extends string> = Omit<Partial<ScenarioSource<PhaseName>>, 'phases'> & {
  /** Parts of phases, by their names: a budget more, another rate. */
  readonly phases?: { readonly [Name in PhaseName]?: Partial<PhaseSource> };
};

/** The same scenario but for what is given: things with names are laid over each other, the rest is replaced. */
export const vary = <PhaseName extends string, Given extends Changes<PhaseName>>(base: Base<PhaseName>, changes: Given) => {
  const { phases, ...rest } = changes;
  const merged = Object.fromEntries(
    Object.entries(rest).map(([field, value]) => [field, laidOver((base as Record<string, unknown>)[field], value)]),
  );
  return { ...base, ...merged, phases: laidOver(base.phases, phases ?? {}) } as Base<PhaseName> & Omit<Given, 'phases'>;
};

const keyed = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Traffic is one thing: half of one and half of another would be neither. */
const laidOver = (below: unknown, above: unknown): unknown => {
  if (!keyed(below) || !keyed(above) || 'keys' in below) return above;
  return Object.fromEntries([...new Set([...Object.keys(below), ...Object.keys(above)])].map((name) => [name, merge(below, above, name)]));
};

const merge = (below: Readonly<Record<string, unknown>>, above: Readonly<Record<string, unknown>>, name: string): unknown =>
  name in above ? laidOver(below[name], above[name]) : below[name];

type Telling = 'name' | 'title' | 'why' | 'alerts' | 'drainWithinSeconds';
type Faulty<PhaseName extends string> = Changes<PhaseName> &
  Pick<ScenarioSource<PhaseName>, Telling> &
  Required<Pick<ScenarioSource<PhaseName>, 'faults'>>;

/** These faults over this traffic. */
export const withFaults = <PhaseName extends string>(base: Base<PhaseName>, faulty: Faulty<PhaseName>): ScenarioSource<PhaseName> =>
  vary(base, faulty) as ScenarioSource<PhaseName>;
