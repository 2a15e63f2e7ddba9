// What a scenario's author imports: `scenario` for one that is written out, `withFaults` and `vary` for one that is made from another,
// `replay` and `k6` for its traffic.
import type { ScenarioSource } from './source.ts';

export { vary, withFaults } from './compose.ts';
export { k6 } from './k6.ts';
export { replay } from './recording.ts';
export type { ScenarioSource } from './source.ts';

/**
 * Gives the same scenario back, its phases' names known to the compiler. Mistakes are told by whoever loads it, all at once and with their places, for
 * some of them only show beside the target.
 */
export const scenario = <const PhaseName extends string>(source: ScenarioSource<PhaseName>): ScenarioSource<PhaseName> =>
  Object.freeze(source);
