/**
 * The small page for visitors without a valid code, in the page's own style.
 */
export const CLOSED_PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <title>Address already used – Continuo</title>
    <link rel="icon" href="/icon.svg" type="image/svg+xml" />
    <link rel="stylesheet" href="/page.css" />
  </head>
  <body>
    <main class="whole">
      <div class="whole-card">
        <img src="/icon.svg" alt="" width="44" height="44" />
        <h1>This address has been used</h1>
        <p class="quiet">
          Each address opens Continuo once, within a minute, so that nobody else can use it. For a new one, run in a terminal:
        </p>
        <div class="command-line"><code>continuo open</code></div>
        <p class="quiet small">Your songs are kept; you will find them under Your songs.</p>
      </div>
    </main>
  </body>
</html>
`;
