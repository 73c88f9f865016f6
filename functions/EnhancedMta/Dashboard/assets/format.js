import { language, t } from "./language.js";

const made = new Map();

/** The language as the browser's owner writes it: en-GB has other times than en-US. */
const region = () => (navigator.languages ?? []).find((tag) => tag.toLowerCase().startsWith(language.now)) ?? language.now;

// Intl objects are costly to make and are asked for at every refresh.
function intl(kind, options) {
  const name = `${language.now} ${kind} ${JSON.stringify(options)}`;
  if (!made.has(name)) made.set(name, new Intl[kind](region(), options));
  return made.get(name);
}

/** The server's clock: the demo's runs ahead of the browser's, and others may be wrong. */
export const clock = {
  ahead: 0,
  learn(time) {
    clock.ahead = new Date(time).getTime() - Date.now();
  },
  now: () => Date.now() + clock.ahead,
};

const None = "–";

export const number = (value) => (value === undefined || value === null ? None : intl("NumberFormat", {}).format(value));

export const compact = (value) =>
  Math.abs(value) < 10_000 ? intl("NumberFormat", { maximumFractionDigits: 2 }).format(value) : intl("NumberFormat", { notation: "compact", maximumFractionDigits: 1 }).format(value);

/** Of 100. One failure among a million never reads as 100 %, nor one success as 0 %. */
export function percent(value) {
  if (value === undefined || value === null) return None;
  const shown = value >= 100 || value <= 0 ? value : Math.min(99.99, Math.max(0.01, Math.round(value * 100) / 100));
  const digits = shown === 100 || shown === 0 ? 0 : 2;
  return intl("NumberFormat", { style: "percent", minimumFractionDigits: digits, maximumFractionDigits: digits }).format(shown / 100);
}

/** For an axis. */
export const wholePercent = (value) => intl("NumberFormat", { style: "percent", maximumFractionDigits: 1 }).format(value / 100);

/** Of 1. */
export const share = (value) => (value === undefined || value === null ? None : percent(value * 100));

const day = (time) => new Date(time).toDateString();

/** The time, with the day unless that is today. */
export function moment(value) {
  if (!value) return None;
  const time = new Date(value);
  return day(time) === day(clock.now())
    ? intl("DateTimeFormat", { hour: "2-digit", minute: "2-digit", second: "2-digit" }).format(time)
    : intl("DateTimeFormat", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" }).format(time);
}

export const fullMoment = (value) => (value ? intl("DateTimeFormat", { dateStyle: "full", timeStyle: "long" }).format(new Date(value)) : "");

export const hourAndMinute = (value) => intl("DateTimeFormat", { hour: "2-digit", minute: "2-digit" }).format(new Date(value));

export const dayAndHour = (value) => intl("DateTimeFormat", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" }).format(new Date(value));

export const date = (value) => (value ? intl("DateTimeFormat", { day: "numeric", month: "short" }).format(new Date(value)) : None);

const steps = [["day", 86_400], ["hour", 3_600], ["minute", 60], ["second", 1]];

/** "in 5 minutes", "2 hours ago", by the server's clock. */
export function relative(value) {
  if (!value) return None;
  const seconds = (new Date(value).getTime() - clock.now()) / 1000;
  const [unit, length] = steps.find(([, l]) => Math.abs(seconds) >= l) ?? ["second", 1];
  return intl("RelativeTimeFormat", { numeric: "auto" }).format(Math.trunc(seconds / length), unit);
}

/** Seconds as one or two units: 450 ms, 12 s, 3 min 20 s, 2 h 5 min, 3 d 4 h. */
export function duration(seconds) {
  if (seconds === undefined || seconds === null) return None;
  const unit = (value, name, digits = 0) =>
    intl("NumberFormat", { style: "unit", unit: name, unitDisplay: "short", maximumFractionDigits: digits }).format(value);
  if (seconds < 1) return unit(Math.round(seconds * 1000), "millisecond");
  if (seconds < 10) return unit(seconds, "second", 1);
  const at = Math.max(0, steps.findIndex(([, l]) => seconds >= l));
  const [name, length] = steps[at];
  const parts = [unit(Math.floor(seconds / length), name)];
  const rest = Math.floor(seconds % length);
  if (steps[at + 1] && rest >= steps[at + 1][1]) parts.push(unit(Math.floor(rest / steps[at + 1][1]), steps[at + 1][0]));
  return parts.join(" ");
}

const periodUnits = { D: 86_400, H: 3_600, M: 60, S: 1 };

/** An ISO 8601 period of days and less, such as P3DT12H. */
export function period(text) {
  const parts = [...(text ?? "").matchAll(/([\d.]+)([DHMS])/g)];
  return parts.length ? duration(parts.reduce((sum, [, count, unit]) => sum + count * periodUnits[unit], 0)) : None;
}

export const bytes = (value) => {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"];
  const at = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, value)) / 3)));
  return intl("NumberFormat", { style: "unit", unit: units[at], unitDisplay: "short", maximumFractionDigits: 1 }).format(value / 1000 ** at);
};

export const bits = (value) => {
  const units = ["bit", "kilobit", "megabit", "gigabit"];
  const at = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, value)) / 3)));
  return t("per.second", { amount: intl("NumberFormat", { style: "unit", unit: units[at], unitDisplay: "short", maximumFractionDigits: 1 }).format(value / 1000 ** at) });
};
