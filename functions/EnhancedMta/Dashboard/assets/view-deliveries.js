import { h } from "./preact.mjs";
import { api } from "./api.js";
import { number } from "./format.js";
import { t } from "./language.js";
import { Chip, Empty, Gauge, Moment, Table } from "./parts.js";
import { Pager } from "./pager.js";
import { to } from "./route.js";

const PageSize = 25;

export const deliveries = {
  nav: "deliveries",
  every: 5_000,
  title: () => t("nav.deliveries"),
  load: (place, signal, memory) =>
    api.get(["deliveries"], { order: "newest", limit: PageSize, search: place.params.search, continuation: Pager.at(memory, place.params) }, signal),
  render: (data, ui) => [
    h("form", { class: "filters", role: "search", onSubmit: (e) => { e.preventDefault(); ui.show({ search: new FormData(e.currentTarget).get("search").trim() }); } },
      h("label", null, h("span", null, t("deliveries.search")), h("input", { type: "search", name: "search", defaultValue: ui.place.params.search ?? "", placeholder: t("deliveries.search.hint") })),
      h("button", { type: "submit" }, t("search"))),
    h("section", { class: "card flush" },
      h(Table, {
        caption: t("nav.deliveries"),
        rows: data.deliveries,
        keyOf: (r) => r.delivery.deliveryId,
        empty: ui.place.params.search ? h(Empty, { title: t("deliveries.none.found") }) : h(Empty, { title: t("deliveries.none") }, t("deliveries.none.how")),
        columns: [
          { label: t("delivery"), header: true, class: "name", cell: Name },
          { label: t("to.deliver"), numeric: true, cell: (r) => number(r.summary.toDeliver) },
          { label: t("sent"), numeric: true, cell: (r) => number(r.summary.sent) },
          { label: t("failed"), numeric: true, cell: (r) => number(r.summary.failed) },
          { label: t("success.percent"), class: "measure", cell: (r) => h(Gauge, { value: r.summary.successPercent, tone: "good" }) },
          { label: t("delivered.percent"), class: "measure", cell: (r) => h(Gauge, { value: r.summary.deliveredPercent, tone: "blue" }) },
          { label: t("course"), cell: Course },
          { label: t("declared"), cell: (r) => h(Moment, { at: r.delivery.declared }) },
        ],
      }),
      h(Pager, { ui, continuation: data.continuation })),
    h("p", { class: "quiet small" }, t("deliveries.percents")),
  ],
};

const Name = ({ delivery }) => [
  h("a", { class: "whole", href: to(["deliveries", delivery.deliveryId]) }, delivery.label || delivery.deliveryId),
  h("span", { class: "under" },
    delivery.label && h("span", { class: "id" }, delivery.deliveryId),
    delivery.priority === "transactional" && h(Chip, null, t("transactional")),
    delivery.status === "Stopped" && h(Chip, { tone: "warn" }, t("stopped"))),
];

/** How far it is, in words. */
function Course({ summary }) {
  const open = summary.queued + summary.waitingForRetry;
  if (summary.relayed === 0) return h(Chip, null, t("course.nothing"));
  if (open > 0) return h(Chip, { tone: summary.queued > 0 ? "blue" : "warn" }, t("course.open", { count: open, number: number(open) }));
  return summary.relayed < summary.toDeliver ? h(Chip, null, t("course.relaying")) : h(Chip, { tone: "good" }, t("course.done"));
}
