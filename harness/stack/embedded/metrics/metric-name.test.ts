import { describe, expect, it } from 'vitest';
import { labelName } from './label-set.ts';
import type { MetricKind } from './metric-name.ts';
import { metricName, unitName } from './metric-name.ts';

describe('a metric name', () => {
  it.each<[string, string, MetricKind, string | null]>([
    ['http.server.request.duration', 's', 'histogram', 'http_server_request_duration_seconds'],
    ['messaging.client.sent.messages', '{message}', 'monotonic-sum', 'messaging_client_sent_messages_total'],
    ['faultline.ingest.queue.size', 'By', 'gauge', 'faultline_ingest_queue_size_bytes'],
    ['nodejs.eventloop.utilization', '1', 'gauge', 'nodejs_eventloop_utilization_ratio'],
    ['requests', '1', 'monotonic-sum', 'requests_total'],
    ['requests.total.count', '', 'monotonic-sum', 'requests_count_total'],
    ['queue.length', '1', 'sum', 'queue_length'],
    ['wait.seconds', 's', 'gauge', 'wait_seconds'],
    ['disk.io', 'By/s', 'gauge', 'disk_io_bytes_per_second'],
    ['speed', 'm/h', 'gauge', 'speed_meters_per_hour'],
    ['weird  name!!x', '', 'gauge', 'weird_name_x'],
    ['2fast', '', 'gauge', '_2fast'],
    ['cpu', '%', 'gauge', 'cpu_percent'],
    ['things', 'widgets', 'sum', 'things_widgets'],
    ['events', '{event}/s', 'gauge', 'events_per_second'],
    ['...', '', 'gauge', null],
  ])('%s in %s as %s becomes %s', (name, unit, kind, expected) => expect(metricName(name, unit, kind)).toBe(expected));

  it('has its unit in the metadata', () => expect(unitName('By/s')).toBe('bytes_per_second'));
});

describe('a label name', () => {
  it.each([
    ['http.request.method', 'http_request_method'],
    ['0zone', 'key_0zone'],
    ['_private', 'key_private'],
    ['__meta', '__meta'],
    ['a..b', 'a__b'],
    ['...', null],
  ])('%s becomes %s', (attribute, expected) => expect(labelName(attribute)).toBe(expected));
});
