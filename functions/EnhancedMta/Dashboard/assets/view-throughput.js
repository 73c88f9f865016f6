import { h } from "./preact.mjs";
import { api, orNull } from "./api.js";
import { t } from "./language.js";
import { ThroughputChoice, ThroughputGraphs, chosen } from "./throughput-graphs.js";

export const throughput = {
  nav: "throughput",
  every: 10_000,
  title: () => t("nav.throughput"),
  load: async (place, signal) => ({ throughput: await orNull(api.get(["throughput"], { window: chosen(place.params).window }, signal)) }),
  render: (data, ui) => [
    h("p", { class: "lead" }, t("throughput.lead")),
    h(ThroughputChoice, { ui }),
    h(ThroughputGraphs, { data: data.throughput, unit: chosen(ui.place.params).unit, heading: "h2" }),
  ],
};
