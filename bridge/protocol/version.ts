/**
 * The protocol's own number: raised when a client of the old one could misread an answer of the new.
 */
export const PROTOCOL_VERSION = 1;
