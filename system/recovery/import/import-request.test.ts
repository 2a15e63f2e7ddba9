import { expect, test } from 'vitest';
import { parseOpenImport } from './import-request.ts';

/** With a constant of the mapping as it is written in the body. */
const withConstant = (number: string) => {
  const mapping = `{"system_name":{"value":"shop"},"object_id":"o","event_name":"e","event_time":"t","metadata":{"batch":{"value":${number}}}}`;
  const file = `"first_line":2,"lines":3,"bytes":10,"sha256":"${'a'.repeat(64)}","header":["o","e","t"]`;
  return parseOpenImport(`{"name":"n","format":"csv",${file},"mapping":${mapping},"requested_by":"ann","why":"w"}`);
};

test.each(['9007199254740993', '1e400', '0.1000000000000000055511151231257827'])(
  'a constant of %s would be another in every event',
  (number) => {
    const message = `holds ${number}, which a double does not keep: give it as a string`;
    expect(withConstant(number)).toEqual({ problems: [{ parameter: '', message }] });
  },
);

test.each(['9007199254740992', '1.50', '2e3'])('a constant of %s is kept', (number) => {
  expect(withConstant(number)).toHaveProperty('request.mapping.metadata.batch.value', Number(number));
});
