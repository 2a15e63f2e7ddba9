// What a team's own processor says of erasure goes into the database, where the workers that erase find it. It may change under the same version, as code may.
import type { ClientBase } from 'pg';
import { SystemError } from '../../contract/system-error.ts';
import { tryCondition } from './erasure/own-tables.ts';

export type OwnErase = {
  /** A condition by table, under the table's name in the database. */
  readonly rows: Readonly<Record<`own_${string}`, string>>;
  /** Tables of which nothing is said. */
  readonly left: readonly string[];
};

type Declared = { readonly name: string; readonly version: number; readonly file: string; readonly erase?: OwnErase | null };

const selectKnown =
  'select erase is not distinct from $3::jsonb as same, erase is null as missing from own_processors where processor = $1 and version = $2';
const update = 'update own_processors set erase = $3::jsonb where processor = $1 and version = $2';

/** In the transaction that registers it, after its tables. `apply` false: nothing is changed; where there is none yet it is refused, another one may be a release's before or after. */
export const registerErase = async (client: ClientBase, declared: Declared, { apply }: { readonly apply: boolean }): Promise<void> => {
  const { name, version, file, erase = null } = declared;
  const values = [name, version, erase === null ? null : JSON.stringify(erase)];
  const { rows } = await client.query<{ same: boolean; missing: boolean }>(selectKnown, values);
  if (rows[0]!.same) return;
  if (!apply) {
    if (!rows[0]!.missing) return;
    throw new SystemError(
      'FL_PROCESSOR_INVALID',
      `${file}: 'erase' of '${name}' version ${version} is not in the database yet. Start one worker with FAULTLINE_MIGRATE=true.`,
    );
  }
  for (const [table, condition] of Object.entries(erase?.rows ?? {}))
    await tryCondition(client, { table: table as `own_${string}`, condition }).catch((cause: unknown) => {
      throw new SystemError(
        'FL_PROCESSOR_TABLES',
        `${file}: 'erase' of '${name}' version ${version} is not taken by table ${table}: ${(cause as Error).message}, in: ${condition}. ` +
          'Nothing was made; $1, $2 and $3 (tenant, system and object) are text, $4 is a time.',
        { cause },
      );
    });
  await client.query(update, values);
};
