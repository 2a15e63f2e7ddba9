// The schemas of the events that the harness sends, in both versions, with the casts between them.
const common = {
  customer: { type: 'string', minLength: 3, maxLength: 16 },
  amount: {
    type: 'object',
    properties: { cents: { type: 'integer', minimum: 0 }, currency: { enum: ['EUR', 'USD', 'JPY', 'GBP'] } },
    required: ['cents', 'currency'],
    additionalProperties: false,
  },
  city: { type: 'string' },
  weight_kg: { type: 'number', minimum: 0 },
  express: { type: 'boolean' },
  producer: { type: 'integer', minimum: 0 },
} as const;

const channel = { enum: ['web', 'app', 'store', 'phone'] } as const;
const always = ['customer', 'amount', 'city', 'weight_kg', 'express'];

export const firstVersion = {
  type: 'object',
  properties: { ...common, channel },
  required: [...always, 'channel'],
  additionalProperties: false,
};

export const secondVersion = {
  type: 'object',
  properties: { ...common, sold_by: channel, gift: { type: 'boolean' } },
  required: [...always, 'sold_by', 'gift'],
  additionalProperties: false,
};

export const upcast = {
  rules: [
    { op: 'move', from: '/metadata/channel', path: '/metadata/sold_by' },
    { op: 'default', path: '/metadata/gift', value: false },
  ],
};

export const downcast = {
  rules: [
    { op: 'move', from: '/metadata/sold_by', path: '/metadata/channel' },
    { op: 'remove', path: '/metadata/gift' },
  ],
  loses: ['/metadata/gift'],
};
