import { useState } from "preact/hooks";
import { Icon } from "./icons.tsx";

const TOLD_MS = 1_500;

/** Copies a text, and says so. */
export function CopyButton({ text, label }: { text: string; label: string }) {
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), TOLD_MS);
  };
  return (
    <button type="button" class="button button-small" aria-label={label} onClick={copy}>
      <Icon name={isCopied ? "check" : "copy"} size={15} />
      <span aria-live="polite">{isCopied ? "Copied" : "Copy"}</span>
    </button>
  );
}
