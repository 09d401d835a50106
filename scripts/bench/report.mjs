// Lines as a table for the terminal and as Markdown for docs/benchmarks.md.

const HEADINGS = ["what", "p50", "bad end", "reference", "its p50", "ratio", "to reach", ""];

/** @param groups [{title, lines}] @param baseline p50 by line id, from an earlier run on the same machine */
export function terminalReport(groups, baseline = {}) {
  return groups
    .map(({ title, lines }) => {
      const rows = [HEADINGS, ...lines.map((entry) => cells(entry, baseline))];
      const widths = HEADINGS.map((_, i) => Math.max(...rows.map((row) => row[i].length)));
      const text = rows.map((row) =>
        row
          .map((cell, i) =>
            i === 0 || i === 3 || i === 7 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]),
          )
          .join("  ")
          .trimEnd(),
      );
      return [title, ...text].join("\n");
    })
    .join("\n\n");
}

/** The part of docs/benchmarks.md between its markers. */
export function markdownReport({ date, machine, inputs, groups, skipped, seconds }) {
  const facts = [
    ["date", date],
    ["processor", `${machine.processor}, ${machine.cores} cores`],
    ["memory", `${machine.memoryGib} GiB`],
    ["system", machine.system],
    ["versions", versions(machine)],
    ["busy before the run", `${Math.round(100 * machine.busyShare)} % of all cores`],
    ["model", inputs.model],
    ["files", inputs.files],
    ["time of the whole run", `${Math.round(seconds)} s`],
  ];
  const parts = [["| | |", "|---|---|", ...facts.map((row) => `| ${row.join(" | ")} |`)]];
  if (skipped !== undefined) parts.push([`Left out: the rivals in Python (${skipped}).`]);
  for (const { title, lines } of groups) {
    const rows = lines.map((entry) => `| ${cells(entry, {}).join(" | ")} |`);
    const header = `| ${HEADINGS.join(" | ")} |`;
    parts.push([`### ${title}`, "", header, "|---|--:|--:|---|--:|--:|--:|---|", ...rows]);
  }
  return parts.map((part) => part.join("\n")).join("\n\n");
}

export function versions({ node, rust, onnxruntime, python }) {
  const ours = `Node ${node}, ${rust.split(" ").slice(0, 2).join(" ")}, ONNX Runtime ${onnxruntime}`;
  return python
    ? `${ours}; Python ${python.python}, PyTorch ${python.torch}, symusic ${python.symusic}`
    : ours;
}

/** `text` with what stands between the two markers replaced. */
export function replaceBetween(text, begin, end, content) {
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new RangeError(`the text has no ${begin} before ${end}`);
  return `${text.slice(0, from + begin.length)}\n\n${content}\n\n${text.slice(to)}`;
}

function cells(entry, baseline) {
  const { what, unit, ours, reference, ratio, isReached, note } = entry;
  const remarks = [
    isReached === undefined ? undefined : isReached ? "reached" : "NOT reached",
    before(ours.p50, baseline[entry.id]),
    note,
  ];
  return [
    what,
    `${digits(ours.p50)} ${unit}`,
    ours.count > 1 ? digits(ours.bad) : "",
    reference?.what ?? "none",
    reference ? digits(reference.p50) : "",
    ratio === undefined ? "" : `${digits(ratio)} x`,
    target(entry),
    remarks.filter((remark) => remark !== undefined).join("; "),
  ];
}

function target({ ratioTarget, valueTarget, unit }) {
  const bound = ({ most, least }, suffix) =>
    most === undefined ? `>= ${digits(least)} ${suffix}` : `<= ${digits(most)} ${suffix}`;
  return [ratioTarget && bound(ratioTarget, "x"), valueTarget && bound(valueTarget, unit)]
    .filter(Boolean)
    .join(", ");
}

function before(value, earlier) {
  if (earlier === undefined) return undefined;
  const change = Math.round((value / earlier - 1) * 100);
  return `${change >= 0 ? "+" : ""}${change} % since the baseline`;
}

/** Three digits that mean something. */
function digits(value) {
  const size = Math.abs(value);
  if (size >= 1000) return Math.round(value).toLocaleString("en-US");
  return size >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}
