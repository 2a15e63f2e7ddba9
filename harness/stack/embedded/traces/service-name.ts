// The service that a resource names; Tempo has none, as an empty text, where it does not.
import type { Attributes } from '../otlp/attribute-value.ts';

export const serviceName = (resource: Attributes): string => {
  const name = resource.get('service.name');
  return name?.kind === 'string' ? name.value : '';
};
