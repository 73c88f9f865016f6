import { h } from "./preact.mjs";
import { clock, percent, wholePercent } from "./format.js";
import { t } from "./language.js";
import { TimeChart } from "./chart.js";
import { Empty } from "./parts.js";

const lengths = { "1h": 3_600, "3h": 10_800, "24h": 86_400 };

/** Success % and Delivered % since the delivery began: the sums of what each step of time brought. */
export function courseOf({ delivery, summary, throughput }) {
  const seconds = (time) => new Date(time).getTime() / 1000;
  const began = seconds(delivery.declared);
  const now = clock.now() / 1000;
  const isWhole = throughput?.points?.length && seconds(throughput.points[0].from) <= began && now - began < lengths[throughput.window];
  const steps = isWhole
    ? throughput.points.map((p) => ({ at: seconds(p.from), seconds: throughput.secondsPerPoint, ...p }))
    : [...(summary.byDay ?? []).map((p) => ({ at: p.day ? seconds(p.day) : began, seconds: p.day ? 86_400 : 1, ...p })), ...(summary.byHour ?? []).map((p) => ({ at: seconds(p.hour), seconds: 3_600, ...p }))];
  const all = summary.toDeliver;
  if (!all || steps.length === 0) return null;
  const course = { times: [began], success: [100], delivered: [0] };
  let [failed, delivered] = [0, 0];
  for (const step of steps) {
    failed += step.failed;
    delivered += step.delivered;
    const end = Math.min(step.at + step.seconds, now);
    if (end <= course.times.at(-1)) continue;
    course.times.push(end);
    course.success.push((100 * (all - failed)) / all);
    course.delivered.push((100 * delivered) / all);
  }
  // The totals are exact; breakdowns may lag behind them.
  course.success[course.success.length - 1] = summary.successPercent;
  course.delivered[course.delivered.length - 1] = summary.deliveredPercent;
  return course.times.length > 1 ? course : null;
}

/** Each on its own scale: a loss of 1 % is much for the one, and cannot be seen on the other's. */
export const SuccessCharts = (props) => {
  const course = courseOf(props);
  if (!course) return h("section", { class: "card" }, h("h2", null, t("course.title")), h(Empty, { title: t("course.none") }));
  const { successPercent, deliveredPercent } = props.summary;
  const chart = (key, tone, values, value, note, min) =>
    h("section", { class: "card" }, h(TimeChart, {
      title: t(`course.${key}`),
      heading: "h2",
      note,
      times: course.times,
      kind: "lines",
      format: percent,
      axis: wholePercent,
      min,
      max: 100,
      sync: "course",
      series: [{ key, label: t(`${key}.percent`), values, tone, total: percent(value) }],
      says: t("course.says", { value: percent(value) }),
    }));
  return h("div", { class: "two" },
    chart("success", "success", course.success, successPercent, t("course.success.note"), (least) => Math.max(0, 100 - Math.max(1, Math.ceil((100 - least) * 1.25)))),
    chart("delivered", "delivered-line", course.delivered, deliveredPercent, t("course.delivered.note"), () => 0));
};
