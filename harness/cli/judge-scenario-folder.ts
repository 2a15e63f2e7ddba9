// Judges the folder of one scenario's run, with all checks there are. Apart from parts.ts, for whoever only judges needs no driver, no stack and no target.
import { relative } from 'node:path';
import { judge, type Judgement } from '../engine/judge.ts';
import { readRunData } from '../engine/read-run-data.ts';
import { booksSilences } from '../history/lease-history.ts';
import { ownCommand } from '../report/own-command.ts';
import { budgetResults } from '../signals/budgets.ts';
import { budgetNeeds, checkNeeds } from '../targets/check-needs.ts';
import { checks } from './checks.ts';

export const judgeScenarioFolder = async (folder: string): Promise<Judgement> =>
  judge(await readRunData(folder), {
    checks,
    budgets: (run) => budgetResults(run.plan, run.signals, booksSilences(run)),
    openTrace: (traceId) => ownCommand('judge', `${relative(process.cwd(), folder) || '.'} --trace ${traceId}`),
    needs: { checks: checkNeeds, budgets: budgetNeeds },
  });
