/**
 * One Ardour with a window for all tests of a file, with one session and one daemon; reopened if it has ended.
 */
import { afterAll } from "vitest";
import { type Desk, startDesk } from "../../support/musician.ts";
import { makeSession, type SessionFolder, type SessionSpec } from "./session.ts";
import { type Ardour, openArdour } from "./window.ts";

export interface Stage {
  session: SessionFolder;
  desk: Desk;
  /** The home of the daemon, as Ardour knows it. */
  home: string;
  /** The Ardour that runs, as the last test left it, or as the session was saved. */
  ardour(): Promise<Ardour>;
  /** One that has done nothing yet. */
  freshArdour(options?: { isConfigured: boolean }): Promise<Ardour>;
}

/** What the tests ask for what they need; it is made when it is asked for. */
export function useStage(spec: SessionSpec): () => Promise<Stage> {
  const ends: (() => Promise<void>)[] = [];
  let stage: Promise<Stage> | undefined;
  let running: Ardour | undefined;
  const set = async (): Promise<Stage> => {
    const onEnd = (end: () => Promise<void> | void) => ends.push(async () => end());
    const desk = await startDesk({ model: "infill-s" }, onEnd);
    const session = await makeSession(spec, onEnd);
    const { home } = desk.daemon;
    ends.push(async () => running?.stop());
    const freshArdour: Stage["freshArdour"] = async (options) => {
      await running?.stop();
      running = await openArdour(session, home, options);
      return running;
    };
    const ardour = async () => (running?.isAlive() ? running : freshArdour());
    return { session, desk, home, ardour, freshArdour };
  };
  afterAll(async () => {
    for (const end of ends.reverse()) await end();
  });
  return () => {
    stage ??= set();
    return stage;
  };
}
