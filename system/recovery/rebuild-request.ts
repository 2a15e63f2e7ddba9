// What an operator may ask of the versions of a read model.
import { type Static, Type } from 'typebox';
import { rebuildable, rebuildActions } from '../contract/rebuild.ts';
import { operationFields } from './operation-fields.ts';
import { createOperationParser, type OperationProblem } from './operation-text.ts';

export const rebuildRequest = Type.Object(
  {
    read_model: Type.Enum([...rebuildable]),
    action: Type.Enum([...rebuildActions], {
      description:
        'start: a new version, from the log, beside the one that is read. compare: the new one against the old. switch: reads go to the new one. ' +
        'back: reads go to the old one again. drop: a version that is not read is given up.',
    }),
    version: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 1_000_000, description: 'Of a drop: which; by default the one that is not read.' }),
    ),
    same_code: Type.Optional(
      Type.Boolean({ description: 'Of a start: run the code of the version that is read, in place of code of its own.' }),
    ),
    rate_per_second: Type.Optional(
      Type.Number({
        minimum: 1,
        maximum: 1_000_000,
        description: 'Of a start: events a second, at most, over all lanes; without it as fast as live traffic stays fresh.',
      }),
    ),
    force: Type.Optional(
      Type.Boolean({ description: 'Of a compare, a switch or a way back: though the version is behind, or was not found equal. Audited.' }),
    ),
    ...operationFields,
  },
  { additionalProperties: false },
);

export type RebuildRequest = Static<typeof rebuildRequest>;

const contradictions = ({ action, ...request }: RebuildRequest): readonly OperationProblem[] => {
  const only = (parameter: 'version' | 'same_code' | 'rate_per_second' | 'force', actions: readonly string[]): OperationProblem[] =>
    request[parameter] === undefined || actions.includes(action)
      ? []
      : [{ parameter: `/${parameter}`, message: `is not for ${action}: leave it out` }];
  return [
    ...only('version', ['drop']),
    ...only('same_code', ['start']),
    ...only('rate_per_second', ['start']),
    ...only('force', ['compare', 'switch', 'back']),
  ];
};

/** Throws a SyntaxError for what is no JSON. */
export const parseRebuildRequest = createOperationParser(rebuildRequest, contradictions);
