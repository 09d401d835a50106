/**
 * A dataset as a page of its own: no script, no network, light and dark.
 */
import type { DatasetInfo } from "../../engine/dataset-schemas.ts";
import { escapeHtml, page } from "../../training/page.ts";
import { HISTOGRAMS, summarise } from "./info.ts";

const BAR_HEIGHT = 18;
const LABEL_WIDTH = 170;
const BAR_WIDTH = 420;
const COUNT_WIDTH = 90;

/** Whether a text is such a page. */
export function isInfoHtml(text: string): boolean {
  return text.startsWith("<!doctype html>") && text.includes("<title>Dataset</title>");
}

export function renderInfoHtml(info: DatasetInfo): string {
  const sections = HISTOGRAMS.map(
    ([name, title]) => `<h2>${escapeHtml(title)}</h2>\n${renderBars(info.histograms[name])}`,
  );
  const failures = info.failed.map(
    ({ path, reason }) => `<li><code>${escapeHtml(path)}</code>: ${escapeHtml(reason)}</li>`,
  );
  const failed = failures.length === 0 ? "" : `<h2>left out</h2>\n<ul>${failures.join("\n")}</ul>`;
  const counts = summarise(info).map((line) => `<p>${escapeHtml(line)}</p>`);
  return page("Dataset", [...counts, ...sections, failed].join("\n"));
}

function renderBars(bars: DatasetInfo["histograms"]["pitch"]): string {
  const most = Math.max(1, ...bars.map((bar) => bar.count));
  const rows = bars.map(({ label, count }, index) => {
    const y = index * BAR_HEIGHT;
    const width = Math.max(1, (count / most) * BAR_WIDTH);
    const middle = y + BAR_HEIGHT / 2 + 4;
    return [
      `<text x="${LABEL_WIDTH - 8}" y="${middle}" text-anchor="end">${escapeHtml(label)}</text>`,
      `<rect x="${LABEL_WIDTH}" y="${y + 2}" width="${width.toFixed(1)}" height="${BAR_HEIGHT - 4}" rx="2" class="bar"/>`,
      `<text x="${(LABEL_WIDTH + width + 6).toFixed(1)}" y="${middle}" class="faint">${count}</text>`,
    ].join("");
  });
  const width = LABEL_WIDTH + BAR_WIDTH + COUNT_WIDTH;
  return `<svg viewBox="0 0 ${width} ${bars.length * BAR_HEIGHT}" role="img">${rows.join("\n")}</svg>`;
}
