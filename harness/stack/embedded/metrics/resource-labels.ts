// What the resource gives to each of its series: job, instance and the promoted attributes; and target_info with the rest.
import type { Labels } from '../promql/labels.ts';
import type { OtlpAttribute } from '../otlp-metric-types.ts';
import type { LabelMap } from './label-set.ts';
import { attributeLabels, toLabels } from './label-set.ts';
import { valueToText } from './otlp-number.ts';

const identifying: ReadonlySet<string> = new Set(['service.namespace', 'service.name', 'service.instance.id']);

export type ResourceLabels = {
  /** Set over a data point's own labels. */
  readonly identity: LabelMap;
  /** Set where a data point has no such label. */
  readonly promoted: LabelMap;
  /** null where there is nothing to tell, or nobody to tell it of. */
  readonly targetInfo: Labels | null;
};

const textOf = (attributes: readonly OtlpAttribute[], key: string): string | null => {
  const attribute = attributes.find((one) => one.key === key);
  return attribute === undefined ? null : valueToText(attribute.value);
};

const identityOf = (attributes: readonly OtlpAttribute[]): LabelMap => {
  const identity: LabelMap = new Map();
  const [namespace, name, instance] = ['service.namespace', 'service.name', 'service.instance.id'].map((key) => textOf(attributes, key));
  const job = name === null || namespace === null ? name : `${namespace}/${name}`;
  if (job) identity.set('job', job);
  if (instance) identity.set('instance', instance);
  return identity;
};

export const resourceLabels = (attributes: readonly OtlpAttribute[], promotedKeys: readonly string[]): ResourceLabels => {
  const identity = identityOf(attributes);
  const wanted = new Set(promotedKeys);
  const described = attributes.some(({ key }) => !identifying.has(key));
  const info = new Map([...attributeLabels(attributes, identifying), ...identity]);
  return {
    identity,
    promoted: attributeLabels(
      attributes.filter(({ key }) => wanted.has(key)),
      new Set(),
    ),
    targetInfo: described && identity.size > 0 ? toLabels(info, 'target_info') : null,
  };
};

/** `__name__` is the metric's alone. */
const reserved: ReadonlySet<string> = new Set(['__name__']);

export const pointLabels = (attributes: readonly OtlpAttribute[], resource: ResourceLabels): LabelMap => {
  const labels = attributeLabels(attributes, reserved);
  for (const [name, value] of resource.promoted) if (!labels.get(name)) labels.set(name, value);
  for (const [name, value] of resource.identity) labels.set(name, value);
  return labels;
};
