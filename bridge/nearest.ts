/**
 * Finds the name that a misspelt one was meant to be. As native/sampler/src/scale/spelling.rs has it.
 */

/** The nearest of some names, if one is near. */
export function nearest(wanted: string, names: readonly string[]): string | undefined {
  let best: { name: string; distance: number } | undefined;
  for (const name of names) {
    const found = distance(wanted.toLowerCase(), name.toLowerCase());
    if (best === undefined || found < best.distance) best = { name, distance: found };
  }
  return best !== undefined && best.distance <= 1 + best.name.length / 4 ? best.name : undefined;
}

/** Letters to change, put in, take out or exchange with their neighbour (Damerau 1964, restricted). */
function distance(one: string, other: string): number {
  const rows: number[][] = [];
  const at = (i: number, j: number) => rows[i]?.[j] ?? 0;
  for (let i = 0; i <= one.length; i += 1) {
    rows.push([]);
    for (let j = 0; j <= other.length; j += 1) {
      if (i === 0 || j === 0) {
        rows[i]?.push(i + j);
        continue;
      }
      const isSame = one[i - 1] === other[j - 1];
      let least = Math.min(at(i - 1, j - 1) + (isSame ? 0 : 1), at(i - 1, j) + 1, at(i, j - 1) + 1);
      const isTurned = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      if (isTurned) least = Math.min(least, at(i - 2, j - 2) + 1);
      rows[i]?.push(least);
    }
  }
  return at(one.length, other.length);
}
