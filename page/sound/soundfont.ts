/**
 * The sounds of the instruments, from the daemon.
 */
const ADDRESS = "/sounds/general.sf3";

/** Says what to install. */
class SoundsMissingError extends Error {}

/**
 * @param onShare  how much is here, 0 to 1
 * @throws SoundsMissingError where the daemon has none
 */
export async function fetchSoundfont(onShare: (share: number) => void): Promise<ArrayBuffer> {
  const response = await fetch(ADDRESS);
  if (!response.ok || response.body === null) throw new SoundsMissingError(await reasonOf(response));
  const total = Number(response.headers.get("content-length") ?? 0);
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = response.body.getReader();
  for (;;) {
    const { value } = await reader.read();
    if (value === undefined) break;
    chunks.push(value);
    length += value.length;
    if (total > 0) onShare(Math.min(1, length / total));
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes.buffer;
}

/** The daemon's sentence. */
async function reasonOf(response: Response): Promise<string> {
  const text = await response.text();
  try {
    const answer: { error?: { message?: unknown }; message?: unknown } = JSON.parse(text);
    const message = answer.error?.message ?? answer.message;
    if (typeof message === "string") return message;
  } catch {
    // Not JSON: a sentence as it is.
  }
  return text === "" ? "The sounds of the instruments are not installed." : text.slice(0, 300);
}
