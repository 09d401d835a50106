// A fill asked of the daemon, and followed until it ends: by the daemon's notifications, and by polling if it is silent.
import { createDaemon } from "./daemon.js";
import { ROLL, inside, isHeard, prepareFill } from "./fills.js";
import { barsOf } from "./region.js";
import { NOTHING } from "./stage.js";

var WATCH_MS = 1000;
/** A job of which nothing is heard is asked for, then given up. */
var ASK_SECONDS = 15;
var GIVE_UP_SECONDS = 45;

/**
 * @typedef {import("./fills.js").Fill} Fill
 * @typedef {import("./stage.js").Run} Run
 * @typedef {import("./stage.js").Stage} Stage
 */

/**
 * @param {Stage} stage
 * @param {(run: Run, result: any) => void} arrived
 */
export function createAsking(stage, arrived) {
  var desk = stage.parts.desk;
  /** Fills that ended before the answer that names them. @type {{ [jobId: string]: any }} */
  var early = {};

  var daemon = createDaemon(desk, stage.parts.preferences, notified, function () {
    var run = stage.running();
    if (run === null || !run.isAsking) return;
    stage.finish(run, "Continuo ended meanwhile." + NOTHING + " Try again.");
  });

  /**
   * @param {Run} run @param {View} view @param {string} mode @param {Span} region @param {Note[]} notes
   * @param {Fill | null} before the fill of the same region that is requested again
   */
  function ask(run, view, mode, region, notes, before) {
    var settings = stage.parts.settings();
    var sampling = settings.sampling();
    if (before !== null && before.result !== null) sampling.seed = before.result.seed + 1;
    // What the devices do not say, the daemon finds out by the track's name.
    var drums = settings.drums();
    var isDrums = drums === "Yes" || (drums !== "No" && view.hasDrumPads());
    var fill = prepareFill({
      view: view,
      mode: mode,
      region: region,
      meter: stage.meter(),
      notes: notes,
      locked: stage.locks.locked(view.id(), inside(notes, region).filter(isHeard)),
      original: before === null || before.mode === ROLL ? null : before.original,
      isOurs: before !== null && before.writtenId === view.id(),
      tempoQpm: stage.parts.transport.tempo().getRaw(),
      isDrums: isDrums || drums === "No" ? isDrums : undefined,
      controls: settings.controls(mode),
      sampling: sampling,
      model: settings.model()
    });
    run.fill = fill;
    run.isAsking = true;
    early = {};
    daemon.reach(
      function () {
        return run.isOver;
      },
      function (problem, connection) {
        if (run.isOver) return;
        if (connection === null) {
          stage.finish(run, problem + NOTHING);
          return;
        }
        watch(run);
        if (mode === ROLL) {
          openRoll(run, fill, connection);
          return;
        }
        stage.say("Filling " + barsOf(region, fill.meter));
        connection.request("fill/start", { request: fill.request }, function (failure, job) {
          started(run, fill, failure, job);
        });
      }
    );
  }

  /** @param {Run} run @param {Fill} fill @param {import("./connection.js").Connection} connection */
  function openRoll(run, fill, connection) {
    var track = fill.view.trackName();
    var where = barsOf(fill.region, fill.meter);
    var params = { title: track === "" ? where : track + ", " + where, request: fill.request };
    connection.request("roll/ask", params, function (failure, job) {
      // From the script's console the address can be copied.
      if (job) stage.say("Waiting for the piano roll... (Cancel gives up) No browser? " + job.url);
      started(run, fill, failure, job);
    });
  }

  /** @param {Run} run @param {Fill} fill @param {any} failure @param {any} job */
  function started(run, fill, failure, job) {
    if (run.isOver) {
      if (job) daemon.tell("fill/cancel", { jobId: job.jobId });
    } else if (failure) {
      stage.finish(run, failure.message + " (" + failure.code + ")." + NOTHING);
    } else {
      fill.jobId = job.jobId;
      run.quiet = 0;
      follow(run, early[job.jobId] || job);
    }
  }

  /** @param {Run} run @param {any} job */
  function follow(run, job) {
    if (!run.isAsking || run.isOver) return;
    if (job.state === "done") {
      run.isAsking = false;
      arrived(run, job.result);
    } else if (job.state === "cancelled" && run.fill !== null && run.fill.mode === ROLL) {
      stage.finish(run, "The piano roll returned the bars unchanged." + NOTHING);
    } else if (job.state === "failed" || job.state === "cancelled") {
      var error = job.error || { message: "The fill was " + job.state, code: "INTERNAL" };
      stage.finish(run, error.message + " (" + error.code + ")." + NOTHING);
    }
  }

  /** @param {string} method @param {any} params */
  function notified(method, params) {
    var run = stage.running();
    if (run === null || run.fill === null || !run.isAsking) return;
    if (method === "fill/end" && run.fill.jobId === "") early[params.jobId] = params;
    if (params.jobId !== run.fill.jobId) return;
    run.quiet = 0;
    if (method === "fill/end") follow(run, params);
    if (method !== "fill/progress" || run.fill.mode === ROLL) return;
    var where = barsOf(run.fill.region, run.fill.meter);
    stage.sayNowAndThen("Filling " + where + ": " + Math.round(100 * params.fraction) + " %");
  }

  /** A job must not be waited for in vain. @param {Run} run */
  function watch(run) {
    desk.later(WATCH_MS, function () {
      if (run.isOver || !run.isAsking) return;
      run.quiet += WATCH_MS / 1000;
      if (run.quiet >= GIVE_UP_SECONDS) {
        stage.finish(run, "Continuo does not answer." + NOTHING);
        daemon.close();
        return;
      }
      if (run.quiet % ASK_SECONDS === 0) inquire(run);
      watch(run);
    });
  }

  /** @param {Run} run */
  function inquire(run) {
    daemon.reach(
      function () {
        return run.isOver;
      },
      function (_problem, connection) {
        if (connection === null || run.fill === null || run.fill.jobId === "") return;
        connection.request("fill/get", { jobId: run.fill.jobId }, function (failure, job) {
          if (failure) return;
          run.quiet = 0;
          follow(run, job);
        });
      }
    );
  }

  return { ask: ask, tell: daemon.tell, close: daemon.close };
}
