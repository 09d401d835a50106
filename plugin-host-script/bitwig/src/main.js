// Continuo in Bitwig Studio. What Bitwig calls: init, flush and exit, by their names.
import "./define.js";
import { createClips } from "./clips.js";
import { createCopier } from "./copy.js";
import { createDesk } from "./desk.js";
import { createPreferences } from "./preferences.js";
import { createSession } from "./session.js";
import { createSettings } from "./settings.js";

/** @type {ReturnType<typeof createSession> | null} */
var session = null;

export function init() {
  var desk = createDesk(host);
  var preferences = createPreferences(host);
  var transport = host.createTransport();
  transport.tempo().markInterested();
  transport.timeSignature().numerator().markInterested();
  transport.timeSignature().denominator().markInterested();
  /** @type {ScriptSettings} */
  var settings;
  var made = createSession({
    desk: desk,
    preferences: preferences,
    transport: transport,
    clips: createClips(host, desk, preferences),
    copy: createCopier(host, desk, preferences),
    settings: function () {
      return settings;
    }
  });
  settings = createSettings(host, desk, {
    Fill: made.fill,
    "Fill again": made.again,
    Continue: made.continueOn,
    Vary: made.vary,
    Humanize: made.humanize,
    "Fill in the roll...": made.roll,
    "Keep these notes": made.keep,
    Cancel: made.cancel
  });
  session = made;
}

export function flush() {}

export function exit() {
  if (session !== null) session.close();
  session = null;
}
