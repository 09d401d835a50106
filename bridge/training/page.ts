/**
 * Self-contained pages: no script, no network, light and dark.
 */
const STYLE = `
:root { color-scheme: light dark; --ink: #1b1f24; --faint: #6b7280; --paper: #fff; --line: #8884; --one: #1c7ed6; --two: #d9480f; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e8eb; --faint: #9aa4b2; --paper: #14171b; --one: #4dabf7; --two: #ff922b; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 760px; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.05rem; margin-top: 2rem; }
svg { width: 100%; height: auto; font-size: 12px; } text { fill: var(--ink); } .faint { fill: var(--faint); }
.bar { fill: var(--one); } .grid { stroke: var(--line); } .one { stroke: var(--one); fill: none; stroke-width: 1.5; }
.two { stroke: var(--two); fill: none; stroke-width: 1.5; } .dot { fill: var(--two); } .legend-one { fill: var(--one); } .legend-two { fill: var(--two); }
table { border-collapse: collapse; } td, th { padding: .25rem .9rem .25rem 0; text-align: left; } td.number { text-align: right; font-variant-numeric: tabular-nums; }
code { font-size: .9em; }`;

/** @param body  HTML, already escaped */
export function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escapeHtml(title)}</h1>
${body}
</body>
</html>
`;
}

/** Text as HTML shows it. */
export function escapeHtml(text: string): string {
  const named: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  return text.replace(/[&<>"]/g, (character) => named[character] ?? character);
}
