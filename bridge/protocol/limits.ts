/**
 * Caps that hold on every transport, checked before anything is allocated for what they limit.
 */
export const LIMITS = {
  /** Bytes of one message, however it arrives. */
  bodyBytes: 32 * 1024 * 1024,
  /** Characters of a file in base64, so that it fits into a message with the rest. */
  fileCharacters: 30 * 1024 * 1024,
  /** Bytes of a URL, of which Node's default is 16 kB; Ardour's scripts have nothing but URLs. */
  urlBytes: 1024 * 1024,
  /** Bytes of a message before the token was given. */
  firstMessageBytes: 64 * 1024,
  notes: 1_000_000,
  tracks: 4_096,
  /** Of the tempo map, and of the time signatures. */
  mapEntries: 65_536,
  candidates: 64,
  connections: 256,
  /** Jobs that wait, of all clients together and of one. */
  queuedJobs: 512,
  queuedJobsOfClient: 64,
  /** Requests of one JSON-RPC batch. */
  batch: 64,
  textCharacters: 1_024,
  /** Time in which a connection must have said who it is. */
  handshakeMs: 5_000,
  /** Time after which a silent HTTP connection, or half a frame, is closed. */
  idleMs: 30_000,
  /** Longest wait of one `fill/get`. */
  waitMs: 30_000,
} as const;
