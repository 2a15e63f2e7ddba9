// For integration tests: a fresh, empty database on the one server of the run.
import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { inject } from 'vitest';

export type TestDatabase = AsyncDisposable & {
  /** postgresql:// URL of the new database; its user is a superuser. */
  readonly url: string;
};

const withServer = async (statement: string): Promise<void> => {
  const client = new Client({ connectionString: inject('postgresUrl'), application_name: 'faultline-testing' });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
};

/** `like`: options of `create database`. Disposing drops the database and cuts off whoever is still connected to it. */
export const createTestDatabase = async (like = ''): Promise<TestDatabase> => {
  const name = `test_${process.pid}_${randomBytes(4).toString('hex')}`;
  await withServer(`create database ${name} ${like}`);
  const url = new URL(inject('postgresUrl'));
  url.pathname = `/${name}`;
  return { url: url.href, [Symbol.asyncDispose]: () => withServer(`drop database ${name} with (force)`) };
};
