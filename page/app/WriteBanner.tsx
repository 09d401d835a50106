/**
 * The warning shown while the daemon cannot write to the disk.
 */
import type { WriteProblem } from "../page-client.ts";

export function WriteBanner({ problems }: { problems: readonly WriteProblem[] }) {
  const [first] = problems;
  if (first === undefined) return null;
  return (
    <div class="banner" role="alert">
      <span class="banner-dot" aria-hidden="true" />
      <p class="grow">
        Your work cannot be saved: {plainReason(first.reason)}.
        <span class="quiet"> Leave this page open; it is saved as soon as that is mended.</span>
      </p>
      <span class="quiet banner-hint">
        <code>{first.file}</code>
      </span>
    </div>
  );
}

/** @param reason  as the system says it, with its code first */
export function plainReason(reason: string): string {
  if (/^(ENOSPC|EDQUOT)\b/.test(reason)) return "the disk is full";
  if (/^(EACCES|EPERM|EROFS)\b/.test(reason)) return "Continuo may not write to its folder";
  return reason;
}
