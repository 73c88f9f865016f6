import { t } from "./language.js";
import { Empty } from "./parts.js";
import { h } from "./preact.mjs";
import { alerts } from "./view-alerts.js";
import { deliveries } from "./view-deliveries.js";
import { delivery } from "./view-delivery.js";
import { log } from "./view-log.js";
import { message } from "./view-message.js";
import { mode } from "./view-mode.js";
import { path } from "./view-path.js";
import { paths } from "./view-paths.js";
import { throughput } from "./view-throughput.js";
import { warmUp } from "./view-warm-up.js";

/**
 * A view: {nav, every (ms), title(place, data), back(place), load(place, signal, memory), render(data, ui), says(data, memory)}.
 * `load` asks the API, `render` is a function of what came.
 */
export function viewOf({ segments: [first, id, part, last] }) {
  switch (first) {
    case "deliveries":
      return id === undefined ? deliveries : part === undefined ? delivery : part === "log" ? log : part === "messages" && last ? message : unknown;
    case "throughput":
      return throughput;
    case "paths":
      return id === undefined ? paths : path;
    case "warm-up":
      return warmUp;
    case "alerts":
      return alerts;
    case "mode":
      return mode;
    default:
      return unknown;
  }
}

const unknown = {
  title: () => t("unknown.title"),
  load: async () => ({}),
  render: () => h(Empty, { title: t("unknown.text") }),
};
