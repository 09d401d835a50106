/**
 * The daemon's side of the piano roll: its songs, its page and who may see it.
 */
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import type { Config } from "../instance/config.ts";
import { homeFolder, installFolder } from "../instance/folders.ts";
import type { Jobs } from "./jobs/jobs.ts";
import type { Journal } from "./journal/journal.ts";
import type { Log } from "./log.ts";
import { openBrowser } from "./page/browser.ts";
import { Door } from "./page/door.ts";
import { PageFiles } from "./page/files.ts";
import type { PageOptions } from "./page/routes.ts";
import { addSounds } from "./page/sounds.ts";
import type { RollHandlerOptions } from "./rolls/handlers.ts";
import { Rolls } from "./rolls/rolls.ts";
import { addRolls } from "./rolls/routes.ts";
import { Shelf } from "./rolls/shelf.ts";
import type { WriteProblems } from "./storage/write-problems.ts";
import type { Broadcast } from "./transports/broadcast.ts";

interface PianoRollOptions {
  config: Config;
  env: NodeJS.ProcessEnv;
  log: Log;
  jobs: Jobs;
  journal: Journal | undefined;
  broadcast: Broadcast;
  problems: WriteProblems;
  readToken(): string;
  /** That the daemon listens to, once it does. */
  port(): number;
  pageUrl(): string;
}

export interface PianoRoll {
  methods: RollHandlerOptions;
  page: PageOptions;
  /** What the page reads beside its own files. */
  addResources(app: FastifyInstance): void;
  /** Resolves when the last changes are on the disk. */
  close(): Promise<void>;
}

export function createPianoRoll(options: PianoRollOptions): PianoRoll {
  const { config, env, log, jobs, journal, broadcast, pageUrl } = options;
  const home = homeFolder(env);
  const rolls = new Rolls(new Shelf(join(home, "rolls")), {
    onRemove: (removed) => broadcast.send("roll/removed", { rolls: [...removed], isLimit: true }),
    onDamage: (what) => log.logger.warn({ what }, "a song's files are damaged, or cannot be read"),
    problems: options.problems,
  });
  const door = new Door({ ...options, isSecure: config.tls !== undefined });
  return {
    methods: {
      rolls,
      jobs,
      journal,
      broadcast,
      door,
      pageUrl,
      openBrowser: (url) => {
        openBrowser(url, env).catch((thrown) =>
          log.logger.warn({ reason: String(thrown) }, "no browser was opened"),
        );
      },
      exportFolder: config.exports ?? join(home, "exports"),
    },
    page: { door, files: new PageFiles(join(installFolder(), "dist", "page")) },
    addResources: (app) => {
      addRolls(app, rolls);
      addSounds(app, config.sounds);
    },
    close: () => rolls.close(),
  };
}
