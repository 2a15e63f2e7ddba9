// The look of the page; its hash is in the page's content security policy.
export const style = `
:root { color-scheme: light dark; --line: color-mix(in srgb, currentcolor 20%, transparent); --soft: color-mix(in srgb, currentcolor 7%, transparent); }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1, h2, h3 { line-height: 1.2; }
h2 { margin-top: 3rem; padding-top: 1rem; border-top: 1px solid var(--line); }
h2 a, h3 a { color: inherit; text-decoration: none; }
code, pre { font: 0.9em/1.45 ui-monospace, monospace; }
code { background: var(--soft); padding: 0.1em 0.3em; border-radius: 3px; overflow-wrap: anywhere; }
pre { background: var(--soft); padding: 0.8rem; border-radius: 4px; overflow-x: auto; }
pre code { background: none; padding: 0; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; margin: 0.5rem 0 1rem; }
th, td { text-align: left; vertical-align: top; padding: 0.35rem 0.8rem 0.35rem 0; border-bottom: 1px solid var(--line); }
td:first-child { white-space: nowrap; }
nav li { margin: 0.2rem 0; }
.method { font-weight: 700; letter-spacing: 0.04em; }
.quiet { opacity: 0.75; }
`;
