// The parameters of imports.
import { Type } from 'typebox';
import { importLimits, importStates } from '../../contract/imports.ts';
import { pageQuery } from './parameters.ts';
import { strict, text } from './words.ts';

export const importPath = strict({ name: text(importLimits.nameCharacters, 'The name of the import.') });

export const importLinesQuery = strict({
  from: Type.Integer({
    minimum: 1,
    maximum: Number.MAX_SAFE_INTEGER,
    description: 'The number of the first line in the body: `next_line`, as it was answered last.',
  }),
});

export const importsQuery = strict({
  ...pageQuery.properties,
  state: Type.Optional(Type.Enum([...importStates], { description: 'Only in this state.' })),
});
