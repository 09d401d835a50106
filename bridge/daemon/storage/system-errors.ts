/**
 * Errors of the file system: which of them means that nothing is there, and how long others are tried again.
 */

/** Between attempts; a table of open files that was full for a moment has room again soon. */
const PAUSES_MS = [5, 20, 50, 150, 400, 1_000];
const ATTEMPTS = 5;

export function systemCode(thrown: unknown): string | undefined {
  return thrown instanceof Error && "code" in thrown && typeof thrown.code === "string"
    ? thrown.code
    : undefined;
}

export function reasonOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** @param attempt  how many have failed, from 1 */
export function pauseMs(attempt: number): number {
  return PAUSES_MS[Math.min(attempt, PAUSES_MS.length) - 1] ?? 0;
}

/** Do it, and after an error of the system again, a few times within half a second. @throws the last error */
export async function persistently<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (thrown) {
      const isSystem = thrown instanceof Error && "syscall" in thrown;
      if (!isSystem || systemCode(thrown) === "ENOENT" || attempt >= ATTEMPTS) throw thrown;
      await new Promise((resolve) => setTimeout(resolve, pauseMs(attempt)));
    }
  }
}

/**
 * Read what may not be there.
 * @returns undefined only for ENOENT
 * @throws any other error of the system that stays over several attempts
 */
export async function ifThere<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await persistently(read);
  } catch (thrown) {
    if (systemCode(thrown) === "ENOENT") return undefined;
    throw thrown;
  }
}

/** As `ifThere`, in one attempt. */
export function ifThereSync<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (thrown) {
    if (systemCode(thrown) === "ENOENT") return undefined;
    throw thrown;
  }
}
