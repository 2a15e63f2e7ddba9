// A trace as Tempo's protobuf messages.
import { attributesJson } from '../otlp/attribute-value.ts';
import { messageType } from '../otlp/descriptor.ts';
import { spanMessage } from './packed-span.ts';
import { byResourceAndScope } from './tempo-json.ts';
import type { Trace } from './trace-store.ts';

const traceMessage = (trace: Trace) => ({
  resourceSpans: byResourceAndScope(trace).map(({ resource, scopes }) => ({
    resource: { attributes: attributesJson(resource) },
    scopeSpans: scopes.map(({ scope, spans }) => ({
      scope: { name: scope.name, version: scope.version, attributes: attributesJson(scope.attributes) },
      spans: spans.map(spanMessage),
    })),
  })),
});

export const traceBytes = (message: 'Trace' | 'TraceByIDResponse', trace: Trace | undefined): Uint8Array => {
  const type = messageType(message);
  const whole = trace === undefined ? {} : traceMessage(trace);
  return type.encode(type.fromObject(message === 'Trace' ? whole : { trace: whole, metrics: {} })).finish();
};
