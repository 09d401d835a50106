// What several messages to the musician say.

export var NOTHING = " Nothing was changed.";
