// Where the daemon is: the files of the user's Continuo folder, found by the same rule as the daemon uses, or the
// preferences.
import { environment, readFile, userFolder } from "./java.js";

/**
 * @param {boolean} isWindows
 * @param {string} chosen the preference, or empty
 */
export function homeFolder(isWindows, chosen) {
  if (chosen !== "") return chosen;
  var own = environment("CONTINUO_HOME");
  if (own !== "") return own;
  var roaming = environment("APPDATA");
  if (isWindows && roaming !== "") return roaming + "\\continuo";
  var config = environment("XDG_CONFIG_HOME");
  if (config === "") {
    var user = userFolder();
    if (user === "") return "";
    config = user + "/.config";
  }
  return config + "/continuo";
}

/**
 * @param {string} folder
 * @returns {{ port: number, token: string } | null} null where no daemon has said where it is
 */
export function findDaemon(folder) {
  if (folder === "") return null;
  var text = readFile(folder + "/daemon.json");
  var token = readFile(folder + "/token");
  if (text === null || token === null) return null;
  try {
    var port = JSON.parse(text).tcpPort;
    return typeof port === "number" ? { port: port, token: token.replace(/\s+/g, "") } : null;
  } catch (_error) {
    return null;
  }
}

/**
 * What starts a daemon: two lines, Node and the program, as `continuo install` wrote them.
 * @param {string} folder
 * @returns {string[] | null}
 */
export function findProgram(folder) {
  if (folder === "") return null;
  var text = readFile(folder + "/program.txt");
  if (text === null) return null;
  var lines = text.split(/\r?\n/);
  return lines.length >= 2 && lines[0] !== "" && lines[1] !== "" ? [lines[0], lines[1]] : null;
}
