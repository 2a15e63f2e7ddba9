// What an error says, in one line of a log or in a sentence of another error.

/** What failed for several addresses of one name has no words of its own, and an error may have none at all: then its members say it, its code or its name. */
export const messageOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  if (error.message !== '') return error.message;
  if (error instanceof AggregateError && error.errors.length > 0) return error.errors.map(messageOf).join('; ');
  const { code } = error as NodeJS.ErrnoException;
  return String(code ?? error.name);
};
