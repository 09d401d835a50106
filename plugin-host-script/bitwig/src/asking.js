// Requests a fill from the daemon, or from the musician in the piano roll.
import { createDaemon } from "./daemon.js";
import { ROLL, inside, isHeard, prepareFill } from "./fills.js";
import { createFollowing } from "./following.js";
import { barsOf } from "./region.js";
import { NOTHING } from "./messages.js";
import { createWatching } from "./watching.js";

/**
 * @typedef {import("./fills.js").Fill} Fill
 * @typedef {import("./stage.js").Action} Action
 * @typedef {import("./stage.js").Stage} Stage
 */

/**
 * @param {Stage} stage
 * @param {(action: Action, result: any) => void} arrived
 */
export function createAsking(stage, arrived) {
  var following = createFollowing(stage, arrived);
  var daemon = createDaemon(stage.parts.desk, stage.parts.preferences, following.notified, function () {
    var action = stage.running();
    if (action === null || !action.isAsking) return;
    stage.finish(action, "Continuo ended meanwhile." + NOTHING + " Try again.");
  });
  var watching = createWatching(stage, daemon, following);

  /**
   * @param {Action} action @param {View} view @param {string} mode @param {Span} region @param {Note[]} notes
   * @param {Fill | null} before the fill of the same region that is requested again
   */
  function ask(action, view, mode, region, notes, before) {
    var fill = newFill(stage, view, mode, region, notes, before);
    action.fill = fill;
    action.isAsking = true;
    following.begin();
    daemon.reach(
      function () {
        return action.isOver;
      },
      function (problem, connection) {
        if (action.isOver) return;
        if (connection === null) {
          stage.finish(action, problem + NOTHING);
          return;
        }
        watching.watch(action);
        if (mode === ROLL) openRoll(action, fill, connection);
        else start(action, fill, connection);
      }
    );
  }

  /** @param {Action} action @param {Fill} fill @param {import("./connection.js").Connection} connection */
  function start(action, fill, connection) {
    stage.say("Filling " + barsOf(fill.region, fill.meter));
    connection.request("fill/start", { request: fill.request }, function (failure, job) {
      started(action, fill, failure, job);
    });
  }

  /** @param {Action} action @param {Fill} fill @param {import("./connection.js").Connection} connection */
  function openRoll(action, fill, connection) {
    var track = fill.view.trackName();
    var where = barsOf(fill.region, fill.meter);
    var params = { title: track === "" ? where : track + ", " + where, request: fill.request };
    connection.request("roll/ask", params, function (failure, job) {
      // From the script's console the address can be copied.
      if (job) stage.say("Waiting for the piano roll... (Cancel gives up) No browser? " + job.url);
      started(action, fill, failure, job);
    });
  }

  /** @param {Action} action @param {Fill} fill @param {any} failure @param {any} job */
  function started(action, fill, failure, job) {
    if (action.isOver) {
      if (job) daemon.tell("fill/cancel", { jobId: job.jobId });
    } else if (failure) {
      stage.finish(action, failure.message + " (" + failure.code + ")." + NOTHING);
    } else {
      fill.jobId = job.jobId;
      following.started(action, job);
    }
  }

  return { ask: ask, tell: daemon.tell, close: daemon.close };
}

/**
 * What the settings and the clip say of a fill.
 * @param {Stage} stage @param {View} view @param {string} mode @param {Span} region @param {Note[]} notes
 * @param {Fill | null} before
 */
function newFill(stage, view, mode, region, notes, before) {
  var settings = stage.parts.settings();
  var sampling = settings.sampling();
  if (before !== null && before.result !== null) sampling.seed = before.result.seed + 1;
  // What the devices do not say, the daemon finds out by the track's name.
  var drums = settings.drums();
  var isDrums = drums === "Yes" || (drums !== "No" && view.hasDrumPads());
  return prepareFill({
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
}
