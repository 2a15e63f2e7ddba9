// Loki moves line filters before the stages in front of them, as far as nothing that changes the line or drops entries stands between. It matters: a filter
// behind `decolorize` sees the line with its colours.
import type { Stage } from '../syntax/ast.ts';

const holdsBack = (stage: Stage): boolean => stage.kind === 'line-format' || stage.kind === 'unpack';

export const orderStages = (stages: readonly Stage[]): readonly Stage[] => {
  const ordered: Stage[] = [];
  let filters: Stage[] = [];
  let others: Stage[] = [];
  const flush = (): void => {
    ordered.push(...filters, ...others);
    filters = [];
    others = [];
  };
  for (const stage of stages) {
    if (stage.kind === 'label') {
      flush();
      ordered.push(stage);
    } else if (stage.kind === 'line') filters.push(stage);
    else {
      others.push(stage);
      if (holdsBack(stage)) flush();
    }
  }
  flush();
  return ordered;
};

const readsLine = (stage: Stage): boolean =>
  ['line', 'json', 'json-paths', 'logfmt', 'logfmt-keys', 'regexp', 'pattern', 'unpack'].includes(stage.kind);

/** Where a metric does not look at the line after it, a line_format is left out, and its errors with it. */
export const withoutUnreadFormats = (stages: readonly Stage[]): readonly Stage[] =>
  stages.filter((stage, index) => stage.kind !== 'line-format' || stages.slice(index).some(readsLine));
