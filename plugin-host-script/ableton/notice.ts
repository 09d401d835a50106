/**
 * A reason to stop that the musician should read; nothing was changed.
 */
export class Notice extends Error {
  override readonly name = "Notice";
}
