// Texts that several messages share.

export var NOTHING = " Nothing was changed.";
