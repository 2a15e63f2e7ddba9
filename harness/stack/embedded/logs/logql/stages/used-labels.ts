// Which labels a stage reads.
import type { LabelFilter, Stage } from '../syntax/ast.ts';

export const labelsUsedByFilter = (filter: LabelFilter): readonly string[] => {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return [...labelsUsedByFilter(filter.left), ...labelsUsedByFilter(filter.right)];
    case 'match':
      return [filter.matcher.name];
    case 'compare':
    case 'ip':
      return [filter.name];
  }
};

/** Parsers, drop and keep count for none, as in Loki. */
export const labelsUsedByStage = (stage: Stage): readonly string[] => {
  if (stage.kind === 'label') return labelsUsedByFilter(stage.filter);
  if (stage.kind === 'line-format') return stage.template.fields;
  if (stage.kind === 'label-format')
    return stage.formats.flatMap((format) => (format.kind === 'rename' ? [format.from] : format.template.fields));
  return [];
};
