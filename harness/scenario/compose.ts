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
  const { phases = {}, ...rest } = changes;
  return { ...laidOver(base, rest), phases: laidOver(base.phases, phases) } as Base<PhaseName> & Omit<Given, 'phases'>;
};

type Named = Readonly<Record<string, unknown>>;

const isNamed = (value: unknown): value is Named => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Each of these is one thing: half of one and half of another would be neither. */
const whole: ReadonlySet<string> = new Set(['traffic', 'shape', 'at']);

/** Name by name, what is above stands; where both have names below that name, they are laid over each other in turn. */
const laidOver = (below: Named, above: Named): Named => {
  const result: Record<string, unknown> = { ...below };
  for (const [name, value] of Object.entries(above)) {
    const under = below[name];
    result[name] = isNamed(under) && isNamed(value) && !whole.has(name) ? laidOver(under, value) : value;
  }
  return result;
};

type Telling = 'name' | 'title' | 'why' | 'alerts' | 'drainWithinSeconds';
type Faulty<PhaseName extends string> = Changes<PhaseName> &
  Pick<ScenarioSource<PhaseName>, Telling> &
  Required<Pick<ScenarioSource<PhaseName>, 'faults'>>;

/** These faults over this traffic. */
export const withFaults = <PhaseName extends string>(base: Base<PhaseName>, faulty: Faulty<PhaseName>): ScenarioSource<PhaseName> =>
  vary(base, faulty) as ScenarioSource<PhaseName>;
