// The address says everything: what is shown, filtered and in which window. It can be sent to a colleague, and "back" goes back.

/** What the fragment names: path segments, and parameters. */
export function current() {
  const [path, query = ""] = location.hash.replace(/^#\/?/, "").split("?");
  const segments = path.split("/").filter(Boolean).map((s) => {
    try {
      return decodeURIComponent(s);
    } catch {
      return s;
    }
  });
  return { segments: segments.length ? segments : ["deliveries"], params: Object.fromEntries(new URLSearchParams(query)) };
}

/** The address of a place; parameters without a value are left out. */
export function to(segments, params = {}) {
  const given = new URLSearchParams(Object.entries(params).filter(([, value]) => value !== undefined && value !== null && value !== ""));
  return `#/${segments.map(encodeURIComponent).join("/")}${given.size ? `?${given}` : ""}`;
}

export const sameView = (a, b) => a.segments.join("\n") === b.segments.join("\n");
