// Watches for a daemon that has gone silent: asks about the fill, and gives up in the end.
import { NOTHING } from "./messages.js";

var WATCH_MS = 1000;
var ASK_SECONDS = 15;
var GIVE_UP_SECONDS = 45;

/** @typedef {import("./stage.js").Action} Action */

/**
 * @param {import("./stage.js").Stage} stage
 * @param {ReturnType<typeof import("./daemon.js").createDaemon>} daemon
 * @param {import("./following.js").Following} following
 */
export function createWatching(stage, daemon, following) {
  /** @param {Action} action */
  function watch(action) {
    stage.parts.desk.later(WATCH_MS, function () {
      if (action.isOver || !action.isAsking) return;
      action.quiet += WATCH_MS / 1000;
      if (action.quiet >= GIVE_UP_SECONDS) {
        stage.finish(action, "Continuo does not answer." + NOTHING);
        daemon.close();
        return;
      }
      if (action.quiet % ASK_SECONDS === 0) inquire(action);
      watch(action);
    });
  }

  /** @param {Action} action */
  function inquire(action) {
    daemon.reach(
      function () {
        return action.isOver;
      },
      function (_problem, connection) {
        if (connection === null || action.fill === null || action.fill.jobId === "") return;
        connection.request("fill/get", { jobId: action.fill.jobId }, function (failure, job) {
          if (failure) return;
          action.quiet = 0;
          following.follow(action, job);
        });
      }
    );
  }

  return { watch: watch };
}
