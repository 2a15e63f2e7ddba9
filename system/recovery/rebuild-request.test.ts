import { describe, expect, test } from 'vitest';
import { parseRebuildRequest } from './rebuild-request.ts';

const asked = { read_model: 'timelines', action: 'switch', requested_by: 'ann', why: 'a test' };
const problemsOf = (request: unknown) => {
  const parsed = parseRebuildRequest(JSON.stringify(request));
  return 'problems' in parsed ? parsed.problems.map(({ parameter }) => parameter) : [];
};

describe('what is asked of a rebuild', () => {
  test('is taken as it is where it says who, why and what', () => {
    expect(parseRebuildRequest(JSON.stringify(asked))).toEqual({ request: asked });
    expect(problemsOf({ ...asked, action: 'start', rate_per_second: 100, same_code: true })).toEqual([]);
  });

  test.each([
    [{ ...asked, read_model: 'events' }, '/read_model'],
    [{ ...asked, action: 'explode' }, '/action'],
    [{ ...asked, why: '' }, '/why'],
    [{ ...asked, rate_per_second: 5 }, '/rate_per_second'],
    [{ ...asked, same_code: true }, '/same_code'],
    [{ ...asked, version: 2 }, '/version'],
    [{ ...asked, action: 'drop', force: true }, '/force'],
    [{ ...asked, why: 'a\u0000b' }, '/why'],
    [{ ...asked, surprise: 1 }, '/surprise'],
  ])('%j is refused at its place', (request, place) => {
    expect(problemsOf(request)).toContain(place);
  });

  test('what is no JSON is a syntax error', () => {
    expect(() => parseRebuildRequest('{')).toThrow(SyntaxError);
  });
});
