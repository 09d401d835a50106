// The few Java classes that the script uses if it can: files, the environment, processes. Which of the two ways to
// reach them works, if any, depends on the script engine of the Bitwig version.
import { textFromBytes } from "./bytes.js";

/**
 * @param {string} name such as "java.io.File"
 * @returns {any} null where the engine gives none
 */
function javaClass(name) {
  try {
    if (typeof Java !== "undefined" && Java.type) return Java.type(name);
  } catch (_error) {
    // The other way may work.
  }
  try {
    if (typeof Packages === "undefined") return null;
    var found = Packages;
    var parts = name.split(".");
    for (var i = 0; i < parts.length; i++) found = found[parts[i]];
    return typeof found === "undefined" ? null : found;
  } catch (_error) {
    return null;
  }
}

/** @param {string} name */
export function environment(name) {
  var System = javaClass("java.lang.System");
  var value = System ? System.getenv(name) : null;
  return value === null || typeof value === "undefined" ? "" : String(value);
}

export function userFolder() {
  var System = javaClass("java.lang.System");
  var value = System ? System.getProperty("user.home") : null;
  return value === null || typeof value === "undefined" ? "" : String(value);
}

/**
 * A small file's text.
 * @param {string} path
 * @returns {string | null} null if it is missing or cannot be reached
 */
export function readFile(path) {
  var File = javaClass("java.io.File");
  var Files = javaClass("java.nio.file.Files");
  if (!File || !Files) return null;
  try {
    var file = new File(path);
    return file.isFile() ? textFromBytes(Files.readAllBytes(file.toPath())) : null;
  } catch (_error) {
    return null;
  }
}

/**
 * Start a program and leave it alone.
 * @param {string[]} command
 * @param {string} home CONTINUO_HOME for it, or empty
 * @param {string} log where what it prints goes, so that it never waits for a reader
 * @throws what Java throws
 */
export function startProgram(command, home, log) {
  var ProcessBuilder = javaClass("java.lang.ProcessBuilder");
  var ArrayList = javaClass("java.util.ArrayList");
  var File = javaClass("java.io.File");
  if (!ProcessBuilder || !ArrayList || !File) throw new Error("this Bitwig lets no script start programs");
  var list = new ArrayList();
  for (var i = 0; i < command.length; i++) list.add(command[i]);
  var builder = new ProcessBuilder(list);
  if (home !== "") builder.environment().put("CONTINUO_HOME", home);
  builder.redirectErrorStream(true);
  builder.redirectOutput(new File(log));
  builder.start();
}
