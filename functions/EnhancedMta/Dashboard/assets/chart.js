import { Component, createRef, h } from "./preact.mjs";
import uPlot from "./uPlot.esm.js";
import { date, dayAndHour, hourAndMinute, number } from "./format.js";
import { language, t } from "./language.js";
import { Table } from "./parts.js";

const Height = 220;

const isNewDay = (time, before) => before === undefined || new Date(time * 1000).getDate() !== new Date(before * 1000).getDate();

/** What a canvas must be drawn anew for. */
const look = () => `${document.documentElement.dataset.theme ?? ""} ${matchMedia("(prefers-color-scheme: dark)").matches} ${language.now}`;

/** A colour of the style sheet as the canvas takes it. */
function colour(name) {
  const probe = document.createElement("span");
  probe.style.color = `var(--${name})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

/**
 * Values over time: lines, or bars that stand on each other. Beside the canvas there are a sentence for who cannot see it, and all
 * its figures as a table.
 * props: title, heading ("h3"), note, times (s), seconds (of a point), series [{key, label, values, tone, total}], kind ("bars" or "lines"), format, axis (its
 * format, if another), says (in a sentence), min (of the least value), max, sync (a name: charts of one name show the same moment)
 */
export class TimeChart extends Component {
  #place = createRef();
  #plot = null;
  #look = "";
  #shape = "";
  #resizes = new ResizeObserver(() => this.#fit());

  componentDidMount() {
    this.#draw();
    this.#resizes.observe(this.#place.current);
  }

  componentDidUpdate() {
    if (this.#look !== look() || this.#shape !== this.#shapeNow()) this.#draw();
    else this.#plot.setData(this.#data());
  }

  componentWillUnmount() {
    this.#resizes.disconnect();
    this.#plot?.destroy();
  }

  #shapeNow() {
    return [this.props.kind, this.props.sync, ...this.props.series.map((s) => s.key)].join(" ");
  }

  #fit() {
    const width = this.#place.current?.clientWidth;
    if (this.#plot && width > 0 && width !== this.#plot.width) this.#plot.setSize({ width, height: Height });
  }

  // Bars that stand on each other are drawn from the tallest to the lowest, each over the one before.
  #data() {
    const { times, series, kind } = this.props;
    if (kind !== "bars") return [times, ...series.map((s) => s.values)];
    const sums = series.map((_, at) => times.map((__, point) => series.slice(0, at + 1).reduce((sum, s) => sum + s.values[point], 0)));
    return [times, ...sums.reverse()];
  }

  #draw() {
    this.#plot?.destroy();
    this.#look = look();
    this.#shape = this.#shapeNow();
    const { series, kind, sync } = this.props;
    const quiet = colour("quiet");
    const font = `12px ${getComputedStyle(document.body).fontFamily}`;
    const bars = uPlot.paths.bars({ size: [0.8, 22, 1], align: 1, radius: 0.15 });
    const drawn = kind === "bars"
      ? [...series].reverse().map((s) => ({ fill: colour(s.tone), stroke: colour(s.tone), width: 0, paths: bars, points: { show: false } }))
      : series.map((s) => ({ stroke: colour(s.tone), width: 2, points: { show: false } }));
    this.#plot = new uPlot({
      width: this.#place.current.clientWidth || 400,
      height: Height,
      padding: [10, 24, 0, 0],
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { show: kind !== "bars", size: 7 }, sync: sync ? { key: sync, setSeries: false } : undefined },
      scales: {
        x: { time: true, range: (u, from, to) => [from, (to ?? from) + (kind === "bars" ? this.props.seconds : from === to ? 60 : 0)] },
        y: { range: (u, from, to) => [this.props.min?.(from) ?? 0, this.props.max ?? uPlot.rangeNum(0, Math.max(to ?? 0, 10), 0.12, true)[1]] },
      },
      axes: [
        {
          stroke: quiet, font, grid: { show: false }, ticks: { show: false }, space: 76, gap: 6, size: 30,
          values: (u, splits, axis, space, step) => splits.map((s, i) => (step >= 43_200 || (step >= 7_200 && isNewDay(s, splits[i - 1])) ? date(s * 1000) : hourAndMinute(s * 1000))),
        },
        {
          stroke: quiet, font, grid: { stroke: colour("line"), width: 1 }, ticks: { show: false }, gap: 6, space: 38,
          size: (u, values) => 16 + 7 * Math.max(2, ...(values ?? []).map((v) => v.length)),
          values: (u, splits) => splits.map((s) => (this.props.axis ?? this.props.format)(s)),
        },
      ],
      series: [{}, ...drawn],
      hooks: { setCursor: [(u) => this.setState({ at: u.cursor.idx ?? null })] },
    }, this.#data(), this.#place.current);
  }

  render({ title, heading = "h3", note, times, series, format, says, kind }, { at, isOpen }) {
    const point = at !== null && at !== undefined && at < times.length ? at : null;
    return h("figure", { class: "chart" },
      h("figcaption", null, h(heading, null, title), note && h("p", { class: "quiet" }, note)),
      h("ul", { class: "legend", "aria-hidden": "true" },
        series.map((s) => h("li", { key: s.key }, h("span", { class: `swatch ${s.tone}` }), s.label, " ", h("b", null, point === null ? s.total : format(s.values[point])))),
        h("li", { class: "when" }, point === null ? "" : dayAndHour(times[point] * 1000))),
      h("div", { class: "plot", ref: this.#place, role: "img", "aria-label": `${title}. ${says}` }),
      h("details", { class: "figures", onToggle: (e) => this.setState({ isOpen: e.currentTarget.open }) },
        h("summary", null, t("chart.figures"), h("span", { class: "aside" }, `: ${title}`)),
        isOpen && h(Figures, { title, times, series, format, isSparse: kind === "bars" })));
  }
}

// Points at which nothing happened are left out: a day has 288 of them.
const Figures = ({ title, times, series, format, isSparse }) =>
  h("div", { class: "scroll", tabIndex: 0, role: "region", "aria-label": title },
    h(Table, {
      caption: title,
      rows: times.map((time, at) => ({ time, at })).filter(({ at }) => !isSparse || series.some((s) => s.values[at] > 0)),
      keyOf: (r) => r.time,
      columns: [
        { label: t("time"), header: true, cell: (r) => dayAndHour(r.time * 1000) },
        ...series.map((s) => ({ label: s.label, numeric: true, cell: (r) => format(s.values[r.at]) })),
      ],
    }));

/** Of several figures the last, for a legend. */
export const last = (values) => (values.length ? values[values.length - 1] : null);

export const total = (values) => number(values.reduce((sum, v) => sum + v, 0));
