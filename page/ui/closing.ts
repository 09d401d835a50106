/**
 * Escape closes what was opened over or among other things, and the focus returns to where it was opened.
 */

/** @returns for onKeyDown of what is open: Escape inside closes it, and does nothing else */
export function byEscape(close: () => void): (event: KeyboardEvent) => void {
  return (event) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    event.preventDefault();
    close();
  };
}
