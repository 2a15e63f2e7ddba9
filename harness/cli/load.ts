// `npm run load`: requests at planned times against any HTTP endpoint, judged by gates.
import { loadCommand } from './load-command.ts';
import { runCommand } from './run-command.ts';

await runCommand(() => loadCommand(process.argv.slice(2), process));
