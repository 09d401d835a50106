// Starts a daemon, and looks for it until it answers.
import { CONNECT_MS } from "./greeting.js";
import { findProgram } from "./home.js";
import { startProgram } from "./java.js";

var LOOK_MS = 300;
var START_MS = 30000;

var START_IT = 'Start it by "continuo serve --detach".';

/**
 * @typedef {import("./connection.js").Connection} Connection
 * @typedef {(problem: string | null, connection: Connection | null) => void} Ready
 * @typedef {{ folder: string, port: number, token: string }} Address
 */

/**
 * @param {Desk} desk
 * @param {Preferences} preferences
 * @param {() => Address} findAddress
 * @param {(address: Address, attempted: import("./greeting.js").Attempted) => void} connect
 */
export function createStarting(desk, preferences, findAddress, connect) {
  /** @param {string} folder @returns {string | null} why not */
  function start(folder) {
    var program = findProgram(folder);
    if (program === null) return "Continuo is not running. " + START_IT;
    try {
      var command = [program[0], program[1], "serve", "--detach"];
      startProgram(command, preferences.home(), folder + "/bitwig-start.log");
      return null;
    } catch (error) {
      return "Continuo could not be started (" + desk.textOf(error) + "). " + START_IT;
    }
  }

  /** @param {() => boolean} isGivenUp @param {Ready} ready */
  function lookUntilReady(isGivenUp, ready) {
    var left = START_MS;
    function look() {
      if (isGivenUp()) return;
      left -= LOOK_MS;
      if (left < 0) {
        ready('Continuo did not start; "continuo doctor" says more.', null);
        return;
      }
      var address = findAddress();
      if (address.port === 0) {
        desk.later(LOOK_MS, look);
        return;
      }
      connect(address, function (problem, isNobody, connection) {
        if (!isNobody) {
          ready(problem, connection);
          return;
        }
        left -= CONNECT_MS;
        desk.later(LOOK_MS, look);
      });
    }
    desk.later(LOOK_MS, look);
  }

  return {
    /** @param {() => boolean} isGivenUp @param {Ready} ready */
    startAndWait: function (isGivenUp, ready) {
      var problem = start(findAddress().folder);
      if (problem !== null) {
        ready(problem, null);
        return;
      }
      desk.say("Starting Continuo");
      lookUntilReady(isGivenUp, ready);
    }
  };
}
