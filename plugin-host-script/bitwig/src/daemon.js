// Reaches the daemon: finds it, starts it if it is not running, greets it. One connection, opened again if it is lost.
import { openConnection } from "./connection.js";
import { findDaemon, findProgram, homeFolder } from "./home.js";
import { startProgram } from "./java.js";

var PROTOCOL_VERSION = 1;
/** Bitwig says nothing where nobody listens, so silence decides. */
var CONNECT_MS = 1500;
var GREET_MS = 5000;
var LOOK_MS = 300;
var START_MS = 30000;

var START_IT = 'Start it by "continuo serve --detach".';

/**
 * @typedef {import("./connection.js").Connection} Connection
 * @typedef {(problem: string | null, connection: Connection | null) => void} Ready
 */

/**
 * @param {Desk} desk
 * @param {Preferences} preferences
 * @param {(method: string, params: any) => void} notified
 * @param {() => void} lost
 */
export function createDaemon(desk, preferences, notified, lost) {
  /** @type {Connection | null} */
  var connection = null;
  var attempts = 0;

  function place() {
    var folder = homeFolder(desk.isWindows(), preferences.home());
    var found = findDaemon(folder);
    var port = preferences.port() || (found ? found.port : 0);
    var token = preferences.token() || (found ? found.token : "");
    return { folder: folder, port: port, token: token };
  }

  /**
   * One attempt. @param {number} port @param {string} token
   * @param {(problem: string | null, isNobody: boolean, connection: Connection | null) => void} done
   */
  function connect(port, token, done) {
    attempts += 1;
    var attempt = attempts;
    var isOver = false;
    var isGreeting = false;

    /** @type {(problem: string | null, isNobody: boolean, connection: Connection | null) => void} */
    function finish(problem, isNobody, made) {
      if (isOver) return;
      isOver = true;
      done(problem, isNobody, made);
    }

    desk.later(CONNECT_MS, function () {
      if (!isGreeting) finish(null, true, null);
    });
    try {
      desk.connect("127.0.0.1", port, function (socket) {
        if (isOver || attempt !== attempts) {
          socket.disconnect();
          return;
        }
        isGreeting = true;
        /** @type {Connection} */
        var made = openConnection(socket, notified, function () {
          if (connection === made) {
            connection = null;
            lost();
          }
          finish(null, true, null);
        });
        desk.later(GREET_MS, function () {
          if (!isOver) made.close();
          finish("Continuo does not answer.", false, null);
        });
        greet(made, token, function (problem) {
          if (problem !== null) made.close();
          finish(problem, false, problem === null ? made : null);
        });
      });
    } catch (_error) {
      finish(null, true, null);
    }
  }

  /** @param {Connection} made @param {string} token @param {(problem: string | null) => void} done */
  function greet(made, token, done) {
    var params = {
      protocolVersion: PROTOCOL_VERSION,
      client: { name: "bitwig", version: CONTINUO_VERSION },
      token: token
    };
    made.request("initialize", params, function (failure, result) {
      if (failure && failure.code === "PROTOCOL_MISMATCH") done(otherProtocol(failure.data.supported));
      else if (failure) done(failure.message + " (" + failure.code + ")");
      else if (result.protocolVersion !== PROTOCOL_VERSION) done(otherProtocol([result.protocolVersion]));
      else done(null);
    });
  }

  /** @param {any} supported */
  function otherProtocol(supported) {
    var theirs = supported instanceof Array ? supported.join(", ") : String(supported);
    return (
      "This script speaks protocol " + PROTOCOL_VERSION + ", the daemon " + theirs +
      ': run "continuo install bitwig" again and restart both.'
    );
  }

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
  function startAndWait(isGivenUp, ready) {
    var problem = start(place().folder);
    if (problem !== null) {
      ready(problem, null);
      return;
    }
    desk.say("Starting Continuo");
    var left = START_MS;
    function look() {
      if (isGivenUp()) return;
      left -= LOOK_MS;
      if (left < 0) {
        ready('Continuo did not start; "continuo doctor" says more.', null);
        return;
      }
      var at = place();
      if (at.port === 0) {
        desk.later(LOOK_MS, look);
        return;
      }
      connect(at.port, at.token, function (why, isNobody, made) {
        if (!isNobody) {
          connection = made;
          ready(why, made);
          return;
        }
        left -= CONNECT_MS;
        desk.later(LOOK_MS, look);
      });
    }
    desk.later(LOOK_MS, look);
  }

  return {
    /**
     * A connection that was greeted.
     * @param {() => boolean} isGivenUp
     * @param {Ready} ready
     */
    reach: function (isGivenUp, ready) {
      if (connection !== null) {
        ready(null, connection);
        return;
      }
      var at = place();
      if (at.port === 0) {
        startAndWait(isGivenUp, ready);
        return;
      }
      connect(at.port, at.token, function (problem, isNobody, made) {
        if (isGivenUp()) {
          if (made) connection = made;
        } else if (isNobody) {
          startAndWait(isGivenUp, ready);
        } else {
          connection = made;
          ready(problem, made);
        }
      });
    },
    /** Tell it something, if it is there. @param {string} method @param {object} params */
    tell: function (method, params) {
      if (connection !== null) connection.request(method, params, function () {});
    },
    close: function () {
      if (connection !== null) connection.close();
      connection = null;
      attempts += 1;
    }
  };
}
