// Mistakes in the names of the alerts that a scenario speaks of: only who has read the target's rules can see them.
import type { Problem } from '../scenario/problem.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { didYouMean } from './near-names.ts';

export const alertProblems = ({ detection }: Scenario, known: readonly string[]): readonly Problem[] =>
  (['fires', 'tolerated'] as const).flatMap((list) =>
    (detection[list] ?? []).flatMap(({ alert }, index) =>
      known.includes(alert) ? [] : [{ place: `detection.${list}[${index}].alert`, message: unknownAlert(alert, known) }],
    ),
  );

const unknownAlert = (alert: string, known: readonly string[]): string =>
  `there is no alert ${JSON.stringify(alert)}.${didYouMean(alert, known)} There are ${known.join(', ')}`;
