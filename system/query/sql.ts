// Small pieces of SQL that several routes share.

/** RFC 3339 in UTC with microseconds, under the column's own name: a JavaScript Date would lose three digits. */
export const utc = (column: string, as = column.split('.').at(-1) ?? column) =>
  `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as ${as}`;

/** The version of processor `timelines` that answers: the newest active one, or the one bound at the placeholder where it is fed, to look at it before it is read. */
export const askedTimelines = (placeholder: string) => `(
  select max(version) from processors
  where processor = 'timelines' and case when ${placeholder}::bigint is null then state = 'active' else version = ${placeholder} and state <> 'retired' end
)`;

/** Bytes of bodies in one page: a thousand events of 1 MiB would be a gigabyte. */
export const pageBytes = 8 * 1024 * 1024;

/** Conditions with bound values; no value ever becomes text of the statement. */
export type Conditions = {
  /** Gives the placeholder `$n` for a value. */
  bind(value: unknown): string;
  add(condition: string): void;
  /** `where …`, or nothing. */
  where(): string;
  readonly values: readonly unknown[];
};

export const createConditions = (): Conditions => {
  const values: unknown[] = [];
  const conditions: string[] = [];
  return {
    bind: (value) => `$${values.push(value)}`,
    add: (condition) => void conditions.push(condition),
    where: () => (conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`),
    values,
  };
};
