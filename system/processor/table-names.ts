// The names of a processor's tables in the database. They begin like none of ours, and no two processors, versions or tables can come to one name: the first
// double underscore ends the version, and the last `_v` before it begins it.

export const ownTablePrefix = 'own_';

const shortName = /^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/;
/** Of PostgreSQL's 63 bytes, 24 are the processor's name, and 12 what joins them. */
const longestTable = 26;

export const isTableName = (name: string): boolean => shortName.test(name) && name.length <= longestTable;
export const tableNameRule = `lower-case words joined by one underscore, at most ${longestTable} characters`;

const tableName = (processor: string, version: number | string, table: string): string =>
  `${ownTablePrefix}${processor.replaceAll('-', '_')}_v${version}__${table}`;

export const tableNames = <Table extends string>(
  processor: string,
  version: number | string,
  tables: Readonly<Record<Table, string>> | undefined,
): Readonly<Record<Table, string>> =>
  Object.fromEntries(Object.keys(tables ?? {}).map((table) => [table, tableName(processor, version, table)])) as Record<Table, string>;

/**
 * Those of the version that is gone on from, by whatever short name it had them: they need not be the tables of the version after it, which alone are known
 * here. Asking for what can be no table throws a TypeError.
 */
export const previousTableNames = <Table extends string>(
  processor: string,
  version: number | string,
  tables: Readonly<Record<Table, string>> | undefined,
): Readonly<Record<Table, string>> & Readonly<Record<string, string>> =>
  new Proxy<Readonly<Record<string, string>>>(tableNames(processor, version, tables), {
    get: (known, name) => {
      if (typeof name === 'symbol') return Reflect.get(known, name) as unknown;
      if (isTableName(name)) return tableName(processor, version, name);
      throw new TypeError(`previous has no table '${name}': give the name that the version before had it by, ${tableNameRule}.`);
    },
  });
