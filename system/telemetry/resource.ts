// Who speaks: the resource of this process's telemetry, and that of the books, which belong to no instance.
import { defaultResource, type Resource, resourceFromAttributes } from '@opentelemetry/resources';
import { serviceVersion } from './service-version.ts';

/** The name under which the one elected worker exports the books. */
export const accountingServiceName = 'faultline-accounting';

export type ResourceNames = {
  readonly serviceName: string;
  readonly instance: string;
  readonly resourceAttributes: Readonly<Record<string, string>>;
};

/** What the code knows wins over OTEL_RESOURCE_ATTRIBUTES: an instance id copied to all processes would merge their series. */
export const processResource = ({ serviceName, instance, resourceAttributes }: ResourceNames): Resource =>
  withSdk({ ...resourceAttributes, 'service.name': serviceName, 'service.instance.id': instance, 'service.version': serviceVersion });

/** No service.instance.id: after a takeover another worker continues the same series. */
export const accountingResource = (resourceAttributes: Readonly<Record<string, string>>): Resource => {
  const { 'service.instance.id': _instance, ...others } = resourceAttributes;
  return withSdk({ ...others, 'service.name': accountingServiceName, 'service.version': serviceVersion });
};

const withSdk = (attributes: Record<string, string>) => {
  const sdk = Object.entries(defaultResource().attributes).filter(([name]) => name.startsWith('telemetry.sdk.'));
  return resourceFromAttributes({ ...Object.fromEntries(sdk), ...attributes });
};
