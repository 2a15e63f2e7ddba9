// A mistake with its place, and the few shapes that values of a scenario have.

export type Problem = { readonly place: string; readonly message: string };
export type Reporter = (place: string, message: string) => void;

/** A visitor that stumbles over something that is no scenario at all still gives what it found so far. */
export const collectProblems = (visit: (report: Reporter) => void): readonly Problem[] => {
  const problems: Problem[] = [];
  try {
    visit((place, message) => problems.push({ place, message }));
  } catch (error) {
    problems.push({ place: 'scenario', message: `has not the shape of a scenario: ${(error as Error).message}` });
  }
  return problems;
};

export const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);
export const isText = (value: unknown): value is string => typeof value === 'string' && value.trim() !== '';
export const isName = (value: unknown): value is string => typeof value === 'string' && /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(value);
export const isAmount = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value) && value > 0;
export const isShare = (value: unknown): value is number => typeof value === 'number' && value > 0 && value <= 1;
export const isWhole = (value: unknown, least: number, most: number): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
