// The order in which vitest begins test files: its own, but those that take longest last, so that a slow machine in a hurry has done all others.
import { BaseSequencer, type TestSpecification } from 'vitest/node';

export const isLong = (file: string): boolean => file.endsWith('.long.int.test.ts');

export class LongLast extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((one, other) => Number(isLong(one.moduleId)) - Number(isLong(other.moduleId)));
  }
}
