import { expect, it } from 'vitest';
import { printExpression } from './print-expression.ts';

// On the right, what a real Prometheus 3.15 prints in /api/v1/rules.
it.each([
  ['sum(rate(a_total{job="x",a!~"b|c"}[5m]))by(job)', 'sum by (job) (rate(a_total{a!~"b|c",job="x"}[5m]))'],
  [
    'sum by(job,instance)(rate(a_total[1h30m]))/ignoring(instance)group_left(x)sum without(lane)(b)',
    'sum by (job, instance) (rate(a_total[1h30m])) / ignoring (instance) group_left (x) sum without (lane) (b)',
  ],
  ['topk(3,a)', 'topk(3, a)'],
  ['a offset 5m + b offset -1w', 'a offset 5m + b offset -1w'],
  ['a[5m] offset 90s', 'a[5m] offset 1m30s'],
  ['max_over_time(rate(a[5m])[1h:30s])', 'max_over_time(rate(a[5m])[1h:30s])'],
  ['max_over_time(a[1d:] offset 36h)', 'max_over_time(a[1d:] offset 1d12h)'],
  ['a @ 1600000000.5', 'a @ 1600000000.500'],
  ['a and on() b or c unless ignoring(z) d', 'a and on () b or c unless ignoring (z) d'],
  ['a>bool 1e3', 'a > bool 1000'],
  ['-a + +b', '-a + +b'],
  ['- 5', '-5'],
  ['5m + 1', '5m + 1'],
  ['0x1f * 1e10', '31 * 10000000000'],
  ['histogram_quantile(0.99,sum by(le)(rate(h_bucket[30s])))', 'histogram_quantile(0.99, sum by (le) (rate(h_bucket[30s])))'],
  [`label_replace(a,"x",'$1',"y","(.*)")`, 'label_replace(a, "x", "$1", "y", "(.*)")'],
  ['{__name__=~"a.*",x="y"}', '{__name__=~"a.*",x="y"}'],
  ['{"dotted.name",x="y"}', '{__name__="dotted.name",x="y"}'],
  ['count_values("v",a)', 'count_values("v", a)'],
  ['quantile(.5,a)', 'quantile(0.5, a)'],
  ['(a)', '(a)'],
  ['time()', 'time()'],
  ['hour()', 'hour()'],
  ['vector(Inf) * NaN', 'vector(+Inf) * NaN'],
  ['absent(up{job="a"})', 'absent(up{job="a"})'],
  ['a{b="c\\"d\\\\e"}', 'a{b="c\\"d\\\\e"}'],
  ['sum(a)', 'sum(a)'],
  ['sum by()(a)', 'sum(a)'],
  ['a[1y]', 'a[1y]'],
  ['a[8d]', 'a[8d]'],
  ['a[1500ms]', 'a[1s500ms]'],
  ['a == on(x) group_right b', 'a == on (x) group_right () b'],
  ['a atan2 b ^ 2 ^ 3', 'a atan2 b ^ 2 ^ 3'],
  ['sum(rate(a[5m] @ end()))', 'sum(rate(a[5m] @ end()))'],
  ['a[5m * 2]', 'a[5m * 2]'],
  ['a[1h:step()]', 'a[1h:step()]'],
  ['a{b="c"} offset (1m + 2m)', 'a{b="c"} offset (1m + 2m)'],
  ['a # comment', 'a'],
  ['1 - 2', '1 - 2'],
])('prints %s as Prometheus does', (query, printed) => {
  expect(printExpression(query)).toBe(printed);
});

it('prints what it printed, and text of several lines on one', () => {
  expect(printExpression('sum(\n  a # of all\n)')).toBe('sum(a)');
  expect(printExpression('a @ end()\n  +  b{c="d  #\\n"}')).toBe('a @ end() + b{c="d  #\\n"}');
});
