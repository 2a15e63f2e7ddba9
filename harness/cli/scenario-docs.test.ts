// docs/scenarios.md is made from the code: npm run scenarios -- docs. docs/writing-a-scenario.md shows the file of a scenario in full.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { systemClock } from '../engine/clock.ts';
import { defineFaultline } from '../targets/faultline/definition.ts';
import { checkScenarios } from './check-scenarios.ts';
import { loadScenarios } from './load-scenarios.ts';
import { ownSystemFolder, root, scenariosFolder } from './parts.ts';
import { scenarioDocs } from './scenario-docs.ts';

const read = (path: string): string => readFileSync(join(root, path), 'utf8');

test('the documentation of the scenarios is that of the code', async () => {
  const target = defineFaultline({ systemFolder: ownSystemFolder, clock: systemClock });
  const scenarios = checkScenarios(await loadScenarios(scenariosFolder, target), target);
  expect(read('docs/scenarios.md')).toBe(scenarioDocs(scenarios, target.measures));
});

test('the sixth scenario stands in the documentation as it stands in its file', () => {
  expect(read('docs/writing-a-scenario.md')).toContain(`\`\`\`ts\n${read('scenarios/rush-hour.ts')}\`\`\`\n`);
});

test('the example project stands in the documentation as it stands in its files', () => {
  for (const file of ['target.ts', 'scenarios/clients-send-twice.ts'])
    expect(read('docs/own-system.md')).toContain(`\`\`\`ts\n${read(`examples/fifty-line-tracker/${file}`)}\`\`\`\n`);
});
