/**
 * Bitwig's API as Java interfaces, generated from the declarations that the script is checked against: on Nashorn the
 * script gets Java's own methods, numbers, strings and bytes, as in Bitwig.
 */

const PLAIN: Record<string, string> = {
  number: "double",
  boolean: "boolean",
  string: "String",
  void: "void",
  unknown: "Object",
  "string[]": "String[]",
  "number[]": "byte[]",
  "ArrayLike<number>": "byte[]",
};

/** @param declarations  the text of bitwig-api.d.ts @returns the text of Api.java */
export function apiInJava(declarations: string): string {
  const callbacks = new Set<string>();
  const interfaces = [
    ...declarations.matchAll(/^interface (\w+)(?: extends (\w+))? \{(?:\}|\n([\s\S]*?)^\})/gm),
  ].map(([, name = "", parent, body = ""]) => {
    const methods = [...body.matchAll(/^ {2}(\w+)\(([\s\S]*?)\): ([^;]+);$/gm)].map(
      ([, method = "", values = "", result = ""]) =>
        `    ${typeOf(result, callbacks)} ${method}(${parametersOf(values, callbacks)});`,
    );
    const above = parent === undefined ? "" : ` extends ${parent}`;
    return [`  public interface ${name}${above} {`, ...methods, "  }"].join("\n");
  });
  const functions = [...callbacks].map(
    (type) =>
      `  @FunctionalInterface public interface ${nameOf(type)} { void call(${type === "" ? "" : `${type} value`}); }`,
  );
  return ["public final class Api {", ...interfaces, ...functions, "}", ""].join("\n");
}

function parametersOf(text: string, callbacks: Set<string>): string {
  // A callback's own parameter stands in parentheses, and has no comma.
  const parameters = text.split(",").flatMap((each) => (each.trim() === "" ? [] : [each.trim()]));
  return parameters
    .map((each) => {
      const [, name = "", type = ""] = /^(\w+): (.+)$/.exec(each) ?? [];
      return `${typeOf(type, callbacks)} ${name}`;
    })
    .join(", ");
}

function typeOf(type: string, callbacks: Set<string>): string {
  const [isFunction, parameter = ""] = /^\((?:\w+: (.+))?\) => void$/.exec(type) ?? [];
  if (isFunction === undefined) return PLAIN[type] ?? type;
  const of = parameter === "" ? "" : (PLAIN[parameter] ?? parameter);
  callbacks.add(of);
  return nameOf(of);
}

/** Of an interface with one method that gets a value of a type. */
function nameOf(type: string): string {
  return `${type === "" ? "Nothing" : type.replace("[]", "s").replace(/^\w/, (letter) => letter.toUpperCase())}Callback`;
}
