// Process `postgres` on a folder of its own, which goes when it ends: whoever started it may be gone by then, and can not remove it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testFolderPrefix } from './test-folders.ts';

const folder = mkdtempSync(join(tmpdir(), `${testFolderPrefix}${process.pid}-`));

process.on('exit', () => {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch {
    // Told to end at once, it leaves a server that still writes: the next one that starts removes the folder.
  }
});

process.env['FAULTLINE_POSTGRES_DATA'] = folder;
await import('../postgres.ts');
