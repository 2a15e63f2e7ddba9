// What the books say of versions that are built beside the one that is read, and of erasures under way.
import type { Client } from 'pg';
import { rebuildable } from '../../../contract/rebuild.ts';
import { signals } from '../../../contract/signals.ts';
import type { BookEntry } from '../../../telemetry/accounting.ts';

const selectVersions = `
  select p.processor, p.version, p.state, coalesce(sum(l.head), 0)::double precision as head, coalesce(sum(c.position), 0)::double precision as position,
         coalesce(max(extract(epoch from clock_timestamp() - next.appended_at)), 0)::double precision as lag_seconds,
         (select count(*) from dead_letters d where d.processor = p.processor and d.version = p.version)::integer as dead_letters
  from processors p
  join checkpoints c using (processor, version)
  join lanes l on l.stream_version = p.stream_version and l.lane = c.lane
  left join lateral (
    select appended_at from log
    where stream_version = p.stream_version and lane = c.lane and position > c.position and c.position < l.head
    order by position limit 1
  ) next on true
  where p.processor = any ($1) and p.state <> 'retired'
  group by p.processor, p.version order by p.version`;

const selectErasures = 'select count(*)::integer as open from erasures where done_at is null';

type VersionRow = {
  processor: string;
  version: number;
  state: string;
  head: number;
  position: number;
  lag_seconds: number;
  dead_letters: number;
};

export type RebuildReading = { readonly versions: readonly VersionRow[]; readonly erasures: number };

export const readRebuilds = async (client: Client): Promise<RebuildReading> => {
  const [versions, erasures] = await Promise.all([
    client.query<VersionRow>(selectVersions, [[...rebuildable]]),
    client.query<{ open: number }>(selectErasures),
  ]);
  return { versions: versions.rows, erasures: erasures.rows[0]!.open };
};

export const rebuildEntries = ({ versions, erasures }: RebuildReading): readonly BookEntry[] => [
  ...[...Map.groupBy(versions, ({ processor }) => processor).values()].flatMap(entriesOfOne),
  { signal: signals.erasuresOpen, attributes: {}, value: erasures },
];

/** While nothing is built the version that is read is told of, as whole. */
const entriesOfOne = (versions: readonly VersionRow[]): readonly BookEntry[] => {
  const building = versions.filter(({ state }) => state === 'building');
  if (building.length > 0) return building.flatMap(entriesOf);
  const served = versions.at(-1)!;
  return entriesOf({ ...served, position: served.head, lag_seconds: 0, dead_letters: 0 });
};

const entriesOf = ({ processor, version, head, position, lag_seconds, dead_letters }: VersionRow): readonly BookEntry[] => {
  const attributes = { 'faultline.processor': processor, 'faultline.processor.version': version };
  return [
    { signal: signals.rebuildProgress, attributes, value: head === 0 ? 1 : position / head },
    { signal: signals.rebuildLag, attributes, value: head - position },
    { signal: signals.rebuildLagDuration, attributes, value: Math.max(0, lag_seconds) },
    { signal: signals.rebuildDeadLetters, attributes, value: dead_letters },
  ];
};
