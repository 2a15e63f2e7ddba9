// The versions of a read model as an operator's request finds them, locked against other requests.
import type { ClientBase } from 'pg';
import type { VersionState } from '../../../contract/rebuild.ts';

export type Version = {
  readonly version: number;
  readonly state: VersionState;
  /** The version beside which it was built; null: it was there from the start. */
  readonly beside: number | null;
};

/** `for update of p` makes requests of one read model wait for each other; workers and readers take no such lock. */
const select = `
  select p.version, p.state, r.beside
  from processors p left join rebuilds r using (processor, version)
  where p.processor = $1 order by p.version for update of p`;

export type Versions = {
  /** Those that are fed, oldest first. */
  readonly fed: readonly Version[];
  /** The one that is read: the newest active one. */
  readonly served: Version;
  /** The newest of those that are fed, where there are two. */
  readonly newer: Version | null;
  /** The one beside which `newer` was built. */
  readonly older: Version | null;
  /** Of any state, retired ones too. */
  readonly highest: number;
};

export const lockVersions = async (client: ClientBase, processor: string): Promise<Versions> => {
  const { rows } = await client.query<Version>(select, [processor]);
  const fed = rows.filter(({ state }) => state !== 'retired');
  const served = fed.findLast(({ state }) => state === 'active');
  if (served === undefined) throw new Error(`No version of ${processor} is active: the migrations seed one.`);
  const newer = fed.length > 1 ? fed.at(-1)! : null;
  const older = newer === null ? null : (fed.findLast(({ version }) => version !== newer.version) ?? null);
  return { fed, served, newer, older, highest: rows.at(-1)!.version };
};
