import { h } from "./preact.mjs";
import { bits, compact, number } from "./format.js";
import { t } from "./language.js";
import { Choice, Empty } from "./parts.js";
import { TimeChart, total } from "./chart.js";

export const windows = ["1h", "3h", "24h"];

const units = ["messages", "bits"];

/** Which window and unit the address asks for. */
export const chosen = (params, usual = "1h") => ({
  window: windows.includes(params.window) ? params.window : usual,
  unit: units.includes(params.unit) ? params.unit : "messages",
});

export const ThroughputChoice = ({ ui, usual }) => {
  const { window, unit } = chosen(ui.place.params, usual);
  return h("div", { class: "choices" },
    h(Choice, { name: "window", label: t("throughput.window"), value: window, options: windows.map((w) => [w, t(`window.${w}`)]), onChange: (w) => ui.show({ window: w }) }),
    h(Choice, { name: "unit", label: t("throughput.unit"), value: unit, options: units.map((u) => [u, t(`unit.${u}`)]), onChange: (u) => ui.show({ unit: u }) }));
};

/** Campaign → Enhanced MTA, and Enhanced MTA → recipients, side by side; a path has the second one only. */
export const ThroughputGraphs = ({ data, unit, outboundOnly, heading }) => {
  if (!data?.points?.length) return h(Empty, { title: t("throughput.none") });
  const { points, secondsPerPoint: seconds, totals, rates } = data;
  const times = points.map((p) => new Date(p.from).getTime() / 1000);
  const inBits = unit === "bits";
  const perHour = (name) => points.map((p) => (p[name] * 3600) / seconds);
  const perSecond = (name) => points.map((p) => (p[name] * 8) / seconds);
  const line = (key, tone, counts, octets) => ({
    key,
    label: t(`throughput.${key}`),
    tone,
    values: inBits ? perSecond(octets) : perHour(counts),
    total: inBits ? bits((totals[octets] * 8) / (seconds * points.length)) : number(totals[counts]),
  });
  const common = { heading, times, seconds, kind: "bars", format: inBits ? bits : compact, sync: "throughput" };
  const relay = h(TimeChart, {
    ...common,
    title: t("throughput.relay"),
    note: inBits ? bits(rates.relay.bitsPerSecond) : t("per.hour", { number: number(Math.round(rates.relay.messagesPerHour)) }),
    series: [line("relayed", "relay", "relayed", "relayedBytes")],
    says: t("throughput.relay.says", { relayed: number(totals.relayed) }),
  });
  const outbound = h(TimeChart, {
    ...common,
    title: t("throughput.outbound"),
    note: inBits
      ? bits(rates.outbound.bitsPerSecond)
      : t("per.hour.errors", { number: number(Math.round(rates.outbound.messagesPerHour)), errors: number(Math.round(rates.outbound.errorsPerHour)) }),
    // A refused message has no octets that went anywhere.
    series: inBits
      ? [line("delivered", "delivered", "delivered", "deliveredBytes")]
      : [line("delivered", "delivered", "delivered"), line("failed", "failed", "failed"), line("deferred", "deferred", "deferred")],
    says: t("throughput.outbound.says", { delivered: number(totals.delivered), failed: number(totals.failed), deferred: number(totals.deferred) }),
  });
  return h("div", { class: outboundOnly ? "" : "two" }, outboundOnly ? null : h("section", { class: "card" }, relay), h("section", { class: "card" }, outbound));
};
