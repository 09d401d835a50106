/**
 * The doctor's check of ONNX Runtime's telemetry: it is off now, but may have left files earlier.
 */
import { findTelemetryFiles, removeTelemetryFiles } from "../../engine/telemetry-files.ts";
import type { Finding } from "../../install/examine.ts";

/** @param remove  delete what is found */
export function examineTelemetry(env: NodeJS.ProcessEnv, remove: boolean): Finding {
  const name = "telemetry";
  const files = findTelemetryFiles(env);
  if (files === undefined)
    return { name, state: "ok", detail: "ONNX Runtime's is off and has left no files" };
  const what = `${files.names.join(", ")} in ${files.folder}`;
  if (remove) {
    removeTelemetryFiles(files);
    return { name, state: "ok", detail: `ONNX Runtime's is off; deleted ${what}` };
  }
  const detail = `ONNX Runtime's is off, but an earlier version or another program left ${what} (an identifier of this machine and unsent events); continuo doctor --remove-telemetry deletes them`;
  return { name, state: "note", detail };
}
