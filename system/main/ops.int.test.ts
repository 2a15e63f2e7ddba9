import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, test } from 'vitest';

const program = fileURLToPath(new URL('./ops.ts', import.meta.url));

test('what nobody expected is one line and an exit code of its own, without a stack trace', async () => {
  // Where standard input would be copied to.
  const env = { TMPDIR: join(tmpdir(), 'faultline-no-such-folder') };
  const ran = await execa(process.execPath, [program, 'import', '-', '--dry-run'], { input: 'x', env, reject: false });
  expect(ran).toMatchObject({ exitCode: 4, stdout: '' });
  expect(ran.stderr).toMatch(/^It broke off, by an error that nobody expected: ENOENT: [^\n]*faultline-no-such-folder[^\n]*ask again\.$/);
});
