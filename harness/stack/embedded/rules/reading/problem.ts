// What is wrong with a file, and where. A file's problems are said all at once.

/** From 1. */
export type Place = { readonly line: number; readonly column: number };

export type Problem = Place & { readonly message: string };

export const problemText = (file: string, { line, column, message }: Problem): string => `${file}:${line}:${column}: ${message}`;
