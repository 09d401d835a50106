// Follows a fill until it ends, by the daemon's notifications and answers.
import { ROLL } from "./fills.js";
import { barsOf } from "./region.js";
import { NOTHING } from "./messages.js";

/**
 * @typedef {import("./stage.js").Action} Action
 * @typedef {import("./stage.js").Stage} Stage
 * @typedef {ReturnType<typeof createFollowing>} Following
 */

/**
 * @param {Stage} stage
 * @param {(action: Action, result: any) => void} arrived
 */
export function createFollowing(stage, arrived) {
  /** Fills that ended before the answer that names them. @type {{ [jobId: string]: any }} */
  var early = {};

  /** @param {Action} action @param {any} job */
  function follow(action, job) {
    if (!action.isAsking || action.isOver) return;
    if (job.state === "done") {
      action.isAsking = false;
      arrived(action, job.result);
    } else if (job.state === "cancelled" && action.fill !== null && action.fill.mode === ROLL) {
      stage.finish(action, "The piano roll returned the bars unchanged." + NOTHING);
    } else if (job.state === "failed" || job.state === "cancelled") {
      var error = job.error || { message: "The fill was " + job.state, code: "INTERNAL" };
      stage.finish(action, error.message + " (" + error.code + ")." + NOTHING);
    }
  }

  return {
    /** Nothing has ended yet. */
    begin: function () {
      early = {};
    },
    /** The answer that names the job of a fill. @param {Action} action @param {any} job */
    started: function (action, job) {
      action.quiet = 0;
      follow(action, early[job.jobId] || job);
    },
    follow: follow,
    /** @param {string} method @param {any} params */
    notified: function (method, params) {
      var action = stage.running();
      if (action === null || action.fill === null || !action.isAsking) return;
      if (method === "fill/end" && action.fill.jobId === "") early[params.jobId] = params;
      if (params.jobId !== action.fill.jobId) return;
      action.quiet = 0;
      if (method === "fill/end") follow(action, params);
      if (method !== "fill/progress" || action.fill.mode === ROLL) return;
      var where = barsOf(action.fill.region, action.fill.meter);
      stage.sayNowAndThen("Filling " + where + ": " + Math.round(100 * params.fraction) + " %");
    }
  };
}
