// npm run demo: from a fresh clone to a filled piece, shown in the terminal.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { prepare } from "./steps/prepare.mjs";
import { heading, main, root, run } from "./steps/run.mjs";

/** Gabriel Fauré, Après un rêve: the cello's melody over the piano; see test/fixtures/README.md. */
const PIECE = join("test", "fixtures", "faure-apres-un-reve.mid");
const OUTPUT = join("runs", "demo", "apres-un-reve-filled.mid");

main(async () => {
  const startMs = performance.now();
  await prepare();
  const buildSeconds = (performance.now() - startMs) / 1000;
  mkdirSync(join(root, "runs", "demo"), { recursive: true });
  const command = [
    "fill",
    PIECE,
    "--track",
    "1",
    "--bars",
    "9-12",
    "--scale",
    "auto",
    "--seed",
    "4",
    "-o",
    OUTPUT,
    "--roll",
  ];
  heading(`continuo ${command.join(" ")}`);
  const fillMs = performance.now();
  run(process.execPath, [join("dist", "cli.js"), ...command]);
  const fillSeconds = (performance.now() - fillMs) / 1000;
  process.stdout.write(
    `\nThe filled piece is ${join(root, OUTPUT)}: open it in a DAW or a MIDI player.\n` +
      `See and hear it in your browser: node dist/cli.js open ${OUTPUT}\n` +
      `Next, npm run demo:train: the model learns a style in two minutes and fills in it.\n` +
      `It took ${fillSeconds.toFixed(2)} s (setting up took ${buildSeconds.toFixed(0)} s, once).\n`,
  );
});
