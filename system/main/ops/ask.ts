// The commands that ask for something to be done: written down by the query process, carried out by workers, waited for here.
import type { JobRequest, Selection } from '../../recovery/job-request.ts';
import { afterAcceptance } from './after-acceptance.ts';
import type { Api } from './api.ts';
import type { AcceptedJob, DeadLetterPage, Job } from './answers.ts';
import { describeJob, exitCodeOf } from './describe-job.ts';
import { exitCodes } from './exit-codes.ts';
import { OpsError } from './ops-error.ts';
import type { Filters } from './places.ts';
import { readJsonFile } from './read-json-file.ts';
import { readJob } from './read-job.ts';
import { listLetters } from './show.ts';
import type { OpsSurroundings } from './surroundings.ts';

export type AskOptions = Filters & {
  readonly why?: string;
  readonly by?: string;
  readonly rate?: number;
  readonly dryRun?: true;
  /** Seconds. */
  readonly wait: number;
  readonly rules?: string;
  readonly replay?: true;
  readonly undo?: true;
};

export type Asking = {
  readonly api: Api;
  readonly json: boolean;
  readonly action: 'replay' | 'discard' | 'fix';
  readonly selection: Selection;
  readonly options: AskOptions;
  readonly surroundings: OpsSurroundings;
};

const everyLetter = 'Say which: a place, filters such as --processor and --reason, or --all.';

/** Returns the exit code. */
export const askFor = async (asking: Asking): Promise<number> => {
  const { action, selection, options } = asking;
  if (Object.keys(selection).length === 0) throw new OpsError(everyLetter);
  if (options.dryRun !== true && options.why === undefined)
    throw new OpsError('Say why, for the audit: --why "…". (--dry-run needs none.)');
  if (action === 'fix') return askForFix(asking);
  if (action === 'discard' && options.dryRun === true) return showWhatWouldGo(asking);
  return openAndWait(asking, { action, selection });
};

const askForFix = async (asking: Asking): Promise<number> => {
  const { selection, options } = asking;
  const { rules, undo = false, replay = false, dryRun = false } = options;
  if (undo === (rules !== undefined)) throw new OpsError('Give --rules <file>, or --undo.');
  if (undo && dryRun) throw new OpsError('--undo has no dry run: dead-letters list says in FIXED what it would take back.');
  const fix = rules === undefined ? {} : { fix: await readRules(rules, asking.surroundings) };
  const fixed = await openAndWait(asking, { action: undo ? 'unfix' : 'fix', selection, ...fix });
  if (!replay || dryRun) return fixed;
  // Those that no rule changed are replayed too; what is not fixed yet is not.
  if (fixed === exitCodes.open) {
    asking.surroundings.err('Nothing is replayed: not all of it is known to be fixed.\n');
    return fixed;
  }
  return Math.max(fixed, await replayFixed(asking));
};

const replayFixed = async (asking: Asking): Promise<number> => {
  try {
    return await openAndWait(asking, { action: 'replay', selection: asking.selection });
  } catch (error) {
    if (!(error instanceof OpsError)) throw error;
    const replay = error.mayBeAsked ? "whether its replay was asked for can't be said" : 'its replay was not';
    asking.surroundings.err(`The fix was carried out; ${replay}. ${error.message}\n`);
    return exitCodes.open;
  }
};

const readRules = async (path: string, surroundings: OpsSurroundings): Promise<NonNullable<JobRequest['fix']>> => {
  const instead = 'put it in as a string, and cast it to number in the rule after';
  return (await readJsonFile({ path, name: 'The rules', instead }, surroundings)) as NonNullable<JobRequest['fix']>;
};

const showWhatWouldGo = async ({ api, json, selection, surroundings }: Asking): Promise<number> => {
  const { all: _all, ...filters } = selection;
  if (json) {
    surroundings.out(`${JSON.stringify(await api.get<DeadLetterPage>('/dead-letters', { ...filters, limit: 1000 }), null, 2)}\n`);
    return exitCodes.done;
  }
  surroundings.out('These would be discarded; what waits behind each would go on:\n\n');
  const { system_name: system, object_id: object, event_name: event, version, lane, position, ...rest } = filters;
  const chosen = {
    ...rest,
    ...(system !== undefined && { system }),
    ...(object !== undefined && { object }),
    ...(event !== undefined && { event }),
  };
  return listLetters(placedApi(api, { version, lane, position }), { ...chosen, limit: 1000 }, false, surroundings);
};

/** Lists with further conditions that the listing has no flag for. */
const placedApi = (api: Api, place: Readonly<Record<string, number | undefined>>): Api => ({
  ...api,
  get: (path, parameters) => api.get(path, { ...parameters, ...place }),
});

const openAndWait = async (asking: Asking, request: Pick<JobRequest, 'action' | 'selection' | 'fix'>): Promise<number> => {
  const { api, json, options, surroundings } = asking;
  const dryRun = options.dryRun === true;
  const accepted = await api.post<AcceptedJob>('/recovery/jobs', {
    ...request,
    ...(dryRun && { dry_run: true }),
    ...(options.rate !== undefined && { rate_per_second: options.rate }),
    requested_by: options.by ?? surroundings.user,
    why: options.why ?? 'dry run',
    request_id: surroundings.randomId(),
  } satisfies JobRequest);
  const asked = accepted.already_asked === 0 ? '' : `, ${accepted.already_asked} wait for the same of an earlier job`;
  if (!json) surroundings.err(`job ${accepted.job}: ${accepted.commands} dead letter${accepted.commands === 1 ? '' : 's'}${asked}\n`);
  return afterAcceptance({ name: `job ${accepted.job}`, look: `jobs show ${accepted.job}` }, surroundings, async () => {
    await waitFor(asking, accepted);
    const job = await readJob(api, accepted.job);
    surroundings.out(json ? `${JSON.stringify(job, null, 2)}\n` : describeJob(job));
    if (job.open > 0 && !json) surroundings.err(`Not done yet: npm run ops -- jobs show ${job.job}\n`);
    // What an earlier job has taken is not done by this one, and may not be done at all yet.
    return accepted.already_asked > 0 ? Math.max(exitCodeOf(job), exitCodes.open) : exitCodeOf(job);
  });
};

const pollMs = 200;

/** The rate has its own time; --wait is for what comes on top. */
const waitFor = async ({ api, options, surroundings }: Asking, { job: number, commands }: AcceptedJob): Promise<void> => {
  const paceMs = (commands / (options.rate ?? 20)) * 1000;
  const endsAtMs = surroundings.clock.nowMs() + (options.wait === 0 ? 0 : paceMs + options.wait * 1000);
  for (;;) {
    const { open } = await api.get<Job>(`/recovery/jobs/${number}`, { limit: 1 });
    if (open === 0 || surroundings.clock.nowMs() >= endsAtMs) return;
    await surroundings.sleep(pollMs);
  }
};
