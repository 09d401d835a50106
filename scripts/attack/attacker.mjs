// One attack in a process of its own, so that the honest client's times are not the attacker's: attacker.mjs NAME PORT TCPPORT.
// It ends when its standard input does.
import { STRANGERS } from "./strangers.mjs";

const [name, port, tcpPort] = process.argv.slice(2);
STRANGERS[name]({ port: Number(port), tcpPort: Number(tcpPort) });
process.stdin.on("end", () => process.exit()).resume();
process.stdout.write("begun\n");
