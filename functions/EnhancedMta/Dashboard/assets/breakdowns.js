import { h } from "./preact.mjs";
import { compact, moment, number, percent } from "./format.js";
import { t, word } from "./language.js";
import { TimeChart, total } from "./chart.js";
import { Bars, Empty, Gauge, Notice, Table } from "./parts.js";
import { to } from "./route.js";

/** A Summary's totals taken apart: by reason, provider, domain and hour. Each row leads to its messages in the log. */
export const Breakdowns = ({ id, summary }) => [
  summary.asOf && h(Notice, { tone: "plain" }, h("p", null, t("breakdowns.as.of", { time: moment(summary.asOf) }))),
  h("div", { class: "two" },
    h("section", { class: "card" },
      h("h2", null, t("by.reason")),
      h(Bars, {
        caption: t("by.reason"),
        label: t("reason"),
        tone: "bad",
        empty: h(Empty, { title: t("by.reason.none") }),
        rows: summary.failuresByReason.map((f) => ({
          key: f.reason,
          count: f.count,
          label: h("a", { href: to(["deliveries", id, "log"], { status: "Failed", reason: f.reason }) }, word("reason", f.reason) === String(f.reason) ? f.label : word("reason", f.reason)),
          ofErrors: f.percentOfErrors,
          ofProcessed: f.percentOfProcessed,
        })),
        extra: [
          { label: t("of.errors"), numeric: true, cell: (r) => percent(r.ofErrors) },
          { label: t("of.processed"), numeric: true, cell: (r) => percent(r.ofProcessed) },
        ],
      })),
    summary.byHour && h("section", { class: "card" }, h(ByHour, { hours: summary.byHour }))),
  summary.byProvider && h("section", { class: "card" }, h("h2", null, t("by.provider")), h(Places, { caption: t("by.provider"), label: t("provider"), rows: summary.byProvider, name: Provider })),
  summary.byDomain && h("section", { class: "card" },
    h("h2", null, t("by.domain")),
    h(Places, { caption: t("by.domain"), label: t("domain"), rows: summary.byDomain, name: (r) => (r.domain ? h("a", { href: to(["deliveries", id, "log"], { domain: r.domain }) }, r.domain) : t("other.domains")) })),
];

const Provider = (r) => (r.provider === undefined ? t("provider.unknown") : r.provider === "others" ? t("other.providers") : r.provider);

const Places = ({ caption, label, rows, name }) =>
  h(Table, {
    caption,
    rows,
    keyOf: (r) => r.domain ?? r.provider ?? "",
    columns: [
      { label, header: true, class: "name", cell: name },
      { label: t("relayed"), numeric: true, cell: (r) => number(r.relayed) },
      { label: t("state.delivered"), numeric: true, cell: (r) => number(r.delivered) },
      { label: t("failed"), numeric: true, cell: (r) => number(r.failed) },
      { label: t("waiting"), numeric: true, cell: (r) => number(r.waiting) },
      { label: t("deferrals"), numeric: true, cell: (r) => number(r.deferred) },
      { label: t("success.percent"), class: "measure", cell: (r) => h(Gauge, { value: r.successPercent, tone: "good" }) },
      { label: t("delivered.percent"), class: "measure", cell: (r) => h(Gauge, { value: r.deliveredPercent, tone: "blue" }) },
    ],
  });

const ByHour = ({ hours }) => {
  if (hours.length === 0) return h("div", null, h("h2", null, t("by.hour")), h(Empty, { title: t("throughput.none") }));
  const line = (key) => ({ key, label: t(`throughput.${key}`), tone: key, values: hours.map((p) => p[key]), total: total(hours.map((p) => p[key])) });
  const series = [line("delivered"), line("failed"), line("deferred")];
  return h(TimeChart, {
    title: t("by.hour"),
    heading: "h2",
    note: t("by.hour.note"),
    times: hours.map((p) => new Date(p.hour).getTime() / 1000),
    seconds: 3_600,
    kind: "bars",
    format: compact,
    series,
    says: t("throughput.outbound.says", { delivered: series[0].total, failed: series[1].total, deferred: series[2].total }),
  });
};
