// JSON-RPC's envelopes around what the methods take and give, as JSON Schema with references to #/$defs/.

const shape = (name) => ({ $ref: `#/$defs/${name}` });

/** What every envelope shares, to be put beside the shapes of the protocol. */
export const COMMON = {
  RpcId: {
    description: "chosen by the client, given back untouched; null where a request could not be read",
    type: ["string", "number", "null"],
    maxLength: 256,
  },
  RpcError: {
    description: "A method's failure: go by the code of its data.",
    type: "object",
    properties: {
      code: { type: "integer", description: "JSON-RPC's own number; -32000 for all that is Continuo's" },
      message: { type: "string" },
      data: shape("ErrorEntry"),
    },
    required: ["code", "message", "data"],
  },
  RpcFailure: {
    description: "The answer of a method that failed.",
    type: "object",
    properties: { jsonrpc: { const: "2.0" }, id: shape("RpcId"), error: shape("RpcError"), result: false },
    required: ["jsonrpc", "id", "error"],
  },
};

/**
 * A request of a method; without an id it is a notification, which gets no answer.
 * @param taken  the parameters spelled out, where `params` is a reference to them
 */
export function requestOf({ name, description, params }, taken = params) {
  // What may be empty may be left out.
  const needsParams = taken.$ref !== undefined || (taken.required ?? []).length > 0;
  return {
    description,
    type: "object",
    properties: { jsonrpc: { const: "2.0" }, id: shape("RpcId"), method: { const: name }, params },
    required: ["jsonrpc", "method", ...(needsParams ? ["params"] : [])],
    additionalProperties: false,
  };
}

/** The answer of a method that went well. */
export function responseOf({ name, result }) {
  return {
    description: `The answer of ${name}.`,
    type: "object",
    properties: { jsonrpc: { const: "2.0" }, id: shape("RpcId"), result, error: false },
    required: ["jsonrpc", "id", "result"],
  };
}

/** What the daemon tells by itself. */
export function messageOf({ name, description, params }) {
  return {
    description,
    type: "object",
    properties: { jsonrpc: { const: "2.0" }, method: { const: name }, params },
    required: ["jsonrpc", "method", "params"],
  };
}

/** One of them, or a list of them: a batch. */
export function orBatch(one, limit) {
  return { anyOf: [one, { type: "array", items: one, minItems: 1, maxItems: limit }] };
}
