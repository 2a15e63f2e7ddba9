// The order in which vitest begins test files: its own, but those that take longest last, so that a slow machine in a hurry has done all others.
import { BaseSequencer, type TestSpecification } from 'vitest/node';

export const isLong = (file: string): boolean => file.endsWith('.long.int.test.ts');

/** By chance which of the long ones come first: what is left out where the time is over is not the same each time. */
export const longLast = <File extends { readonly moduleId: string }>(files: readonly File[], random: () => number): File[] => {
  const { short = [], long = [] } = Object.groupBy(files, ({ moduleId }) => (isLong(moduleId) ? 'long' : 'short'));
  const drawn = long.map((file) => ({ file, place: random() })).toSorted((one, other) => one.place - other.place);
  return [...short, ...drawn.map(({ file }) => file)];
};

export class LongLast extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return longLast(await super.sort(files), Math.random);
  }
}
