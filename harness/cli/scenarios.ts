// `npm run scenarios -- list|docs`: the scenarios that there are; their documentation, written anew.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../engine/clock.ts';
import { HarnessError } from '../engine/errors.ts';
import { defineFaultline } from '../targets/faultline/definition.ts';
import { checkScenarios } from './check-scenarios.ts';
import { listScenarios } from './list-scenarios.ts';
import { loadScenarios } from './load-scenarios.ts';
import { ownSystemFolder, root, scenariosFolder } from './parts.ts';
import { runCommand } from './run-command.ts';
import { scenarioDocs } from './scenario-docs.ts';

const target = defineFaultline({ systemFolder: ownSystemFolder, clock: systemClock });
const file = join(root, 'docs', 'scenarios.md');

const main = async ([command]: readonly string[]): Promise<number> => {
  const loaded = await loadScenarios(scenariosFolder, target);
  switch (command) {
    case 'list':
      process.stdout.write(listScenarios(loaded));
      return 0;
    case 'docs':
      await writeFile(file, scenarioDocs(checkScenarios(loaded, target), target.measures));
      process.stdout.write(`${file}\n`);
      return 0;
    default:
      throw new HarnessError('FL_USAGE', 'name what to do: npm run scenarios -- list, or npm run scenarios -- docs');
  }
};

await runCommand(() => main(process.argv.slice(2)));
