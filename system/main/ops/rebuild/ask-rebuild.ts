// The commands about versions of a read model. A comparison is waited for, and its reads are sampled.
import type { RebuildAction } from '../../../contract/rebuild.ts';
import type { RebuildRequest } from '../../../recovery/rebuild-request.ts';
import { afterAcceptance } from '../after-acceptance.ts';
import type { Api } from '../api.ts';
import { exitCodes } from '../exit-codes.ts';
import { OpsError } from '../ops-error.ts';
import type { OpsSurroundings } from '../surroundings.ts';
import { shown } from '../table.ts';
import type { ComparisonPage, RebuildDone, ShownRebuild } from './answers.ts';
import { sampleReads } from './sample-reads.ts';
import { describeComparison, describeDifferences } from './show-rebuild.ts';

export type RebuildOptions = {
  readonly why?: string;
  readonly by?: string;
  readonly rate?: number;
  readonly sameCode?: true;
  readonly force?: true;
  readonly version?: number;
  /** Seconds. */
  readonly wait: number;
};

export type AskingRebuild = {
  readonly api: Api;
  readonly json: boolean;
  readonly readModel: RebuildRequest['read_model'];
  readonly action: RebuildAction;
  readonly options: RebuildOptions;
  readonly surroundings: OpsSurroundings;
};

const said: Readonly<Record<RebuildAction, (version: number) => string>> = {
  start: (version) => `version ${version} is being built; npm run ops -- rebuild status shows how far it is`,
  compare: (version) => `version ${version} is being compared`,
  switch: (version) => `version ${version} is read now; npm run ops -- rebuild back takes it back`,
  back: (version) => `version ${version} is read again`,
  drop: (version) => `version ${version} is given up, its rows leave`,
};

/** Returns the exit code. */
export const askForRebuild = async (asking: AskingRebuild): Promise<number> => {
  const { api, json, readModel, action, options, surroundings } = asking;
  if (options.why === undefined) throw new OpsError('Say why, for the audit: --why "…".');
  const request = {
    read_model: readModel,
    action,
    requested_by: options.by ?? surroundings.user,
    why: options.why,
    request_id: surroundings.randomId(),
    ...(options.rate !== undefined && { rate_per_second: options.rate }),
    ...(options.sameCode === true && { same_code: true }),
    ...(options.force === true && { force: true }),
    ...(options.version !== undefined && { version: options.version }),
  } satisfies RebuildRequest;
  const done = await api.post<RebuildDone>('/rebuilds', request, action === 'start' ? 'slow' : 'brief').catch((error: unknown) => {
    throw error instanceof OpsError && error.mayBeAsked ? inDoubt(error, readModel) : error;
  });
  if (action === 'compare') {
    const accepted = { name: `the comparison of version ${done.version}`, look: `rebuild status ${readModel}` };
    return afterAcceptance(accepted, surroundings, () => showWhenCompared(asking));
  }
  surroundings.out(json ? `${JSON.stringify(done, null, 2)}\n` : `${said[action](done.version)}\n`);
  if (done.detail !== null && !json) surroundings.err(`${shown(done.detail)}\n`);
  return exitCodes.done;
};

/** A version that begins reads what is left of the log, which may take longer than anybody waits for an answer. */
const inDoubt = (cause: OpsError, readModel: string) =>
  new OpsError(`${cause.message} npm run ops -- rebuild status ${readModel} names the version, and who asked for it.`, {
    cause,
    mayBeAsked: true,
  });

const pollMs = 200;

const showWhenCompared = async ({ api, json, readModel, options, surroundings }: AskingRebuild): Promise<number> => {
  const endsAtMs = surroundings.clock.nowMs() + options.wait * 1000;
  for (;;) {
    const { comparison } = await api.get<ShownRebuild>(`/rebuilds/${readModel}`);
    if (comparison === null) throw new OpsError('The comparison that was asked for is not there.');
    if (comparison.done_at !== null) break;
    if (surroundings.clock.nowMs() >= endsAtMs) {
      surroundings.err(`Not done yet: npm run ops -- rebuild status ${readModel}\n`);
      return exitCodes.open;
    }
    await surroundings.sleep(pollMs);
  }
  const { comparison } = await api.get<ShownRebuild>(`/rebuilds/${readModel}`);
  const page = await api.get<ComparisonPage>(`/rebuilds/comparisons/${comparison!.comparison}`, { limit: 1000 });
  const sampled = await sampleReads(api, page);
  if (json) surroundings.out(`${JSON.stringify({ ...page, sampled_differing: sampled }, null, 2)}\n`);
  else {
    surroundings.out(describeComparison(page.comparison) + describeDifferences(page));
    surroundings.out(`sampled reads of both versions: ${page.sample.length}, of which ${sampled.length} differ\n`);
    for (const key of sampled) surroundings.out(`    ${shown(key.system_name)} ${shown(key.object_id)}\n`);
  }
  return page.comparison.outcome === 'equal' && sampled.length === 0 ? exitCodes.done : exitCodes.notAll;
};
