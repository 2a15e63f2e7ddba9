// Marks in the plots: what the harness logged when a phase or a fault began and ended.
import { AnnotationQueryBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/loki';
import { loki } from './datasource.ts';
import { harnessLines } from './trouble.ts';

export const beginsAndEnds = (name: string, what: 'phase' | 'fault', color: string): AnnotationQueryBuilder => {
  const expression = `${harnessLines} | faultline_what="${what}"`;
  return new AnnotationQueryBuilder()
    .name(name)
    .datasource(loki)
    .enable(true)
    .iconColor(color)
    .expr(expression)
    .titleFormat(`{{faultline_${what}}}`)
    .tagKeys('faultline_what,faultline_scenario')
    .target(new DataqueryBuilder().datasource(loki).expr(expression).queryType('range').refId('Anno'));
};
