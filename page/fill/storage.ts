/**
 * Texts kept in the browser, which may have no room for them, or may not be allowed to: then they are forgotten.
 */
export function stored(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

export function keep(name: string, text: string): void {
  try {
    localStorage.setItem(name, text);
  } catch {
    // Full, or forbidden.
  }
}
