// npm run demo:train: the bundled model learns the style of some drummers for two minutes, then fills in it.
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { prepare } from "./steps/prepare.mjs";
import { heading, main, root, run } from "./steps/run.mjs";

const MUSIC = join("examples", "grooves");
const FOLDER = join("runs", "demo-train");
const [DATA, RUN] = [join(FOLDER, "data"), join(FOLDER, "run")];
const PIECE = join("test", "fixtures", "drummer1-rock-115.mid");
const OUTPUT = join(FOLDER, "filled.mid");

const COMMANDS = [
  ["dataset", "build", MUSIC, "-o", DATA, "--hold-out", "0.3"],
  ["dataset", "info", DATA],
  [
    "train",
    DATA,
    "--from",
    "infill-s",
    "--out",
    RUN,
    "--lr",
    "0.0001",
    "--time",
    "2m",
    "--evaluate-every",
    "20s",
  ],
  [
    "fill",
    PIECE,
    "--track",
    "1",
    "--bars",
    "9-12",
    "--seed",
    "4",
    "--model",
    join(RUN, "model"),
    "-o",
    OUTPUT,
    "--roll",
  ],
];

main(async () => {
  await prepare({ withTraining: true });
  rmSync(join(root, FOLDER), { recursive: true, force: true });
  mkdirSync(join(root, FOLDER), { recursive: true });
  for (const command of COMMANDS) {
    heading(`continuo ${command.join(" ")}`);
    run(process.execPath, [join("dist", "cli.js"), ...command]);
  }
  process.stdout.write(
    `\nThe curve is ${join(root, RUN, "report.html")}: open it in a browser. The filled piece is ${join(root, OUTPUT)}.\n` +
      `Keep the model with: continuo models import ${RUN} --name grooves\n`,
  );
});
