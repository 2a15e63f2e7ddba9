// What the worker's main thread knows of a team's own processor: data alone. Its code runs in threads that can be ended.
import { createHash } from 'node:crypto';
import type { ProcessorDefinition } from '../../processor/define-processor.ts';
import { definitionProblems } from '../../processor/definition-problems.ts';
import { previousTableNames, tableNames } from '../../processor/table-names.ts';
import type { OwnErase } from '../../storage/postgres/register-erase.ts';
import { canTakeNumbers } from '../../workers/own-processor.ts';

export type ProcessorDescription = Omit<ProcessorDefinition, 'handle' | 'setUp' | 'reads' | 'tables' | 'erase'> & {
  readonly file: string;
  /** All that makes its tables: as the first of its kind, and as one that goes on from `previousVersion`. */
  readonly statements: { readonly first: readonly string[]; readonly following: readonly string[] };
  readonly tablesSha256: string;
  /** null: it says nothing of erasure. */
  readonly erase: OwnErase | null;
  /** Whether it can wait for the producer's numbers. */
  readonly takesNumbers: boolean;
};

/** Stands in names of tables for the version that is gone on from, which only the database knows. */
export const previousVersion = '0000000000';

/** Throws with each mistake, one a line. */
export const describeProcessor = (file: string, exported: unknown): ProcessorDescription => {
  const problems = definitionProblems(exported);
  if (problems.length > 0) throw new TypeError(problems.join('\n'));
  const { handle: _handle, setUp: _setUp, reads: _reads, tables: _tables, erase: _erase, ...rest } = exported as ProcessorDefinition;
  const definition = exported as ProcessorDefinition;
  const statements = { first: statementsOf(definition, null), following: statementsOf(definition, previousVersion) };
  const tablesSha256 = createHash('sha256').update(JSON.stringify(statements)).digest('hex');
  return { ...rest, file, statements, tablesSha256, erase: eraseOf(definition), takesNumbers: canTakeNumbers(definition) };
};

const eraseOf = ({ name, version, tables = {}, erase }: ProcessorDefinition): OwnErase | null => {
  if (erase === undefined) return null;
  const names = Object.entries(tableNames(name, version, tables));
  return {
    rows: Object.fromEntries(
      names.flatMap(([table, inDatabase]) => (typeof erase[table] === 'string' ? [[inDatabase, erase[table]]] : [])),
    ),
    left: names.flatMap(([table, inDatabase]) => (erase[table] === undefined ? [inDatabase] : [])),
  };
};

const statementsOf = (definition: ProcessorDefinition, previous: string | null): readonly string[] => {
  const { name, version, tables = {}, setUp } = definition;
  const names = tableNames(name, version, tables);
  const made = Object.entries(tables).map(([table, columns]) => `create table ${names[table]} (${columns})`);
  if (setUp === undefined) return made;
  const further: unknown = setUp({ tables: names, previous: previous === null ? null : previousTableNames(name, previous, tables) });
  if (!Array.isArray(further) || further.some((one) => typeof one !== 'string'))
    throw new TypeError('setUp returned something else than a list of statements (strings).');
  return [...made, ...(further as string[])];
};
