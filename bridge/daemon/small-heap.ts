/**
 * The daemon lies beside a DAW for days, so its memory counts for more than its speed, which is the model's.
 */
import { setFlagsFromString } from "node:v8";

/**
 * Keep the space for new objects as small as it begins (1 MB of 16): measured with 64 clients, 20 MB less, and
 * no fill is slower.
 */
export function keepHeapSmall(): void {
  setFlagsFromString("--semi-space-growth-factor=1");
}
