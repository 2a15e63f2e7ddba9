// `npm run judge -- runs/latest`: the same verdict again, from the folder alone.
import { judgeCommand } from './judge-command.ts';
import { runCommand } from './run-command.ts';

await runCommand(() => judgeCommand(process.argv.slice(2), process));
