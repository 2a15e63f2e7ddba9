// `npm run parity`: do two runtimes of the telemetry stack give the same answers?
import { parityCommand } from './parity-command.ts';
import { runCommand } from './run-command.ts';

await runCommand(() => parityCommand(process.argv.slice(2), process));
