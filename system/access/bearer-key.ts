// The key in a request's headers. Nowhere else: what stands in an address is written into logs by everyone on the way.

const scheme = 'bearer ';

/** null: no Authorization header. One of another scheme, or two of them, is no key that anybody has. */
export const bearerKey = (authorization: string | undefined): string | null => {
  if (authorization === undefined) return null;
  return authorization.slice(0, scheme.length).toLowerCase() === scheme ? authorization.slice(scheme.length).trim() : '';
};
