// The parts of all scenarios, put together anew: the faults of each over the traffic of each.
import { expect, test } from 'vitest';
import { systemClock } from '../engine/clock.ts';
import { withFaults } from '../scenario/language.ts';
import { subjectOf } from '../scenario/faults/overlap-problems.ts';
import type { Fault } from '../scenario/scenario.ts';
import type { FaultSource, ScenarioSource } from '../scenario/source.ts';
import { defineFaultline } from '../targets/faultline/definition.ts';
import { checkScenarios } from './check-scenarios.ts';
import { loadScenarios, toScenario } from './load-scenarios.ts';
import { ownSystemFolder, scenariosFolder } from './parts.ts';

const target = defineFaultline({ systemFolder: ownSystemFolder, clock: systemClock });
const sources = (await loadScenarios(scenariosFolder, target)).flatMap(({ source }) => source ?? []);
const faulty = sources.filter(({ faults }) => Object.keys(faults ?? {}).length > 0);

/** Each would undo the other, by the rule that scenarios are held to. */
const strikesAs = (one: FaultSource, other: FaultSource): boolean => {
  const [first, second] = [one, other].map((fault) => subjectOf({ name: 'any', ...fault } as Fault));
  return first !== null && first === second;
};

/** The faults of one scenario at the beginning of the last phase of another. */
const overlaid = ({ traffic, phases }: ScenarioSource, { faults = {}, needs, consumers }: ScenarioSource): ScenarioSource => {
  const phase = Object.keys(phases).at(-1) ?? '';
  // All at one moment: of those that would undo each other the first.
  const apart = Object.entries(faults).filter(([, fault], place, all) => !all.slice(0, place).some(([, other]) => strikesAs(other, fault)));
  const moved = apart.map(([name, fault]) => [name, { ...fault, at: { phase, afterSeconds: 0 } } as FaultSource]);
  // Those that its faults befall.
  const processes = {
    ...(needs?.processes !== undefined && { needs: { processes: needs.processes } }),
    ...(consumers !== undefined && { consumers }),
  };
  return withFaults(
    { traffic, phases },
    {
      ...processes,
      name: 'made-up',
      title: 'Made up',
      why: 'Of two.',
      faults: Object.fromEntries(moved),
      alerts: 'none',
      drainWithinSeconds: 20,
    },
  );
};

/** Consumers elsewhere have no key, and so none of the events of tenants. */
const goesOver = ({ traffic }: ScenarioSource, { consumers }: ScenarioSource): boolean =>
  consumers === undefined || traffic.tenants === undefined;

const pairs = sources.flatMap((base) => faulty.filter((other) => goesOver(base, other)).map((other) => [base, other] as const));

test.each(pairs.map(([base, other]) => [other.name, base.name, overlaid(base, other), base] as const))(
  'the faults of %s go over the traffic of %s, and change nothing of it',
  (_faults, _traffic, source, base) => {
    const [scenario] = checkScenarios([{ name: 'made-up', ...toScenario(source, target) }], target);
    const alone = toScenario(base, target).scenario;
    expect(scenario?.faults.length).toBeGreaterThan(0);
    // All that a plan of traffic is made from.
    expect([scenario?.phases, scenario?.traffic]).toEqual([alone?.phases, alone?.traffic]);
  },
);
