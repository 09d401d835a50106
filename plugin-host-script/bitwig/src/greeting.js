// One attempt to connect to the daemon and to greet it.
import { openConnection } from "./connection.js";

var PROTOCOL_VERSION = 1;
/** Bitwig says nothing where nobody listens, so silence decides. */
export var CONNECT_MS = 1500;
var GREET_MS = 5000;

/**
 * @typedef {import("./connection.js").Connection} Connection
 * @typedef {(problem: string | null, isNobody: boolean, connection: Connection | null) => void} Attempted
 * @typedef {{
 *   port: number, token: string,
 *   notified: (method: string, params: any) => void,
 *   isCurrent: () => boolean, lost: (connection: Connection) => void
 * }} Attempt
 */

/**
 * @param {Desk} desk
 * @param {Attempt} attempt `isCurrent`: no later attempt was made
 * @param {Attempted} attempted called once
 */
export function connectAndGreet(desk, attempt, attempted) {
  var isOver = false;
  var isGreeting = false;

  /** @type {Attempted} */
  function finish(problem, isNobody, made) {
    if (isOver) return;
    isOver = true;
    attempted(problem, isNobody, made);
  }

  /** @param {RemoteConnection} socket */
  function connected(socket) {
    if (isOver || !attempt.isCurrent()) {
      socket.disconnect();
      return;
    }
    isGreeting = true;
    /** @type {Connection} */
    var made = openConnection(socket, attempt.notified, function () {
      attempt.lost(made);
      finish(null, true, null);
    });
    desk.later(GREET_MS, function () {
      if (!isOver) made.close();
      finish("Continuo does not answer.", false, null);
    });
    greet(made, attempt.token, function (problem) {
      if (problem !== null) made.close();
      finish(problem, false, problem === null ? made : null);
    });
  }

  desk.later(CONNECT_MS, function () {
    if (!isGreeting) finish(null, true, null);
  });
  try {
    desk.connect("127.0.0.1", attempt.port, connected);
  } catch (_error) {
    finish(null, true, null);
  }
}

/** @param {Connection} connection @param {string} token @param {(problem: string | null) => void} done */
function greet(connection, token, done) {
  var params = {
    protocolVersion: PROTOCOL_VERSION,
    client: { name: "bitwig", version: CONTINUO_VERSION },
    token: token
  };
  connection.request("initialize", params, function (failure, result) {
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
