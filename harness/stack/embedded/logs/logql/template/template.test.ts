import { expect, test } from 'vitest';
import { parseTemplate } from './template.ts';

const labels: Readonly<Record<string, string>> = { method: 'GET', path: '/a/b', n: '7', f: '2.5', empty: '', url: 'a%20b+c' };

const render = (source: string): string =>
  parseTemplate(source).render({ get: (name) => labels[name], line: 'the line', atNano: 1_700_000_000_123_456_789n });

test.each([
  ['{{.method}} {{.path}}{{.missing}}', 'GET /a/b'],
  ['{{ __line__ }}|{{ __line__ | upper }}', 'the line|THE LINE'],
  [
    '{{ __timestamp__ | unixEpoch }} {{ __timestamp__ | unixEpochMillis }} {{ __timestamp__ | unixEpochNanos }}',
    '1700000000 1700000000123 1700000000123456789',
  ],
  ['{{ __timestamp__ | date "2006-01-02T15:04:05.000Z07:00" }}', '2023-11-14T22:13:20.123Z'],
  ['{{ unixToTime "1700000000" | date "Jan 2, 06 3:04PM" }}', 'Nov 14, 23 10:13PM'],
  ['{{ if eq .method "GET" }}a{{ else }}b{{ end }}', 'a'],
  ['{{ if .empty }}a{{ else if and .n (ne .n "8") }}b{{ end }}c', 'bc'],
  ['x {{- /* nothing */ -}} y', 'xy'],
  ['a {{- .n -}} b', 'a7b'],
  [
    '{{ add .n 1 2 }} {{ sub 5 2 }} {{ div 7 2 }} {{ mod 7 4 }} {{ mulf .f 2 }} {{ divf .n 2 }} {{ max 1 3 2 }} {{ round 2.345 2 }}',
    '10 3 3 3 5 3.5 3 2.35',
  ],
  ['{{ .method | ToLower | trunc 2 }} {{ trunc -2 .method }} {{ substr 1 2 .method }}', 'ge ET E'],
  [
    '{{ replace "a" "x" .path }} {{ Replace .path "/" "-" 1 }} {{ trimPrefix "/a" .path }} {{ TrimSuffix .path "b" }} {{ trimAll "/" .path }}',
    '/x/b -a/b /b /a/ a/b',
  ],
  [
    '{{ regexReplaceAll "/(\\\\w)" .path "<$1>" }} {{ regexReplaceAllLiteral "\\\\w" .path "$1" }} {{ count "/" .path }}',
    '<a><b> /$1/$1 2',
  ],
  ['{{ contains "E" .method }} {{ hasPrefix "/" .path }} {{ hasSuffix "a" .path }} {{ not .empty }}', 'true true false true'],
  ['{{ default "none" .empty }} {{ .method | default "none" }}', 'none GET'],
  ['{{ alignLeft 5 .method }}|{{ alignRight 5 .method }}|{{ alignRight 2 .method }}', 'GET  |  GET|ET'],
  ['{{ urldecode .url }} {{ urlencode "a b/c" }} {{ b64enc "é" }} {{ b64dec "w6k=" }}', 'a b c a+b%2Fc w6k= é'],
  ['{{ bytes "2KB" }} {{ duration "1m30s" }} {{ repeat 3 "ab" }} {{ indent 2 "x" }} {{ title "ab cd" }}', '2000 90 ababab   x Ab Cd'],
  [
    '{{ int "12.9" }} {{ float64 "1.50" }} {{ int "x" }} {{ lt 1 2 }} {{ ge "b" "a" }} {{ len .path }} {{ print .n "-" 3 }}',
    '12 1.5 0 true true 4 7-3',
  ],
  ['{{ printf "%-5s|%5s|%.2s|%q" .method .n .path "a" }}', 'GET  |    7|/a|"a"'],
  ['{{ printf "%d %03d %+d %.2f %6.1f %v %t %%" 5 7 3 (float64 .f) 2.25 .n true }}', '5 007 +3 2.50    2.2 7 true %'],
  ['{{ printf "%.0f %.0f %.1f" 1.5 2.5 (float64 "-0.25") }}', '2 2 -0.2'],
  ['{{ printf "%d %s" .n }}', '%!d(string=7) %!s(MISSING)'],
])('%s gives %s', (source, expected) => {
  expect(render(source)).toBe(expected);
});

test('it says which labels it reads', () => {
  expect(parseTemplate('{{ if .a }}{{ .b | default .c }}{{ end }}').fields).toEqual(['a', 'b', 'c']);
});

test.each([
  ['{{ lt .n 5 }}', 'incompatible types'],
  ['{{ div 1 0 }}', 'divide by zero'],
  ['{{ trunc "x" .n }}', 'expected int'],
  ['{{ repeat 999999999 "x" }}', 'too many'],
  ['{{ printf "%x" 5 }}', '%x is not supported'],
  ['{{ unixToTime "12" }}', 'unable to parse time'],
])('%s fails for the entry', (source, message) => {
  expect(() => render(source)).toThrow(message);
});

test.each([
  ['{{ range .a }}{{ end }}', '{{range}} is not supported'],
  ['{{ with .a }}{{ end }}', '{{with}} is not supported'],
  ['{{ $x := .a }}', '"$x" is not supported'],
  ['{{ fromJson .a }}', 'function "fromJson" is not supported'],
  ['{{ .a.b }}', 'field .a.b is not supported'],
  ['{{ if .a }}', '{{end}} is missing'],
  ['{{ end }}', 'unexpected {{end}}'],
  ['{{ .a', 'unclosed action'],
  ['{{ (.a }}', 'unclosed left paren'],
  ['{{ .a) }}', 'unexpected ")"'],
  ['{{ }}', 'missing value'],
])('%s is refused', (source, message) => {
  expect(() => parseTemplate(source)).toThrow(message);
});
