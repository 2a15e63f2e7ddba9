// `npm run rules -- check grafana/alerts/*.rules.yml`: rule files checked and rule tests run, by the evaluator that runs are judged with.
import { rulesCommand } from './rules-command.ts';
import { runCommand } from './run-command.ts';

await runCommand(() => rulesCommand(process.argv.slice(2), process));
