// ReaPack's index.xml (github.com/cfillion/reapack/wiki/Index-Format), from the tags at the head of each script.
const CATEGORY = "Continuo";

/** The tags of a script: lines `-- @name value` before its code. */
function tagsOf({ file, text }) {
  const [head] = text.split(/\n(?!--)/, 1);
  const tags = Object.fromEntries(
    [...head.matchAll(/^-- @(\w+) (.+)$/gm)].map(([, name, value]) => [name, value]),
  );
  for (const name of ["description", "version", "author", "about", "provides"]) {
    if (!tags[name]) throw new Error(`${file} has no tag @${name}`);
  }
  return tags;
}

/**
 * @param scripts     each {file, text}
 * @param releaseUrl  of the folder in which they lie
 */
export function reapackIndex(scripts, releaseUrl) {
  const base = new URL(releaseUrl.endsWith("/") ? releaseUrl : `${releaseUrl}/`);
  if (base.protocol !== "https:") throw new Error(`CONTINUO_RELEASE_URL must be https, not ${base.protocol}`);
  const packages = scripts.map((script) => {
    const tags = tagsOf(script);
    const sections = /^\[main=([\w,]+)\] \.$/.exec(tags.provides)?.[1]?.replaceAll(",", " ");
    if (!sections) throw new Error(`${script.file}: what it provides is not understood`);
    const url = new URL(encodeURIComponent(script.file), base).href;
    return [
      `    <reapack name="${xml(script.file)}" type="script" desc="${xml(tags.description)}">`,
      `      <version name="${xml(tags.version)}" author="${xml(tags.author)}">`,
      `        <changelog><![CDATA[${tags.about}]]></changelog>`,
      `        <source platform="all" main="${xml(sections)}">${xml(url)}</source>`,
      "      </version>",
      "    </reapack>",
    ].join("\n");
  });
  return [
    '<?xml version="1.0" encoding="utf-8"?>',
    '<index version="1" name="Continuo">',
    `  <category name="${CATEGORY}">`,
    ...packages,
    "  </category>",
    "</index>",
    "",
  ].join("\n");
}

const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const xml = (text) => text.replace(/[&<>"]/g, (char) => ENTITIES[char]);
