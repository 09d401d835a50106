// Medians and the like, and the shape of one line of the report.

/** Value below which `share` of the samples lie, between neighbours by proportion. */
export function quantile(samples, share) {
  if (samples.length === 0) throw new RangeError("no samples");
  const sorted = [...samples].sort((a, b) => a - b);
  const rank = (sorted.length - 1) * share;
  const below = Math.floor(rank);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (rank - below);
}

export const median = (samples) => quantile(samples, 0.5);

/** Median, the bad end (95 % of times are below it, 95 % of rates above it), and how many. */
export function summarise(samples, unit) {
  const isRate = unit.includes("/s");
  return {
    p50: median(samples),
    bad: quantile(samples, isRate ? 0.05 : 0.95),
    least: Math.min(...samples),
    most: Math.max(...samples),
    count: samples.length,
  };
}

/**
 * One line: what was measured beside its reference.
 * `ours` and `reference.samples` are in `unit`; `paired` are our samples of what the reference did too, where
 * that is only a part. `ratioTarget` and `valueTarget` are {most} or {least}.
 */
export function line({ id, what, unit, ours, paired, reference, ratioTarget, valueTarget, note }) {
  const own = summarise(ours, unit);
  const its = reference && { what: reference.what, ...summarise(reference.samples, unit) };
  const ratio = its && median(paired ?? ours) / its.p50;
  const checks = [
    [ratioTarget, ratio],
    [valueTarget, own.p50],
  ].filter(([target, value]) => target !== undefined && value !== undefined);
  const isReached =
    checks.length === 0
      ? undefined
      : checks.every(
          ([{ most = Number.POSITIVE_INFINITY, least = 0 }, value]) => value <= most && value >= least,
        );
  return { id, what, unit, ours: own, reference: its, ratio, ratioTarget, valueTarget, isReached, note };
}
