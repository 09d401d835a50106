// Draws the curves of a training run as SVG: `node scripts/plot-run.mjs RUN/events.jsonl OUT.svg`.
import { readFileSync, writeFileSync } from "node:fs";

const [input, output] = process.argv.slice(2);
if (!input || !output) {
  console.error("usage: node scripts/plot-run.mjs RUN/events.jsonl OUT.svg");
  process.exit(2);
}
const events = readFileSync(input, "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line));
const points = (kind) =>
  events
    .filter((e) => e.event === kind && e.loss > 0 && (e.set ?? "data") === "data")
    .map((e) => [e.step, e.loss]);

const width = 720;
const height = 360;
const margin = { left: 52, right: 16, top: 28, bottom: 40 };
const train = smooth(points("step"), 9);
const heldOut = points("heldOut");
const lastStep = Math.max(...train.map(([step]) => step), 1);
const losses = [...train, ...heldOut].map(([, loss]) => loss);
const low = Math.floor(Math.min(...losses) * 2) / 2;
const high = Math.min(7, Math.ceil(Math.max(...losses) * 2) / 2);

const x = (step) => margin.left + (step / lastStep) * (width - margin.left - margin.right);
const y = (loss) =>
  margin.top + ((high - Math.min(loss, high)) / (high - low)) * (height - margin.top - margin.bottom);
const path = (line) =>
  line.map(([s, l], i) => `${i ? "L" : "M"}${x(s).toFixed(1)} ${y(l).toFixed(1)}`).join("");

const lines = [];
for (let loss = low; loss <= high + 1e-9; loss += 0.5) {
  lines.push(`<path d="M${margin.left} ${y(loss)}H${width - margin.right}" stroke="#8884" />`);
  lines.push(`<text x="${margin.left - 8}" y="${y(loss) + 4}" text-anchor="end">${loss.toFixed(1)}</text>`);
}
for (let i = 0; i <= 4; i++) {
  const step = Math.round((lastStep * i) / 4);
  lines.push(
    `<text x="${x(step)}" y="${height - 20}" text-anchor="middle">${step.toLocaleString("en")}</text>`,
  );
}
const dots = heldOut.map(
  ([s, l]) => `<circle cx="${x(s).toFixed(1)}" cy="${y(l).toFixed(1)}" r="3.5" fill="#d9480f" />`,
);
writeFileSync(
  output,
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12" fill="#888">
<title>Loss of a note by updates: training and held out</title>
${lines.join("\n")}
<path d="${path(train)}" fill="none" stroke="#1c7ed6" stroke-width="1.5" />
<path d="${path(heldOut)}" fill="none" stroke="#d9480f" stroke-width="1.5" />
${dots.join("\n")}
<text x="${margin.left}" y="16" fill="#1c7ed6">training</text>
<text x="${margin.left + 160}" y="16" fill="#d9480f">held out</text>
<text x="${width / 2}" y="${height - 4}" text-anchor="middle">updates</text>
</svg>
`,
);

/** Mean over a window of neighbours. */
function smooth(line, size) {
  return line.map(([step], i) => {
    const near = line.slice(Math.max(0, i - size), i + size + 1);
    return [step, near.reduce((sum, [, loss]) => sum + loss, 0) / near.length];
  });
}
