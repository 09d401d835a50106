/**
 * The doctor's checks of the hosts: are our scripts installed, and can they start a daemon.
 */
import { existsSync } from "node:fs";
import { toBridgeError } from "../../bridge-error.ts";
import { examineHost, examineProgramFile, type Finding } from "../../install/examine.ts";
import { HOST_NAMES, PLUGIN_FORMATS } from "../../install/host.ts";
import { HOSTS } from "../../install/hosts.ts";
import { thisMachine } from "../../install/machine.ts";
import { thisProgram } from "../../install/program-file.ts";
import { readRecord } from "../../install/record.ts";
import { shippedFolder } from "../install/host.ts";

export function examineHosts(env: NodeJS.ProcessEnv): Finding[] {
  try {
    const record = readRecord(env);
    const machine = thisMachine(env);
    const hosts = HOST_NAMES.flatMap((name) =>
      examineHost(HOSTS[name], machine, shippedFolder(name), record[name] ?? []),
    );
    // The plugin is a choice of its own: nothing is said of formats where it is neither shipped nor installed.
    const formats = PLUGIN_FORMATS.filter(
      (name) => record[name] !== undefined || existsSync(shippedFolder(name)),
    );
    const plugins = formats.flatMap((name) =>
      examineHost(HOSTS[name], machine, shippedFolder(name), record[name] ?? []),
    );
    return [...hosts, ...plugins, examineProgramFile(env, thisProgram(), Object.keys(record).length > 0)];
  } catch (thrown) {
    const { code, message } = toBridgeError(thrown);
    return [{ name: "hosts", state: "broken", detail: message, code }];
  }
}
