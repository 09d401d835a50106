/**
 * Waits for events, and fails with a message if they never come. Waits do not measure speed: they are far longer than
 * anything takes on a busy machine.
 */
import { setTimeout as sleep } from "node:timers/promises";

const LOOK_MS = 10;
/** Longer than anything takes, and shorter than a test may (vitest.config.ts). */
export const PATIENT_MS = 120_000;
/** The same of a training of the daemon, which gives way to everything else on the machine. */
export const TRAINING_MS = 600_000;

/** Look until there is something. */
export async function until<Value>(
  what: string,
  look: () => Value | undefined | false | Promise<Value | undefined | false>,
  limitMs = PATIENT_MS,
): Promise<Value> {
  for (const end = performance.now() + limitMs; performance.now() < end; await sleep(LOOK_MS)) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
  }
  throw new Error(`${what}: not within ${limitMs} ms`);
}

/** What a promise gives, which must come to an end. */
export async function settled<Value>(what: string, promise: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: not within ${PATIENT_MS} ms`)), PATIENT_MS);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
