// For vitest: files named *.long.int.test.ts come last, and once the time for them is over those of their tests that have not begun are skipped.
import { beforeEach } from 'vitest';
import { isLong } from './long-last.ts';
import { endVariable } from './test-minutes.ts';

const end = Number(process.env[endVariable] ?? Infinity);

beforeEach(({ task, skip }) => {
  if (isLong(task.file.filepath) && Date.now() > end) skip('the time for long tests was over');
});
