import { session } from "./session.js";

// dashboard/{version}/api.js → the API's own root, whatever the route prefix.
const root = new URL("../../", import.meta.url);

/** What an answer that is no success says: the API's problem details (RFC 9457), or that there was no answer. */
export class ApiError extends Error {
  constructor(status, problem) {
    super(problem?.detail ?? "");
    this.status = status;
    this.title = problem?.title;
    this.detail = problem?.detail;
    this.errors = problem?.errors ?? [];
  }
}

async function ask(path, options, signal) {
  let response;
  try {
    response = await fetch(new URL(path, root), {
      ...options,
      signal,
      cache: "no-store",
      credentials: "omit",
      redirect: "error",
      headers: { ...options.headers, ...(session.key ? { "x-functions-key": session.key } : {}) },
    });
  } catch (failure) {
    if (failure.name === "AbortError") throw failure;
    throw new ApiError(0);
  }
  const isJson = /\bjson\b/.test(response.headers.get("content-type") ?? "");
  const body = isJson ? await response.json() : null;
  if (!response.ok) throw new ApiError(response.status, body);
  return body;
}

/** `/deliveries/${id}` with each value escaped, and with a query of those parameters that have a value. */
export const address = (parts, query = {}) => {
  const path = parts.map(encodeURIComponent).join("/");
  const given = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== ""));
  return given.size ? `${path}?${given}` : path;
};

export const api = {
  get: (parts, query, signal) => ask(address(parts, query), { method: "GET" }, signal),
  post: (parts, body, signal) =>
    ask(address(parts), { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json" } }, signal),
};

/** Null instead of an error for what a server does not have. */
export const orNull = (promise) =>
  promise.catch((error) => {
    if (error.status === 404) return null;
    throw error;
  });
