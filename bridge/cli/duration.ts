/**
 * Durations as people write them.
 */
import { BridgeError } from "../bridge-error.ts";

const NUMBER = "((?:\\d+\\.?\\d*|\\.\\d+)(?:e[-+]?\\d+)?)";
const DURATION = new RegExp(`^(?:${NUMBER}h)?(?:${NUMBER}m)?(?:${NUMBER}s)?$`, "i");

/**
 * Seconds of "12h", "90m", "30s" or "1h30m".
 * @throws BridgeError DURATION_INVALID
 */
export function parseDuration(text: string): number {
  const [whole, hours, minutes, seconds] = DURATION.exec(text.trim()) ?? [];
  const total = Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds ?? 0);
  if (whole === undefined || !(total > 0 && Number.isFinite(total))) {
    throw new BridgeError(
      "DURATION_INVALID",
      `"${text}" is not a length of time above 0; write 12h, 90m, 30s or 1h30m`,
      {
        data: { value: text },
      },
    );
  }
  return total;
}

/** "2 h 05 min", "3 min 20 s", "12 s". */
export function formatDuration(seconds: number): string {
  const whole = Math.round(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)];
  if (hours > 0) return `${hours} h ${String(minutes).padStart(2, "0")} min`;
  if (minutes > 0) return `${minutes} min ${String(whole % 60).padStart(2, "0")} s`;
  return `${whole} s`;
}
