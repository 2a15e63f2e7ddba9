// The fields that every request of an operator has: who, why, and an id by which the same request sent twice is done once.
import { Type } from 'typebox';

export const longestName = 128;
const longestWhy = 1000;

export const operationText = (maxLength: number, description: string) => Type.String({ minLength: 1, maxLength, description });

export const operationFields = {
  requested_by: operationText(longestName, 'Who asks, for the audit.'),
  why: operationText(longestWhy, 'Why, for the audit.'),
  request_id: Type.Optional(
    Type.String({
      pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$',
      description: 'A UUID of the client: the same request sent again is done once.',
    }),
  ),
};
