import { expect, test } from 'vitest';
import { readMigrations, rowChanges } from './migrations.ts';

const versions = readMigrations();

test('what a migration does to rows that are there is found, for a restore to do it again', () => {
  const found = versions.filter((one) => rowChanges(one).length > 0).map(({ version }) => version);
  expect(found).toEqual([14, 16]);
  for (const statement of versions.flatMap(rowChanges)) expect(statement).toMatch(/^update \w+[^]*;$/);
});

test('no migration changes rows in another way: a restore of an older backup would not do it', () => {
  const beginnings =
    /^insert into (?:tenants \(tenant, created_by\) values \('default', 'faultline'\)|access_version default values|schema_registry default values);$/;
  for (const { version, sql } of versions) {
    const others = [...sql.matchAll(/^(?:insert|delete|merge|with|select|do|truncate|call)\b.*$/gm)].map(([line]) => line);
    expect({ version, others: others.filter((line) => !beginnings.test(line)) }).toEqual({ version, others: [] });
  }
});
