// The names of a processor's tables in the database. They begin like none of ours, and no two processors, versions or tables can come to one name: the first
// double underscore ends the version, and the last `_v` before it begins it.

export const ownTablePrefix = 'own_';

const tableName = (processor: string, version: number | string, table: string): string =>
  `${ownTablePrefix}${processor.replaceAll('-', '_')}_v${version}__${table}`;

export const tableNames = <Table extends string>(
  processor: string,
  version: number | string,
  tables: Readonly<Record<Table, string>> | undefined,
): Readonly<Record<Table, string>> =>
  Object.fromEntries(Object.keys(tables ?? {}).map((table) => [table, tableName(processor, version, table)])) as Record<Table, string>;
