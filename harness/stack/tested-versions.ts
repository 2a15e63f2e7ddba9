// The parts of a stack and the versions that the runtimes were tested with. Another one may work: it is a warning, not a refusal.

export const stackParts = ['prometheus', 'tempo', 'loki', 'grafana'] as const;
export type StackPart = (typeof stackParts)[number];

export const testedVersions: Readonly<Record<StackPart, string>> = { prometheus: '3.15', tempo: '3.0', loki: '3.7', grafana: '13.2' };

const isTested = (part: StackPart, version: string): boolean =>
  version === testedVersions[part] || version.startsWith(`${testedVersions[part]}.`);

/** One sentence for each part that has another version than the tested one, or does not say which it has. */
export const versionWarnings = (versions: Readonly<Partial<Record<StackPart, string>>>): readonly string[] =>
  stackParts.flatMap((part) => {
    const version = versions[part];
    if (version === undefined || isTested(part, version)) return [];
    const found = version === 'unknown' ? 'does not say its version' : `is version ${version}`;
    return [`${part} ${found}; the harness was tested with ${testedVersions[part]}`];
  });
