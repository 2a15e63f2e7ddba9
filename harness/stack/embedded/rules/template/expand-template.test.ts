import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expandTemplate } from './expand-template.ts';
import { goPrintf } from './go-printf.ts';
import { parseTemplate } from './parse-template.ts';
import type { TemplateData } from './template-data.ts';
import { TemplateError } from './template-error.ts';

const data: TemplateData = {
  labels: { __name__: 'latency', job: 'ingest', instance: 'desk.example.org:4000', empty: '' },
  value: 1234.5,
  externalLabels: { cluster: 'desk' },
  externalUrl: 'http://127.0.0.1:9090/prom',
  nowMs: 1_700_000_000_500,
  query: (expression) =>
    expression === 'none'
      ? []
      : [
          { labels: { job: 'b' }, value: 2 },
          { labels: { job: 'a' }, value: 1 },
        ],
};

const expand = (text: string, value = data.value): string => expandTemplate(text, { ...data, value }, 'Test');

const refusal = (text: string): string => {
  try {
    parseTemplate(text);
  } catch (error) {
    if (error instanceof TemplateError) return error.message;
    throw error;
  }
  return `${text} was taken`;
};

describe('values', () => {
  it.each([
    ['plain', 'plain'],
    ['{{ $labels.job }}: {{ $value }}', 'ingest: 1234.5'],
    [
      '{{ .Labels.job }} {{ .Value }} {{ $.Value }} {{ .ExternalURL }} {{ $externalURL }}',
      `ingest 1234.5 1234.5 ${data.externalUrl} ${data.externalUrl}`,
    ],
    ['{{ $externalLabels.cluster }}/{{ .ExternalLabels.cluster }}', 'desk/desk'],
    ['[{{ $labels.missing }}]', '[]'],
    ['{{ index $labels "job" }} {{ len $labels.job }}', 'ingest 6'],
    ['{{ 1 }} {{ 1.50 }} {{ 0x1F }} {{ "a\\tb" }} {{ `raw\\t` }} {{ \'a\' }} {{ true }}', '1 1.5 31 a\tb raw\\t 97 true'],
    ['{{ $x := $value }}{{ $x }}{{ $x = 2 }}{{ $x }}', '1234.52'],
    ['{{ ($labels).job }} {{ (query "q" | first).Labels.job }} {{ (first (query "q")).Value }}', 'ingest b 2'],
    ['a {{- /* nothing */ -}} b', 'ab'],
    ['a {{- $value -}} b', 'a1234.5b'],
    ['{{$labels.job}}', 'ingest'],
  ])('%s', (text, expected) => {
    expect(expand(text)).toBe(expected);
  });

  it('print a float as Go does', () => {
    const shown = (value: number): string => expand('{{ $value }}', value);
    expect([1, 0.0001, 0.00001, 999_999.5, 1e6, 1_234_567, 1e21].map(shown)).toEqual([
      '1',
      '0.0001',
      '1e-05',
      '999999.5',
      '1e+06',
      '1.234567e+06',
      '1e+21',
    ]);
    expect([NaN, Infinity, -Infinity, -0.5, -2e6].map(shown)).toEqual(['NaN', '+Inf', '-Inf', '-0.5', '-2e+06']);
  });
});

describe('control', () => {
  it.each([
    ['{{ if gt $value 1000.0 }}high{{ else }}low{{ end }}', 'high'],
    ['{{ if eq $labels.job "x" }}x{{ else if eq $labels.job "y" "ingest" }}i{{ else }}n{{ end }}', 'i'],
    ['{{ if and $labels.job (not $labels.empty) }}yes{{ end }}', 'yes'],
    ['{{ with $labels.job }}<{{ . }}>{{ end }}{{ with $labels.empty }}no{{ else }}none{{ end }}', '<ingest>none'],
    ['{{ range query "q" }}{{ .Labels.job }}={{ .Value }};{{ end }}', 'b=2;a=1;'],
    ['{{ range $i, $s := query "q" | sortByLabel "job" }}{{ $i }}{{ $s.Labels.job }}{{ end }}', '0a1b'],
    ['{{ range query "none" }}some{{ else }}none{{ end }}', 'none'],
    ['{{ range $name, $text := $externalLabels }}{{ $name }}:{{ $text }}{{ end }}', 'cluster:desk'],
    ['{{ $x := 1 }}{{ if true }}{{ $x := 2 }}{{ $x = 3 }}{{ end }}{{ $x }}', '1'],
  ])('%s', (text, expected) => {
    expect(expand(text)).toBe(expected);
  });
});

describe('functions', () => {
  it.each([
    ['{{ humanize 1234567.0 }} {{ humanize 0.00123 }} {{ humanize "1e9" }} {{ humanize 0.0 }}', '1.235M 1.23m 1G 0'],
    ['{{ humanize1024 1536.0 }} {{ 1048576 | humanize1024 }}', '1.5ki 1Mi'],
    [
      '{{ humanizeDuration 0.0 }} {{ humanizeDuration 0.0042 }} {{ humanizeDuration 12.3456 }} {{ humanizeDuration 90061 }}',
      '0s 4.2ms 12.35s 1d 1h 1m 1s',
    ],
    ['{{ humanizeDuration -3600 }} {{ humanizeDuration 59.999 }}', '-1h 0m 0s 60s'],
    ['{{ humanizePercentage 0.12345 }} {{ 1 | humanizePercentage }}', '12.35% 100%'],
    ['{{ humanizeTimestamp 1700000000.5 }} {{ humanizeTimestamp 0 }}', '2023-11-14 22:13:20.5 +0000 UTC 1970-01-01 00:00:00 +0000 UTC'],
    [
      '{{ printf "%.2f|%5.1f|%-4d|%04d|%s|%v|%q|%t|%%" $value 2.25 7 7 "s" $labels.job "q" true }}',
      '1234.50|  2.2|7   |0007|s|ingest|"q"|true|%',
    ],
    ['{{ $value | printf "%e %g" }}', '1.234500e+03 %!g(MISSING)'],
    ['{{ printf "%d" $value }}', '%!d(float64=1234.5)'],
    ['{{ printf "%s" "a" "b" }}', 'a%!(EXTRA string=b)'],
    ['{{ print 1 2 "a" "b" 3 }}|{{ print "a" 1 }}', '1 2ab3|a1'],
    ['{{ query "q" | first | value }} {{ query "q" | first | label "job" }}', '2 b'],
    ['{{ "a.b" | toUpper | toLower | title }} {{ title "two words" }}', 'A.b Two Words'],
    ['{{ stripPort $labels.instance }} {{ stripDomain $labels.instance }} {{ stripPort "[::1]:80" }}', 'desk.example.org desk:4000 ::1'],
    ['{{ reReplaceAll "(.)-(.)" "$2${1}x" "a-b" }} {{ match "^in" $labels.job }}', 'bax true'],
    ['{{ parseDuration "1h30m" }} {{ now }}', '5400 1.7000000005e+09'],
    [
      '{{ externalURL }} {{ pathPrefix }} {{ graphLink "a b" }} {{ tableLink "up" }}',
      `${data.externalUrl} /prom /graph?g0.expr=a+b&amp;g0.tab=0 /graph?g0.expr=up&g0.tab=1`.replace('&amp;', '&'),
    ],
    ['{{ with args 1 "b" }}{{ .arg0 }}{{ .arg1 }}{{ .arg2 }}{{ end }}', '1b<no value>'],
    ['{{ urlQueryEscape "a b&c" }} {{ safeHtml "<b>" }}', 'a+b%26c <b>'],
  ])('%s', (text, expected) => {
    expect(expand(text)).toBe(expected);
  });

  it('round half to even, as Go does and JavaScript does not', () => {
    expect(goPrintf('%.2f %.0f %.0f %.1e %.2g', [0.125, 0.5, 1.5, 1.25, 12.5])).toBe('0.12 0 2 1.2e+00 12');
  });

  it('print any number with %.nf so that it reads back within half a unit of the last place', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.integer({ min: 0, max: 9 }), (value, digits) => {
        const text = goPrintf(`%.${digits}f`, [value]);
        expect(text).toMatch(digits === 0 ? /^-?\d+$/ : new RegExp(String.raw`^-?\d+\.\d{${digits}}$`));
        expect(Math.abs(Number(text) - value)).toBeLessThanOrEqual(0.5000001 * 10 ** -digits);
      }),
      { numRuns: 300 },
    );
  });
});

describe('what fails on the data', () => {
  it.each([
    ['{{ gt $value 1 }}', 'incompatible types for comparison'],
    ['{{ $value.x }}', "can't evaluate field x in type float64"],
    ['{{ .Nothing }}', "can't evaluate field Nothing in type struct"],
    ['{{ toUpper $value }}', 'wrong type for value; expected string; got float64'],
    ['{{ humanize "x" }}', "can't convert x (string) to float"],
    ['{{ query "none" | first }}', 'first() called on vector with no elements'],
    ['{{ nil }}', 'nil is not a command'],
    ['{{ $x = 1 }}', 'undefined variable: $x'],
    ['{{ "a" "b" }}', "can't give argument to non-function"],
    ['{{ humanize }}', 'wrong number of args for humanize: want 1 got 0'],
    ['{{ reReplaceAll "(" "" "" }}', 'error parsing regexp'],
  ])('%s is said in the text', (text, why) => {
    expect(expand(`a ${text}`)).toMatch(/^<error expanding template: error executing template __alert_Test: /);
    expect(expand(text)).toContain(why);
  });
});

describe('what is refused when it is read', () => {
  it.each([
    ['{{ $labels.job', 'template 1:1: unclosed action'],
    ['a {{ nope 1 }}', 'template 1:6: function "nope" not defined'],
    ['{{ toTime 1 }}', 'function "toTime" is one of Prometheus\' that this stack does not have'],
    ['{{ $x }}', 'undefined variable "$x"'],

    ['{{ if true }}{{ $x := 1 }}{{ end }}{{ $x }}', 'undefined variable "$x"'],
    ['{{ if true }}', '{{if}} has no {{end}}'],
    ['{{ end }}', 'unexpected {{end}}'],
    ['{{ if true }}{{ else }}{{ else }}{{ end }}', 'expected end; found {{else}}'],
    ['{{ }}', 'missing value for command'],
    ['{{ $value | | print }}', 'empty command'],
    ['{{ $value | . }}', 'non executable command in pipeline stage 2'],
    ['{{ $value | 1 }}', 'non executable command in pipeline stage 2'],

    ['{{ "open }}', 'unterminated quoted string'],
    ['{{ (1 }}', 'unclosed left paren'],
    ['{{ 1 ) }}', 'unexpected ")"'],
    ['{{ define "x" }}{{ end }}', '{{define}} is not supported'],
    ['{{ $value ? }}', 'unexpected "?"'],
    ['{{/* open }}', 'unclosed comment'],
  ])('%s', (text, why) => {
    expect(refusal(text)).toContain(why);
  });
});
