// What `faultline/client` exports: a producer, and a consumer over HTTP, for Node 20 and later.
export type { Accepted, EventBody } from '../contract/event.ts';
export type { Closed, Remaining } from './closing.ts';
export { createProducer } from './create-producer.ts';
export type { Producer, ProducerStats } from './producer.ts';
export { isProducerError, ProducerError } from './producer-error.ts';
export type { ProducerOptions } from './producer-options.ts';
export type { ConsumedEvent } from './consumer/consumed-event.ts';
export { ConsumerError, isConsumerError } from './consumer/consumer-error.ts';
export type { ConsumerOptions } from './consumer/consumer-options.ts';
export { type Consumer, type ConsumerStats, createConsumer } from './consumer/create-consumer.ts';
