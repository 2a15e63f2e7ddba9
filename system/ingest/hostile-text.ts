// Text that no store of ours could give back, and nesting that none should have to walk.

/** Valid UTF-8 has no lone surrogate, and JSON no raw NUL: only an escape can bring one in. */
const mayBeHostile = (text: string): boolean => text.includes(String.raw`\u`);

/** JSON pointer to the first string or key with U+0000 or a lone surrogate; null where there is none. Recursive: bound the depth first. */
export const findHostileText = (text: string, value: unknown): string | null => (mayBeHostile(text) ? walk(value, '') : null);

const walk = (value: unknown, pointer: string): string | null => {
  if (typeof value === 'string') return isHostile(value) ? pointer : null;
  if (typeof value !== 'object' || value === null) return null;
  for (const [key, member] of Object.entries(value)) {
    const place = `${pointer}/${escapePointer(key)}`;
    if (isHostile(key)) return place;
    const found = walk(member, place);
    if (found !== null) return found;
  }
  return null;
};

const isHostile = (text: string): boolean => text.includes('\0') || !text.isWellFormed();

/** RFC 6901; the answer must not carry the hostile text back. */
const escapePointer = (key: string): string => key.toWellFormed().replaceAll('\0', '\u{FFFD}').replaceAll('~', '~0').replaceAll('/', '~1');

/** True where arrays and objects are nested more than `limit` deep, the value itself being the first. Never goes deeper itself. */
export const isDeeperThan = (value: unknown, limit: number): boolean => {
  if (typeof value !== 'object' || value === null) return false;
  if (limit === 0) return true;
  if (Array.isArray(value)) return value.some((member) => isDeeperThan(member, limit - 1));
  for (const key in value) if (isDeeperThan((value as Record<string, unknown>)[key], limit - 1)) return true;
  return false;
};
