// The settings of every process that `npm start` runs, judged before the first of them starts: one mistake would end all of them, after a while.
import { demandSettings, type Environment, parseSettings, type Settings } from '../../contract/parse-settings.ts';
import { SystemError } from '../../contract/system-error.ts';

/** Those of `npm start` itself. Throws FL_SETTINGS_INVALID, one line a problem of any process. */
export const demandAllSettings = (environment: Environment): Settings => {
  // What it is going to be, the processes are told by us; an empty one is none.
  const databaseUrl = environment['DATABASE_URL']?.trim() || 'postgresql://localhost/';
  const ofProcesses = { ...environment, DATABASE_URL: databaseUrl };
  const problems = [
    ...(parseSettings('start', environment).problems ?? []),
    ...(['ingest', 'worker', 'query'] as const).flatMap((name) => parseSettings(name, ofProcesses).problems ?? []),
  ];
  if (problems.length === 0) return demandSettings('start', environment);
  const once = [...new Map(problems.map((problem) => [problem.message, problem])).values()];
  throw new SystemError('FL_SETTINGS_INVALID', once.map(({ message }) => message).join('\n'), { details: { problems: once } });
};
