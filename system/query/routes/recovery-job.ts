// GET /recovery/jobs/{job}: how far a job is, and what became of each dead letter.
import { createPaging } from '../page.ts';
import { notFound } from '../request-problem.ts';
import { defineRoute } from '../route.ts';
import { defaultLimit, jobPath, pageQuery } from '../schemas/parameters.ts';
import { jobAnswer } from '../schemas/recovery-answers.ts';
import { utc } from '../sql.ts';

type JobRow = { readonly job: number };
type OutcomeRow = { readonly outcome: string | null; readonly commands: number; readonly events: number };
type CommandRow = { readonly command: number };

const selectJob = `
  select job, action, selection, fix, rate_per_second, requested_by, why, ${utc('requested_at')}, key_id from recovery_jobs where job = $1::bigint and tenant = $2`;
const selectOutcomes = `
  select outcome, count(*) as commands, sum(events)::bigint as events from recovery_commands where job = $1::bigint group by outcome`;
const selectCommands = `
  select command, processor, version, lane, position, event_id, system_name, object_id, ${utc('due_at')}, ${utc('started_at')}, ${utc('done_at')},
         outcome, events, result
  from recovery_commands where job = $1::bigint and command > $2 order by command limit $3`;

export const recoveryJob = defineRoute({
  method: 'GET',
  url: '/recovery/jobs/:job',
  summary: 'What was asked of dead letters, and how far it is.',
  path: jobPath,
  query: pageQuery,
  answer: jobAnswer,
  errors: ['invalid_query', 'not_found', 'storage_unavailable'],
  respond: async ({ path, query: { limit = defaultLimit, cursor }, tenant }, database) => {
    const paging = createPaging<[number]>('/recovery/jobs', path, ['position'], { limit, cursor });
    return database.snapshot(async (snapshot) => {
      const [job] = await snapshot.query<JobRow>('SELECT recovery_jobs', selectJob, [path.job, tenant]);
      if (job === undefined) throw notFound(`There is no job ${path.job}.`);
      const counted = await snapshot.query<OutcomeRow>('SELECT recovery_commands', selectOutcomes, [path.job]);
      const rows = await snapshot.query<CommandRow>('SELECT recovery_commands', selectCommands, [
        path.job,
        paging.after?.[0] ?? 0,
        limit + 1,
      ]);
      const page = paging.cut(rows, ({ command }) => [command]);
      return JSON.stringify({ ...job, ...totalsOf(counted), commands: page.items, next_cursor: page.nextCursor });
    });
  },
});

const totalsOf = (counted: readonly OutcomeRow[]) => ({
  open: counted.find(({ outcome }) => outcome === null)?.commands ?? 0,
  outcomes: Object.fromEntries(counted.flatMap(({ outcome, commands }) => (outcome === null ? [] : [[outcome, commands]]))),
  events: counted.reduce((sum, { events }) => sum + events, 0),
});
