// The words of the registry of schemas that processes, the query API and its clients share.

/** Why an event is not simply of a registered version. unregistered: there is no schema for its name; unknown_version: none for the version it says, or it says none. */
export const schemaVerdicts = ['invalid', 'unknown_version', 'unregistered'] as const;
export type SchemaVerdict = (typeof schemaVerdicts)[number];

/** accept: as if there were no registry. flag: accepted, and said in the answer and in the row. park: accepted, and a dead letter of each ordered processor that reads it. */
export const schemaActions = ['accept', 'flag', 'park', 'refuse'] as const;
export type SchemaAction = (typeof schemaActions)[number];

export const compatibilities = ['backward', 'forward', 'full', 'none'] as const;
export type Compatibility = (typeof compatibilities)[number];

export type SchemaPlace = { readonly path: string; readonly message: string };

/** Versions of schemas of one tenant: each process holds them all. */
export const mostSchemaVersions = 2000;

/**
 * Bytes of them, with their casts and examples. A handler thread has a heap of 64 MB for everything, and while it loads it holds the row, what it reads from it and
 * what it had before, in two bytes a character where one is beyond Latin-1: six times this.
 */
export const mostSchemaBytes = 4 * 1024 * 1024;

/** Of the casts and examples of one version together; its schema may be as large again. */
export const mostCastBytes = 64 * 1024;
