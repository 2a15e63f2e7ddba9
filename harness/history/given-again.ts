// How often those who consume elsewhere were given an event that one of them had been given before.
import type { LineOf } from './consumed-history.ts';

export const givenAgain = (given: readonly LineOf<'given'>[]): number => given.length - new Set(given.map(({ id }) => id)).size;
