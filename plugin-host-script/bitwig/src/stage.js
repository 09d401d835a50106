// The state that actions share: the running one, started by a button and ended by one message; the clip; the last
// fill.
import { createAccess } from "./access.js";
import { createLocks } from "./locks.js";

/** Between two words about how far something is. */
var SAY_MS = 700;

/**
 * @typedef {import("./fills.js").Fill} Fill
 * @typedef {{ isOver: boolean, isAsking: boolean, isWriting: boolean, fill: Fill | null, quiet: number }} Action
 * @typedef {{
 *   desk: Desk, preferences: Preferences, settings: () => ScriptSettings, transport: Transport,
 *   clips: { current: (kind: string) => View | null },
 *   copy: (view: View, isGivenUp: () => boolean, done: (problem: string | null) => void) => void
 * }} Parts
 * @typedef {ReturnType<typeof createStage>} Stage
 */

/** @param {Parts} parts */
export function createStage(parts) {
  var desk = parts.desk;
  /** @type {Action | null} */
  var current = null;
  var saidAt = 0;

  /** @returns {Action | null} null where one runs already */
  function begin() {
    if (current !== null) {
      desk.say('It is working; "Cancel" stops it.');
      return null;
    }
    current = { isOver: false, isAsking: false, isWriting: false, fill: null, quiet: 0 };
    saidAt = new Date().getTime();
    return current;
  }

  /** @param {Action} action @param {string} message */
  function finish(action, message) {
    if (action.isOver) return;
    action.isOver = true;
    current = null;
    desk.say(message);
  }

  /** @param {string} text */
  function sayNowAndThen(text) {
    var now = new Date().getTime();
    if (now - saidAt < SAY_MS) return;
    saidAt = now;
    desk.say(text);
  }

  var access = createAccess(parts, finish, sayNowAndThen);

  return {
    parts: parts,
    locks: createLocks(),
    /** The last fill that was answered, written or not. @type {Fill | null} */
    last: null,
    running: function () {
      return current;
    },
    begin: begin,
    finish: finish,
    say: desk.say,
    sayNowAndThen: sayNowAndThen,
    viewFor: access.viewFor,
    isOf: access.isOf,
    meter: access.meter,
    read: access.read,
    spanToRead: access.spanToRead
  };
}
