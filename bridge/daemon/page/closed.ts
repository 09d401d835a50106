/**
 * The small page for who comes without a code that opens.
 */
export const CLOSED_PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <title>Continuo</title>
    <link rel="icon" href="/icon.svg" type="image/svg+xml" />
    <link rel="stylesheet" href="/page.css" />
  </head>
  <body>
    <h1>This address has been used</h1>
    <p>Each address opens the piano roll once, within a minute. Run <code>continuo open</code> again for a new one.</p>
  </body>
</html>
`;
