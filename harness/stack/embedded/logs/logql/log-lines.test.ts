import { expect, test } from 'vitest';
import { readLogs } from '../../otlp/read-logs.ts';
import { createLogStore } from '../log-store.ts';
import { limits, linesOf, record, resource } from './testing.ts';

const store = createLogStore(limits);
store.add(
  readLogs({
    resourceLogs: [
      {
        resource: resource('shop'),
        scopeLogs: [
          {
            logRecords: [
              record(10, 'first try', 9, { attributes: [{ key: 'error.code', value: { intValue: '7' } }] }),
              record(20, 'second TRY', 17, { severityText: 'ERROR', traceId: 'b'.repeat(32) }),
              record(30, '{"took":"1.5s","size":"2KB","deep":{"er":1},"list":[1]}', 9),
              record(40, 'level=warn msg="hello there" n=12 ip=10.1.2.3', 13),
            ],
          },
        ],
      },
      { resource: resource('bank'), scopeLogs: [{ logRecords: [record(25, 'first of the bank', 9)] }] },
    ],
  }),
  0,
);

test.each<[string, number[]]>([
  ['{service_name="shop"}', [10, 20, 30, 40]],
  ['({service_name="shop"}) # all of it', [10, 20, 30, 40]],
  ['{service_name=~"shop|bank", service_name!="shop"}', [25]],
  ['{service_name=~".+", service_name!~"sh.*"} |= "bank"', [25]],
  ['{service_name="shop"} |= "try"', [10]],
  ['{service_name="shop"} |~ "(?i)TRY"', [10, 20]],
  ['{service_name="shop"} |= "first" or "hello" != "msg"', [10]],
  ['{service_name="shop"} != "try" or "TRY"', [30, 40]],
  ['{service_name="shop"} !~ "^.*try$" != "{"', [20, 40]],
  ['{service_name="shop"} |> "<_> try"', [10]],
  ['{service_name="shop"} |> "<_> tr"', []],
  ['{service_name="shop"} !> "<_> <_>"', [30]],
  ['{service_name="shop"} |= ip("10.1.0.0/16")', [40]],
  ['{service_name="shop"} | logfmt | ip=ip("10.1.2.1-10.1.2.9")', [40]],
  ['{service_name="shop"} | logfmt | ip!=ip("10.1.2.3")', []],
  ['{service_name=~".+"} | severity_text="ERROR"', [20]],
  ['{service_name=~".+"} | severity_number >= 13', [20, 40]],
  ['{service_name=~".+"} | severity_number >= 13 | detected_level != "error"', [40]],
  [`{service_name=~".+"} | trace_id="${'b'.repeat(32)}"`, [20]],
  ['{service_name=~".+"} | error_code=7 or severity_number=13', [10, 40]],
  ['{service_name=~".+"} | (error_code="7" or severity_number=13) and detected_level="warn"', [40]],
  ['{service_name=~".+"} | error_code="7" or severity_number=13 and detected_level="info"', [10]],
  // A comma takes all that follows into its right side: warn, (info or error).
  ['{service_name=~".+"} | severity_number=13, detected_level="info" or detected_level="error"', []],
  ['{service_name=~".+"} | error_code!="7", severity_number=9', [25, 30]],
  ['{service_name="shop"} | json | took > 1s', [30]],
  ['{service_name="shop"} | json | size <= 2KB | deep_er=1', [30]],
  ['{service_name="shop"} | json | __error__="JSONParserErr"', [10, 20, 40]],
  ['{service_name="shop"} | logfmt | msg="hello there" | n > 11.5', [40]],
])('%s keeps the lines of %j', async (query, expected) => {
  const found = await linesOf(store, query);
  expect(found.map(({ atNano }) => Number(atNano / 1_000_000_000n))).toEqual(expected);
});

test('the time is inclusive at its start and exclusive at its end', async () => {
  expect((await linesOf(store, '{service_name="shop"}', 10, 30)).map(({ atNano }) => Number(atNano / 1_000_000_000n))).toEqual([10, 20]);
});
