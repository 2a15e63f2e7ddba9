// What `faultline/client` exports: a producer for Node 20 and later.
export type { Accepted, EventBody } from '../contract/event.ts';
export type { Closed, Remaining } from './closing.ts';
export { createProducer } from './create-producer.ts';
export type { Producer, ProducerStats } from './producer.ts';
export { isProducerError, ProducerError } from './producer-error.ts';
export type { ProducerOptions } from './producer-options.ts';
