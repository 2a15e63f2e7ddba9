// What is known of datagrams: the queue by each process, the rest by the books.
import { signal, type Signal } from './signal.ts';

export const udpSignals = {
  udpQueueSize: signal(
    'faultline.udp.queue.size',
    'By',
    'gauge',
    'observed',
    'faultline_udp_queue_size_bytes',
    [],
    'Bytes of datagrams that wait in this ingest process.',
  ),
  udpQueueLimit: signal(
    'faultline.udp.queue.limit',
    'By',
    'gauge',
    'observed',
    'faultline_udp_queue_limit_bytes',
    [],
    'Bytes past which this ingest process drops datagrams.',
  ),
  udpDatagrams: signal(
    'faultline.udp.datagrams',
    '{datagram}',
    'gauge',
    'accounted',
    'faultline_udp_datagrams',
    ['faultline.udp.outcome'],
    'Datagrams that ingest took from its sockets, in all: received; of these unread, refused as a whole; and repeated, which came again.',
  ),
  udpEvents: signal(
    'faultline.udp.events',
    '{event}',
    'gauge',
    'accounted',
    'faultline_udp_events',
    ['faultline.udp.outcome'],
    'Events of datagrams, in all: appended, duplicate, refused; and missing, by the high-water marks of their senders.',
  ),
  udpLost: signal(
    'faultline.udp.lost',
    '{datagram}',
    'gauge',
    'accounted',
    'faultline_udp_lost',
    ['faultline.udp.place'],
    'Datagrams lost, in all, by place: process and kernel as counted there; network, what is missing of the numbers beyond both; unknown, what is missing and nobody can say where. A place that can not be known has no value.',
  ),
} as const satisfies Record<string, Signal>;
