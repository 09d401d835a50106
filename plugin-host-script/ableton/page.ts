/**
 * A page for Live's modal dialog: light or dark as the system is, Enter for the main button, Escape
 * to cancel. What a page sends is the text that ends the dialog.
 */

const STYLE = `
:root { color-scheme: light dark; --back: #f2f2f2; --text: #111; --field: #fff; --line: #767676; --main: #0b5cad; --on-main: #fff }
@media (prefers-color-scheme: dark) {
  :root { --back: #2a2a2a; --text: #eee; --field: #1b1b1b; --line: #8a8a8a; --main: #ffb454; --on-main: #111 }
}
* { box-sizing: border-box }
html { background: var(--back); color: var(--text); font: 13px/1.4 system-ui, sans-serif }
body { margin: 0; padding: 16px }
h1 { font-size: 15px; margin: 0 0 12px }
p { margin: 0 0 16px; overflow-wrap: anywhere; white-space: pre-line }
.row { display: grid; grid-template-columns: 1fr 150px; gap: 12px; align-items: center; margin-bottom: 8px }
input, select, button { font: inherit; color: inherit; background: var(--field); border: 1px solid var(--line); border-radius: 3px; padding: 4px 6px; width: 100% }
.buttons { display: flex; justify-content: flex-end; gap: 8px; margin-top: 16px }
.buttons button { width: auto; min-width: 90px; padding: 5px 12px }
.main { background: var(--main); border-color: var(--main); color: var(--on-main) }
:focus-visible { outline: 2px solid var(--main); outline-offset: 2px }
`;

/** macOS has WebKit's way to send, Windows WebView2's. */
const SCRIPT = `
function send(value) {
  const message = { method: "close_and_send", params: [JSON.stringify(value)] };
  if (window.webkit?.messageHandlers?.live) window.webkit.messageHandlers.live.postMessage(message);
  else window.chrome?.webview?.postMessage(message);
}
const form = document.querySelector("form");
form.addEventListener("submit", (event) => {
  event.preventDefault();
  send(Object.fromEntries(new FormData(form)));
});
for (const button of document.querySelectorAll("[data-cancel]")) button.addEventListener("click", () => send(null));
const first = form.querySelector("[autofocus]");
first.focus();
first.select?.();
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") send(null);
});
`;

export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => `&#${letter.codePointAt(0)};`);
}

/**
 * @param body   the content of the form
 * @param cancel the label of the button that sends null; without one there is no such button
 */
export function pageHtml(title: string, body: string, buttons: { main: string; cancel?: string }): string {
  const cancel =
    buttons.cancel === undefined
      ? ""
      : `<button type="button" data-cancel>${escaped(buttons.cancel)}</button>`;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
<form>
<h1>${escaped(title)}</h1>
${body}
<div class="buttons">${cancel}<button class="main"${body.includes(" autofocus") ? "" : " autofocus"}>${escaped(buttons.main)}</button></div>
</form>
<script>${SCRIPT}</script>
</html>`;
}
