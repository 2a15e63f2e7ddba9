// How long `npm test` may take before it leaves out what is left of the long tests. CI has twenty minutes for everything, and machines that differ by half.

export const minutesVariable = 'TEST_MINUTES';
/** For the processes of vitest: epoch milliseconds. What begins with FAULTLINE_ would be a setting to every process that they start, and no known one. */
export const endVariable = 'TESTS_END_MS';

/** null: as long as it takes. */
export const testsEndMs = (minutes: string | undefined, startedAtMs: number): number | null => {
  if (minutes === undefined || minutes === '') return null;
  const value = Number(minutes);
  if (!(value > 0))
    throw new Error(`${minutesVariable} is '${minutes}': give the minutes that npm test may take, such as 14, or leave it out.`);
  return startedAtMs + value * 60_000;
};
