// What an operator may ask of one object: that its data goes.
import { type Static, Type } from 'typebox';
import { eventLimits } from '../contract/event-limits.ts';
import { operationFields, operationText } from './operation-fields.ts';
import { createOperationParser } from './operation-text.ts';

export const erasureRequest = Type.Object(
  {
    system_name: operationText(eventLimits.systemNameCharacters, 'Of this system.'),
    object_id: operationText(eventLimits.objectIdCharacters, 'The object whose data goes.'),
    dry_run: Type.Optional(Type.Boolean({ description: 'Say what would go, by place; change nothing.' })),
    ...operationFields,
  },
  { additionalProperties: false },
);

export type ErasureRequest = Static<typeof erasureRequest>;

/** Throws a SyntaxError for what is no JSON. */
export const parseErasureRequest = createOperationParser(erasureRequest, () => []);
