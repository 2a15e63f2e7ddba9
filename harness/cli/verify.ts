// `npm run verify`: the one command. Runs scenarios and ends with the exit code of their verdict.
import { runCommand } from './run-command.ts';
import { verify } from './verify-command.ts';

await runCommand(() => verify(process.argv.slice(2), { environment: process.env, stdout: process.stdout, stderr: process.stderr }));
