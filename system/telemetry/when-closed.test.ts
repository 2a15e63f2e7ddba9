import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { expect, test, vi } from 'vitest';
import { whenClosed } from './when-closed.ts';

const responseOf = (destroyed: boolean) => Object.assign(new EventEmitter(), { destroyed });

test('the end of a response is heard once, also by who comes after it', () => {
  const [open, closed] = [responseOf(false), responseOf(true)];
  const run = vi.fn<() => void>();
  whenClosed(open as unknown as ServerResponse, run);
  expect(run).not.toHaveBeenCalled();
  for (let n = 0; n < 2; n += 1) open.emit('close');
  expect(run).toHaveBeenCalledTimes(1);
  whenClosed(closed as unknown as ServerResponse, run);
  closed.emit('close');
  expect(run).toHaveBeenCalledTimes(2);
});
