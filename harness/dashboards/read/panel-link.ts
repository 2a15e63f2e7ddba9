// Reads a link of a panel, of a field (data link) or of a dashboard.
import type { DashboardLink } from '../dashboard.ts';
import type { PanelLink } from '../field-config.ts';
import type { JsonNode } from './json-node.ts';

const linkKeys = [
  'title',
  'url',
  'targetBlank',
  'keepTime',
  'includeVars',
  'type',
  'icon',
  'tooltip',
  'tags',
  'asDropdown',
  'placement',
  'oneClick',
];

export const readPanelLink = (node: JsonNode): PanelLink => {
  node.only(...linkKeys, 'internal', 'sort', 'origin');
  if (node.has('internal')) node.refuse('internal', 'is not understood; give the link as url');
  return {
    title: node.text('title') ?? '',
    url: node.text('url') ?? '',
    targetBlank: node.flag('targetBlank') ?? false,
    keepTime: node.flag('keepTime') ?? false,
    includeVars: node.flag('includeVars') ?? false,
  };
};

export const readDashboardLink = (node: JsonNode): DashboardLink => ({
  ...readPanelLink(node),
  type: node.choice('type', ['link', 'dashboards']) ?? 'link',
  tags: node.texts('tags'),
});
