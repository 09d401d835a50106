/**
 * JSON in Lua: Node can read the output, and no input does harm.
 */
import { expect, test } from "vitest";
import { onEachLua, runLua } from "./lua.ts";
import { mutations, randomFrom } from "./random.ts";

const VALUES = [
  0,
  -1,
  2147483646,
  3511274219185729,
  0.05,
  -2.5,
  1e-9,
  1e21,
  true,
  false,
  "",
  "Flöte 🎹 \u0000\u001f\u007f\u2028",
  'a "quoted" \\ back\\slash',
  "line\r\n\ttab",
  [],
  {},
  [[]],
  [1, [2, [3]]],
  { b: 1, a: [{ c: "x" }], "": {}, 'k"ey': false },
];

onEachLua("json", (lua) => {
  test("values go there and back", async () => {
    expect(await runLua(lua, "return input", VALUES)).toEqual(VALUES);
  });

  test("keys are in order, lists stay lists and a fraction has a point", async () => {
    const text = await runLua(lua, "return json.encode({ b = 1, a = json.list(), c = 0.5, d = {} })");
    expect(text).toBe('{"a":[],"b":1,"c":0.5,"d":{}}');
  });

  test("escapes are read as Node reads them, and half a pair is not a character", async () => {
    const text = String.raw`["\u00f6\ud83c\udfb9\/\b\f","\ud83c","\udfb9x","\ud83c\u0041"]`;
    expect(await runLua(lua, "return json.decode(input)", text)).toEqual([
      "ö🎹/\b\f",
      "\ufffd",
      "\ufffdx",
      "\ufffdA",
    ]);
  });

  test("names in another encoding become text that can be sent", async () => {
    expect(await runLua(lua, 'return "Fl\\246te"')).toBe("Fl?te");
  });

  test("invalid numbers are refused", async () => {
    const chunk = `local found = json.list()
      for _, value in ipairs({ 0/0, 1/0, -1/0 }) do found[#found + 1] = pcall(json.encode, value) end
      return found`;
    expect(await runLua(lua, chunk)).toEqual([false, false, false]);
  });

  test("what is not JSON says why", async () => {
    const bad = [
      "",
      " ",
      "{",
      "[1",
      '{"a"}',
      '{"a":}',
      "[1 2]",
      "tru",
      "nul",
      "1 2",
      '"',
      '"\\x"',
      "-",
      "1-2",
      "[1,]",
      "{,}",
      "'a'",
      "[".repeat(100),
      "NaN",
      "1e999",
    ];
    const chunk = `local found = json.list()
      for index, text in ipairs(input) do
        local value, why = json.decode(text)
        found[index] = value == nil and type(why) == "string"
      end
      return found`;
    expect(await runLua(lua, chunk, bad)).toEqual(bad.map(() => true));
  });

  test("broken texts never raise, and those that Node reads are read alike", async () => {
    const random = randomFrom(7);
    const texts = mutations(JSON.stringify(VALUES), 2_000, random);
    const chunk = `local found = json.list()
      for index, text in ipairs(input) do
        local value, why = json.decode(text)
        found[index] = json.encode(value == nil and { why = why } or { value = value })
      end
      return found`;
    const answers = (await runLua(lua, chunk, texts)) as string[];
    expect(answers).toHaveLength(texts.length);
    const read = texts.flatMap((text, index) => {
      const value = parsed(text);
      // A list with null in it ends there, in Lua.
      return value === undefined || /null|e[+]?\d{3}/i.test(text)
        ? []
        : [{ value, answer: answers[index] ?? "" }];
    });
    expect(read.length).toBeGreaterThan(20);
    for (const { value, answer } of read) expect(rounded(JSON.parse(answer))).toEqual(rounded({ value }));
  });
});

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Fourteen digits are what Lua writes; half of a pair is not a character; `{}` and `[]` stay apart. */
function rounded(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (_key, each) =>
    typeof each === "number"
      ? Number(each.toPrecision(12))
      : typeof each === "string"
        ? Buffer.from(each).toString()
        : each,
  );
}
