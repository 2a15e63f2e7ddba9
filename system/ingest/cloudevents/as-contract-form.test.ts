import { expect, test } from 'vitest';
import { asContractForm } from './as-contract-form.ts';

const plain = '{"system_name":"s","object_id":"o","event_name":"e","id":"1","metadata":{"a":1.10,"cloudevent":{"b":2}}';
const stored = (beyond: object) => `${plain},"cloudevent":${JSON.stringify(beyond)}}`;

test('an event of the contract’s form is what it is', () => {
  expect(asContractForm(`${plain}}`)).toBe(`${plain}}`);
});

test('a CloudEvent that says nothing more is the event of the contract’s form', () => {
  for (const beyond of [
    { specversion: '1.0', data_at: '/metadata' },
    {
      specversion: '1.0',
      datacontenttype: 'application/json; charset=utf-8',
      traceparent: 'x',
      tracestate: 'y',
      subject: null,
      data_at: '/metadata',
    },
  ])
    expect(asContractForm(stored(beyond))).toBe(`${plain}}`);
});

test.each([
  { specversion: '1.0', data_at: '/metadata', region: 'eu' },
  { specversion: '1.0', cloudevent: 'x', data_at: '/metadata' },
  { specversion: '1.0', data_at: '/metadata/data' },
  { specversion: '1.0', data_at: '/metadata', datacontenttype: 'text/plain' },
  { specversion: '1.0', data_at: '/metadata', dataschema: 'https://x' },
])('one that says more is another: %j', (beyond) => {
  expect(asContractForm(stored(beyond))).toBeNull();
});
