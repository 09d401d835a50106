/**
 * The report of a run as a page of its own: curves, figures, before and after.
 */

import { describeGain, mayBeChance } from "./gain.ts";
import { describePart, type HeldOutEvent, type History, type Point, points, smooth } from "./history.ts";
import { escapeHtml, page } from "./page.ts";

const WIDTH = 720;
const HEIGHT = 300;
const MARGIN = { left: 52, right: 16, top: 12, bottom: 30 };
const LINES = 5;

/**
 * @param formatSeconds  a duration as people read it
 * @param name  of the run, or of its model if it has none
 */
export function renderReport(
  history: History,
  formatSeconds: (seconds: number) => string,
  name: string | undefined = history.start?.modelId,
): string {
  const { start, best } = history;
  const last = history.steps.at(-1);
  const facts: [string, string][] = [];
  if (start !== undefined) {
    facts.push(
      [
        "model",
        `${start.modelId}, ${start.family}, ${(start.parameters / 1e6).toFixed(2)} M trained parameters`,
      ],
      ["data", `${start.pieces} pieces, ${start.heldOutPieces} held out, ${start.notes} notes to train on`],
      ["device", start.device],
    );
    if (start.from !== null) facts.push(["goes on from", start.from.slice(0, 16)]);
  }
  if (last !== undefined) {
    facts.push(
      ["trained", `${last.step} updates in ${formatSeconds(last.seconds)}`],
      ["rate", `${Math.round(last.notesPerSecond)} notes a second`],
    );
  }
  if (best !== undefined) facts.push(["best held-out loss", `${number(best.loss)} at update ${best.step}`]);
  if (best?.gain != null && best.step > 0) {
    const chance = mayBeChance(best.gain) ? "; this may be chance" : "";
    facts.push(["gained on held-out pieces", `${describeGain(best.gain)}${chance}`]);
  }
  const curve = renderCurves(smooth(points(history.steps), 4), points(history.heldOut));
  const parts = renderParts(history.heldOut);
  return page(
    name === undefined ? "Training" : `Training of ${name}`,
    [renderTable(facts), "<h2>loss of a note, by updates</h2>", curve, beforeAfter(history), parts].join(
      "\n",
    ),
  );
}

/** The curves alone, for a card or a guide. */
function renderCurves(train: readonly Point[], heldOut: readonly Point[]): string {
  const all = [...train, ...heldOut];
  const losses = all.map((point) => point.loss).sort((a, b) => a - b);
  const low = losses[0] ?? 0;
  // The first losses are far above the rest and would flatten it.
  const high = Math.max(losses[Math.floor(losses.length * 0.98)] ?? 1, low + 1e-3);
  const lastStep = Math.max(1, ...all.map((point) => point.step));
  const x = (step: number) => MARGIN.left + (step / lastStep) * (WIDTH - MARGIN.left - MARGIN.right);
  const y = (loss: number) =>
    MARGIN.top + ((high - Math.min(loss, high)) / (high - low)) * (HEIGHT - MARGIN.top - MARGIN.bottom);
  const path = (curve: readonly Point[]) =>
    curve
      .map(({ step, loss }, i) => `${i === 0 ? "M" : "L"}${x(step).toFixed(1)} ${y(loss).toFixed(1)}`)
      .join("");
  const grid = Array.from({ length: LINES }, (_, i) => {
    const loss = low + ((high - low) * i) / (LINES - 1);
    const step = Math.round((lastStep * i) / (LINES - 1));
    return [
      `<path d="M${MARGIN.left} ${y(loss).toFixed(1)}H${WIDTH - MARGIN.right}" class="grid"/>`,
      `<text x="${MARGIN.left - 8}" y="${(y(loss) + 4).toFixed(1)}" text-anchor="end" class="faint">${loss.toFixed(2)}</text>`,
      `<text x="${x(step).toFixed(1)}" y="${HEIGHT - 10}" text-anchor="middle" class="faint">${step}</text>`,
    ].join("");
  });
  const dots = heldOut.map(
    ({ step, loss }) => `<circle cx="${x(step).toFixed(1)}" cy="${y(loss).toFixed(1)}" r="3" class="dot"/>`,
  );
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img">
<title>Loss of a note by updates: training and held out</title>
${grid.join("\n")}
<path d="${path(train)}" class="one"/>
<path d="${path(heldOut)}" class="two"/>
${dots.join("")}
<text x="${WIDTH - MARGIN.right}" y="24" text-anchor="end" class="legend-one">training</text>
<text x="${WIDTH - MARGIN.right}" y="42" text-anchor="end" class="legend-two">held out</text>
</svg>`;
}

function beforeAfter({ heldOut, replay, best }: History): string {
  const sets: [string, HeldOutEvent[]][] = [
    ["own pieces, held out", heldOut],
    ["the base's data, held out", replay],
  ];
  const rows = sets.flatMap(([name, events]) => {
    const before = events[0];
    const after = events.find((event) => event.step === best?.step) ?? events.at(-1);
    return before === undefined || after === undefined
      ? []
      : [
          `<tr><td>${name}</td><td class="number">${number(before.loss)}</td><td class="number">${number(after.loss)}</td></tr>`,
        ];
  });
  if (rows.length === 0) return "";
  return `<h2>before and after</h2>
<table><tr><th>loss of a note</th><th>before</th><th>after</th></tr>${rows.join("")}</table>`;
}

function renderParts(heldOut: readonly HeldOutEvent[]): string {
  const rows = heldOut.map(
    ({ step, parts, isBest }) =>
      `<tr><td class="number">${step}${isBest ? " ★" : ""}</td><td>${escapeHtml(
        Object.entries(parts)
          .map(([name, value]) => describePart(name, value))
          .join(", "),
      )}</td></tr>`,
  );
  return rows.length === 0 ? "" : `<h2>held out, part by part</h2>\n<table>${rows.join("")}</table>`;
}

function renderTable(facts: readonly [string, string][]): string {
  const rows = facts.map(
    ([name, value]) => `<tr><th>${escapeHtml(name)}</th><td>${escapeHtml(value)}</td></tr>`,
  );
  return `<table>${rows.join("")}</table>`;
}

function number(value: number | null): string {
  return value === null ? "?" : value.toFixed(3);
}
