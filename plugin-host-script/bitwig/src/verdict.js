// Reports to the daemon whether the musician kept a fill.
import { inside } from "./fills.js";
import { textOf } from "./notes.js";

/**
 * @typedef {import("./fills.js").Fill} Fill
 * @typedef {import("./stage.js").Action} Action
 * @typedef {import("./stage.js").Stage} Stage
 * @typedef {ReturnType<typeof import("./asking.js").createAsking>} Asking
 */

/** @param {Stage} stage @param {Asking} asking */
export function createVerdict(stage, asking) {
  /** Tell the daemon which candidate was kept. @param {View | null} view @param {Note[]} notes that are there now */
  function accept(view, notes) {
    if (stage.last === null || stage.last.isSettled || stage.last.writtenText === null) return;
    stage.last.isSettled = true;
    // From another clip it can't be seen whether the notes are still there.
    var isThere = view !== null && view.id() === stage.last.writtenId;
    if (isThere && textOf(inside(notes, stage.last.region)) !== stage.last.writtenText) return;
    asking.tell("fill/accept", { jobId: stage.last.jobId, candidate: stage.last.index });
  }

  /** None of a fill's candidates was right. @param {Fill} fill */
  function reject(fill) {
    if (!fill.isSettled) asking.tell("fill/reject", { jobId: fill.jobId });
  }

  return { accept: accept, reject: reject };
}
