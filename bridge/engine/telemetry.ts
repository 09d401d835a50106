/**
 * ONNX Runtime's telemetry, off before its library is loaded.
 */

/**
 * What the library reads when it starts. On Windows it sends nothing itself, but writes events that the system may
 * collect; the switch of its own tests is the only one that holds back the first of them. The same list, with the
 * reasons, is in native/model/src/telemetry.rs, which looks again.
 */
const SWITCHES =
  process.platform === "win32"
    ? ["ORT_DISABLE_TELEMETRY", "ORT_RUNNING_UNIT_TESTS"]
    : ["ORT_DISABLE_TELEMETRY"];

/**
 * Off for this process and those that it starts, whatever its environment says. Done here and not by the addon alone
 * because Node guards the environment against its other threads.
 */
export function switchTelemetryOff(): void {
  for (const name of SWITCHES) process.env[name] = "1";
}
