// docs/protocol.md: prose with the parts that the table knows better put in.

/**
 * @param template  prose with {{methods}}, {{notifications}}, {{shapes}}, {{limits}}, {{statuses}}, and others
 */
export function protocolPage(template, { methods, notifications, shapes }, facts) {
  const parts = {
    methods: methods.map((method) => methodSection(method, shapes, facts.examples)).join("\n"),
    notifications: notifications
      .map((entry) => notificationSection(entry, shapes, facts.examples))
      .join("\n"),
    shapes: Object.entries(shapes)
      .map(([name, shape]) => shapeSection(name, shape, shapes))
      .join("\n"),
    limits: limitTable(facts.limits),
    statuses: facts.statuses.map(([status, codes]) => `| ${status} | ${codeList(codes)} |`).join("\n"),
    version: String(facts.protocolVersion),
    handshake: String(facts.limits.handshakeMs / 1000),
    urlKilobytes: String(facts.limits.urlBytes / 1024),
    lines: linesExample(facts.examples),
    frame: frameExample(facts.examples),
  };
  return template.replace(/\{\{(\w+)\}\}/g, (_, name) => {
    if (parts[name] === undefined) throw new Error(`the template asks for ${name}, which there is not`);
    return parts[name].trimEnd();
  });
}

function methodSection({ name, description, params, result }, shapes, examples) {
  const example = examples[`${name.replace("/", "-")}.json`];
  if (example === undefined) throw new Error(`test/contract has no example of ${name}`);
  return [
    `### \`${name}\``,
    "",
    description,
    "",
    `Takes ${typeText(params)}.${fieldTable(params, shapes)}`,
    "",
    `Answers ${typeText(result)}.${fieldTable(result, shapes)}`,
    "",
    "```json",
    example.trimEnd(),
    "```",
    "",
  ].join("\n");
}

function notificationSection({ name, description, params }, shapes, examples) {
  const example = examples[`notifications/${name.replace("/", "-")}.json`];
  if (example === undefined) throw new Error(`test/contract has no example of ${name}`);
  return [
    `### \`${name}\``,
    "",
    `${description} Carries ${typeText(params)}.${fieldTable(params, shapes)}`,
    "",
    "```json",
    example.trimEnd(),
    "```",
    "",
  ].join("\n");
}

function shapeSection(name, shape, shapes) {
  const { description = "" } = shape;
  const what =
    shape.enum === undefined ? "" : ` One of ${shape.enum.map((value) => `\`${value}\``).join(", ")}.`;
  return `### ${name}\n\n${description}${what}${fieldTable(shape, shapes)}\n`;
}

/** The fields of an object that is spelled out; nothing for a reference. */
function fieldTable({ properties, required = [] }) {
  const names = Object.keys(properties ?? {});
  if (names.length === 0) return "";
  const rows = names.map((name) => {
    const schema = properties[name];
    const notes = [
      schema.description,
      rangeText(schema),
      schema.default === undefined ? undefined : `left out: \`${JSON.stringify(schema.default)}\``,
    ].filter((note) => note !== undefined);
    const isOptional = !required.includes(name);
    return `| \`${name}\`${isOptional ? "?" : ""} | ${typeText(schema)} | ${inTable(notes.join("; "))} |`;
  });
  return `\n\n| field | type | |\n|---|---|---|\n${rows.join("\n")}`;
}

function typeText(schema) {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.replace("#/$defs/", "");
    return `[${name}](#${name.toLowerCase()})`;
  }
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${value}\``).join(" or ");
  if (schema.anyOf !== undefined) return schema.anyOf.map(typeText).join(" or ");
  if (schema.prefixItems !== undefined) return `[${schema.prefixItems.map(typeText).join(", ")}]`;
  if (schema.contentEncoding === "base64") return "string, base64";
  if (schema.type === "array") return `list of ${typeText(schema.items)}`;
  if (schema.type !== "object") return schema.type ?? "anything";
  const { properties = {}, required = [], additionalProperties } = schema;
  const names = Object.keys(properties);
  if (names.length > 0) {
    const fields = names.map((name) => (required.includes(name) ? name : `${name}?`));
    return `{ ${fields.join(", ")} }`;
  }
  return additionalProperties ? `object of ${typeText(additionalProperties)}` : "{}";
}

function rangeText({ minimum, exclusiveMinimum, maximum, minItems, maxItems, maxLength, prefixItems }) {
  const number = (value) => value.toLocaleString("en-US", { maximumFractionDigits: 6 });
  if (exclusiveMinimum !== undefined) return `above ${number(exclusiveMinimum)}`;
  const isBounded = maximum !== undefined && maximum !== Number.MAX_SAFE_INTEGER;
  if (minimum === -Number.MAX_SAFE_INTEGER) return undefined;
  if (minimum !== undefined && isBounded) return `${number(minimum)} to ${number(maximum)}`;
  if (minimum !== undefined) return minimum === 0 ? undefined : `${number(minimum)} or more`;
  if (prefixItems !== undefined) return undefined;
  if (maxItems !== undefined) return `${minItems ? `${minItems} to` : "at most"} ${number(maxItems)}`;
  return maxLength === undefined ? undefined : `at most ${number(maxLength)} characters`;
}

const LIMIT_WORDS = {
  bodyBytes: "bytes of a message, on every transport",
  fileCharacters: "characters of a file in base64",
  urlBytes: "bytes of a URL and its headers",
  firstMessageBytes: "bytes of the first message of a connection, before the token is known",
  notes: "notes, of all tracks together",
  tracks: "tracks",
  mapEntries: "tempos, and time signatures",
  candidates: "candidates of a fill",
  connections: "connections",
  queuedJobs: "fills that wait, of all clients",
  queuedJobsOfClient: "fills that wait, of one client",
  batch: "requests of one JSON-RPC batch",
  textCharacters: "characters of a name, an id, a revision",
  handshakeMs: "milliseconds until a connection must have sent `initialize`",
  idleMs:
    "milliseconds from the first byte of a request, frame or message to its last, and of a kept HTTP connection without any",
  waitMs: "milliseconds that `fill/get` waits at most",
};

function limitTable(limits) {
  const rows = Object.entries(limits).map(([name, value]) => {
    const words = LIMIT_WORDS[name];
    if (words === undefined) throw new Error(`scripts/docs/markdown.mjs has no words for the limit ${name}`);
    return `| \`${name}\` | ${value.toLocaleString("en-US")} | ${words} |`;
  });
  return `| limit | | of |\n|---|---|---|\n${rows.join("\n")}`;
}

function linesExample(examples) {
  const { results } = JSON.parse(examples["lines.json"]);
  const { text } = results.find(({ method, result }) => method === "fill/get" && result.state === "done");
  return `\`\`\`\n${text.trimEnd()}\n\`\`\``;
}

function frameExample(examples) {
  const [, { text, hex }] = JSON.parse(examples["frames.json"]);
  return `\`\`\`\n${hex.slice(0, 8)} ${hex.slice(8)}\n         ${text}\n\`\`\``;
}

function codeList(codes) {
  return codes
    .split(", ")
    .map((code) => `\`${code}\``)
    .join(", ");
}

function inTable(text) {
  return text.replaceAll("|", "\\|");
}
