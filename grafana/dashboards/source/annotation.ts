// Marks in the plots: what the harness logged when a phase or a fault began and ended.
import { AnnotationQueryBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/loki';
import { loki } from './datasource.ts';
import { harnessLines } from './trouble.ts';

/** A phase ends where the next begins. What is observed between a fault's begin and end is in the log, and would only crowd the plots. */
const drawn = { phase: 'begin', fault: 'begin|end' } as const;

export const beginsAndEnds = (name: string, what: 'phase' | 'fault', color: string): AnnotationQueryBuilder => {
  const expression = `${harnessLines} | faultline_what="${what}" | faultline_moment=~"${drawn[what]}"`;
  return new AnnotationQueryBuilder()
    .name(name)
    .datasource(loki)
    .enable(true)
    .iconColor(color)
    .expr(expression)
    .titleFormat(what === 'phase' ? '{{faultline_phase}}' : '{{faultline_fault}} {{faultline_moment}}')
    .tagKeys('faultline_what,faultline_scenario')
    .target(new DataqueryBuilder().datasource(loki).expr(expression).queryType('range').refId('Anno'));
};
