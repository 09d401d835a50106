// Lists of notes: as texts, their differences, and their overlaps.

/**
 * Names the position of a note: the grid holds one note at each.
 * @param {Note} note
 */
export function positionKey(note) {
  return note.startTick + " " + note.pitch + " " + note.channel;
}

/** @param {Note} note */
export function keyOf(note) {
  return positionKey(note) + " " + note.durationTicks + " " + note.velocity + (note.isMuted ? " muted" : "");
}

/** @param {Note} note */
export function endOf(note) {
  return note.startTick + note.durationTicks;
}

/** @param {Note} note @param {Span} span */
export function startsIn(note, span) {
  return note.startTick >= span.startTick && note.startTick < span.endTick;
}

/** @param {Note} note @param {Span} span */
export function soundsIn(note, span) {
  return note.startTick < span.endTick && endOf(note) > span.startTick;
}

/** @param {Note} a @param {Note} b */
function byPosition(a, b) {
  return a.startTick - b.startTick || a.pitch - b.pitch || a.channel - b.channel;
}

/**
 * The notes as one text, which differs where they do.
 * @param {Note[]} notes
 */
export function textOf(notes) {
  return notes.slice().sort(byPosition).map(keyOf).join("\n");
}

/**
 * A short name of such a text (FNV-1a, 32 bits).
 * @param {string} text
 */
export function shortOf(text) {
  var hash = 0x811c9dc5;
  for (var i = 0; i < text.length; i++) {
    hash ^= text.charCodeAt(i);
    hash = (hash + (hash << 1) + (hash << 4) + (hash << 7) + (hash << 8) + (hash << 24)) >>> 0;
  }
  return hash.toString(16);
}

/** Those of `notes` that are not among `others`. @param {Note[]} notes @param {Note[]} others */
export function without(notes, others) {
  /** @type {{ [key: string]: boolean }} */
  var set = {};
  for (var i = 0; i < others.length; i++) set[keyOf(others[i])] = true;
  return notes.filter(function (note) {
    return !set[keyOf(note)];
  });
}

/**
 * Those of `notes` that share no time with a note of the same pitch and channel among `others`.
 * @param {Note[]} notes @param {Note[]} others
 */
export function clearOf(notes, others) {
  return notes.filter(function (note) {
    return !others.some(function (other) {
      return other.pitch === note.pitch && other.channel === note.channel && soundsIn(other, {
        startTick: note.startTick,
        endTick: endOf(note)
      });
    });
  });
}
