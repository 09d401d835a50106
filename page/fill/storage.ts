/**
 * Texts kept in the browser, which may have no room for them, or may not be allowed to: then they are forgotten.
 */
export type Place = "session" | "local";

export function stored(place: Place, name: string): string | null {
  try {
    return storageOf(place).getItem(name);
  } catch {
    return null;
  }
}

export function keep(place: Place, name: string, text: string): void {
  try {
    storageOf(place).setItem(name, text);
  } catch {
    // Full, or forbidden.
  }
}

function storageOf(place: Place): Storage {
  return place === "session" ? sessionStorage : localStorage;
}
