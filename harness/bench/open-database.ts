// The database that a bench looks into, closed with its scope.
import type { Pool } from 'pg';
import { openPool } from '../targets/database.ts';

export const openDatabase = (url: string): Pool & AsyncDisposable => {
  const pool = openPool(url);
  return Object.assign(pool, { [Symbol.asyncDispose]: () => pool.end() });
};
