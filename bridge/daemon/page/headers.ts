/**
 * The headers of all the page's files: nothing but the daemon's own files is loaded, shown in a frame, or read by
 * pages of others.
 */

/** @param host  of the request, which was checked; some browsers do not take ws: for 'self' */
export function pageHeaders(host: string | undefined): Record<string, string> {
  const sockets = host === undefined ? "" : ` ws://${host} wss://${host}`;
  const policy = {
    "default-src": "'none'",
    "script-src": "'self' 'wasm-unsafe-eval'",
    "worker-src": "'self' blob:",
    "style-src": "'self'",
    "img-src": "'self' data: blob:",
    "media-src": "'self' blob:",
    "font-src": "'self'",
    "connect-src": `'self'${sockets}`,
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
  };
  return {
    "content-security-policy": Object.entries(policy)
      .map(([directive, sources]) => `${directive} ${sources}`)
      .join("; "),
    "x-frame-options": "DENY",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "midi=(self), autoplay=(self), camera=(), microphone=(), geolocation=()",
  };
}
