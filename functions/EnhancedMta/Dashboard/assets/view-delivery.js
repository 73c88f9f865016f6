import { h } from "./preact.mjs";
import { api } from "./api.js";
import { clock, duration, number, percent, period, relative } from "./format.js";
import { t } from "./language.js";
import { Breakdowns } from "./breakdowns.js";
import { Chip, Composition, Moment, Notice, Says, Tile } from "./parts.js";
import { SuccessCharts } from "./success-chart.js";
import { ThroughputChoice, ThroughputGraphs, chosen } from "./throughput-graphs.js";
import { to } from "./route.js";

const Hour = 3_600_000;

/** The shortest window that shows the whole delivery, or the longest. */
const usual = (delivery) => {
  const age = clock.now() - new Date(delivery.declared);
  return age < Hour ? "1h" : age < 3 * Hour ? "3h" : "24h";
};

export const delivery = {
  nav: "deliveries",
  every: 3_000,
  title: (place, data) => data?.delivery.label || place.segments[1],
  back: () => ({ href: to(["deliveries"]), text: t("nav.deliveries") }),
  async load(place, signal) {
    const id = place.segments[1];
    const [{ delivery: declared, summary }, forecast] = await Promise.all([
      api.get(["deliveries", id], {}, signal),
      api.get(["deliveries", id, "explain"], {}, signal),
    ]);
    const throughput = await api.get(["deliveries", id, "throughput"], { window: chosen(place.params, usual(declared)).window }, signal);
    return { delivery: declared, summary, forecast, throughput };
  },
  // Every half minute at most: figures that change all the time are no news.
  says({ summary }, memory) {
    if (memory.said && Date.now() - memory.said < 30_000) return null;
    memory.said = Date.now();
    return t("delivery.says", { success: percent(summary.successPercent), delivered: percent(summary.deliveredPercent), failed: number(summary.failed) });
  },
  render: ({ delivery: declared, summary, forecast, throughput }, ui) => [
    h(Facts, { delivery: declared }),
    h(Tabs, { id: declared.deliveryId, at: "summary" }),
    h(Kpis, { summary }),
    h(SuccessCharts, { delivery: declared, summary, throughput }),
    forecast.waiting > 0 && h(Forecast, { forecast, summary }),
    h("section", { "aria-labelledby": "throughput" },
      h("div", { class: "section-head" }, h("h2", { id: "throughput" }, t("nav.throughput")), h(ThroughputChoice, { ui, usual: usual(declared) })),
      h(ThroughputGraphs, { data: throughput, unit: chosen(ui.place.params).unit })),
    h(Breakdowns, { id: declared.deliveryId, summary }),
  ],
};

export const Facts = ({ delivery: d }) =>
  h("p", { class: "facts" },
    h("span", { class: "id" }, d.deliveryId),
    d.status === "Stopped" ? h(Chip, { tone: "warn" }, t("stopped")) : null,
    h(Chip, null, t(d.priority)),
    d.sender && h("span", null, d.sender),
    h("span", null, t("declared"), " ", h(Moment, { at: d.declared })),
    h("span", null, t("validity"), " ", period(d.validityPeriod)));

export const Tabs = ({ id, at }) =>
  h("nav", { class: "tabs", "aria-label": t("delivery") },
    h("a", { href: to(["deliveries", id]), "aria-current": at === "summary" ? "page" : undefined }, t("summary")),
    h("a", { href: to(["deliveries", id, "log"]), "aria-current": at === "log" ? "page" : undefined }, t("log")));

const Kpis = ({ summary: s }) => {
  const toCome = Math.max(0, s.toDeliver - s.relayed);
  const figures = [
    ["to.deliver", number(s.toDeliver)],
    ["sent", number(s.sent)],
    ["failed", number(s.failed)],
    s.hardBounces !== undefined && ["hard.bounces", number(s.hardBounces)],
    s.softBounces !== undefined && ["soft.bounces", number(s.softBounces)],
    ["soft.so.far", number(s.softBounced)],
    ["retried", number(s.retried)],
    ["expired", number(s.expired)],
    ["complaints", number(s.complaints)],
    ["possible.repeats", number(s.possibleRepeats)],
  ].filter(Boolean);
  const times = s.timeToDeliverSeconds;
  return h("section", { class: "kpis", "aria-label": t("summary") },
    h("dl", { class: "headline" },
      h(Tile, { large: true, tone: "good", label: t("success.percent"), value: percent(s.successPercent), note: t("success.note", { count: s.failed, failed: number(s.failed), all: number(s.toDeliver) }) }),
      h(Tile, { large: true, tone: "blue", label: t("delivered.percent"), value: percent(s.deliveredPercent), note: t("delivered.note", { count: s.delivered, delivered: number(s.delivered), all: number(s.toDeliver) }) }),
      times && h(Tile, { large: true, label: t("time.to.deliver"), value: duration(times.p50), note: t("time.percentiles", { p95: duration(times.p95), p99: duration(times.p99) }) }),
      s.estimatedFinish && h(Tile, { large: true, label: t("estimated.finish"), value: h(Moment, { at: s.estimatedFinish }), note: relative(s.estimatedFinish) })),
    h("div", { class: "card" },
      h(Composition, {
        label: t("composition"),
        parts: [
          { key: "delivered", label: t("state.delivered"), count: s.delivered },
          { key: "failed", label: t("failed"), count: s.failed },
          { key: "deferred", label: t("waiting"), count: s.waitingForRetry },
          { key: "queued", label: t("queued"), count: s.queued },
          { key: "to-come", label: t("to.come"), count: toCome },
        ],
      }),
      h("dl", { class: "figures-row" }, figures.map(([key, value]) => h(Tile, { key, label: t(key), value })))));
};

const Forecast = ({ forecast, summary }) =>
  h("section", { class: "card", "aria-labelledby": "forecast" },
    h("h2", { id: "forecast" }, t("forecast")),
    h("div", { class: "forecast" },
      forecast.finish && h(Notice, { tone: "blue" }, h("p", null, t("forecast.finish"), " ", h("b", null, h(Moment, { at: forecast.finish, withDistance: true })))),
      !forecast.finish && summary.waitingForRetry > 0 && h("p", { class: "quiet" }, t("forecast.retries")),
      h(Says, { says: forecast.says })));
