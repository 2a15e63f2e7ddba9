// A read model's versions, in words and columns.
import type { Api } from '../api.ts';
import { exitCodes } from '../exit-codes.ts';
import type { OpsSurroundings } from '../surroundings.ts';
import { shown, table } from '../table.ts';
import type { Comparison, ComparisonPage, ShownRebuild, ShownVersion } from './answers.ts';

const percent = ({ head, position }: ShownVersion) => (head === 0 ? '100 %' : `${((position / head) * 100).toFixed(1)} %`);

export const showRebuild = async (api: Api, readModel: string, json: boolean, { out }: Pick<OpsSurroundings, 'out'>): Promise<number> => {
  const rebuild = await api.get<ShownRebuild>(`/rebuilds/${readModel}`);
  out(json ? `${JSON.stringify(rebuild, null, 2)}\n` : describeRebuild(rebuild));
  return exitCodes.done;
};

const describeRebuild = ({ served_version: served, versions, comparison, actions }: ShownRebuild): string => {
  const rows = versions.map((version) => [
    version.version,
    version.version === served
      ? 'read'
      : version.state === 'active'
        ? 'fed'
        : version.state === 'retired'
          ? retired(version)
          : version.state,
    version.code,
    version.state === 'retired' ? null : percent(version),
    version.lag,
    version.lag_seconds.toFixed(2),
    version.lanes_held,
    version.applied,
    version.skipped,
    version.parked,
    version.pending,
    version.dead_letters,
  ]);
  const head = ['VERSION', 'STATE', 'CODE', 'PASSED', 'LAG', 'LAG S', 'LANES', 'APPLIED', 'SKIPPED', 'PARKED', 'PENDING', 'DEAD LETTERS'];
  const record = actions.map((one) => [
    one.at,
    one.action,
    one.version,
    one.outcome + (one.is_forced ? ', forced' : ''),
    one.requested_by,
    one.why,
    one.detail,
  ]);
  return [
    table(head, rows),
    comparison === null ? '' : `\n${describeComparison(comparison)}`,
    record.length === 0 ? '' : `\n${table(['AT', 'ACTION', 'VERSION', 'OUTCOME', 'BY', 'WHY', 'DETAIL'], record)}`,
  ].join('');
};

const retired = ({ rows_removed: removed }: ShownVersion) => `given up, ${removed ?? 0} rows removed`;

export const describeComparison = (one: Comparison): string => {
  const name = `comparison ${one.comparison}: version ${one.version} against ${one.against}`;
  const so = `${one.keys} keys in ${one.ranges} ranges, ${one.entries} entries against ${one.entries_against}`;
  const counts = `${one.counts_differing} counts differ${one.counts_unsettled === 0 ? '' : `, ${one.counts_unsettled} could not be compared under traffic`}`;
  const why = one.problem === null ? '' : ` (${shown(one.problem)})`;
  return `${name}: ${one.outcome ?? 'under way'}${why}; ${so}; ${one.differing} keys differ; ${counts}\n`;
};

export const describeDifferences = ({ comparison, differences }: ComparisonPage): string => {
  if (differences.length === 0) return '';
  const rows = differences.map((one) => [
    one.tenant,
    one.system_name,
    one.object_id,
    one.entries,
    one.entries_against,
    one.first_entry,
    one.fields.length === 0 ? 'there or not' : one.fields.join(', '),
    states(one.state, one.state_against, comparison),
  ]);
  const more = comparison.differing > differences.length ? `${comparison.differing - differences.length} more differ\n` : '';
  return (
    table(
      ['TENANT', 'SYSTEM', 'OBJECT', `ENTRIES ${comparison.version}`, `ENTRIES ${comparison.against}`, 'FIRST', 'DIFFERS IN', 'PARK'],
      rows,
    ) + more
  );
};

const states = (state: string | null, against: string | null, { version, against: other }: Comparison) =>
  [state === null ? null : `${shown(state)} in ${version}`, against === null ? null : `${shown(against)} in ${other}`]
    .filter((one) => one !== null)
    .join(', ');
