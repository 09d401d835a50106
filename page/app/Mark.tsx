/** Continuo's mark: two notes, and the one that follows. */
export function Mark({ size = 26 }: { size?: number }) {
  return (
    <svg class="mark" width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect class="mark-back" width="32" height="32" rx="7" />
      <rect class="mark-note" x="5" y="19" width="7" height="4" rx="1.5" />
      <rect class="mark-note" x="12" y="14" width="6" height="4" rx="1.5" />
      <rect class="mark-new" x="18" y="9" width="9" height="4" rx="1.5" />
    </svg>
  );
}
