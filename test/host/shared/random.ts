/**
 * Random input that is the same in every run.
 */
export type Random = (below: number) => number;

/** Whole numbers in [0, below). */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Texts with a few characters changed, taken out, doubled, or cut off. */
export function mutations(text: string, count: number, random: Random): string[] {
  const signs = '{}[]",:\\ 0-9eE.tfn\n\u0000ö';
  return Array.from({ length: count }, () => {
    let changed = text;
    for (let turn = random(3); turn >= 0; turn -= 1) {
      const at = random(changed.length + 1);
      const [before, after] = [changed.slice(0, at), changed.slice(at)];
      const kind = random(4);
      if (kind === 0) changed = before + (signs[random(signs.length)] ?? "") + after.slice(1);
      else if (kind === 1) changed = before + after.slice(1 + random(3));
      else if (kind === 2) changed = before + after.slice(0, 5) + after;
      else changed = before + (signs[random(signs.length)] ?? "") + after;
    }
    return random(8) === 0 ? changed.slice(0, random(changed.length + 1)) : changed;
  });
}
