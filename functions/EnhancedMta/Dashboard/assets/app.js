import { h, render } from "./preact.mjs";
import { api } from "./api.js";
import { clock } from "./format.js";
import { t } from "./language.js";
import { Polling } from "./polling.js";
import { current, sameView, to } from "./route.js";
import { session } from "./session.js";
import { Shell } from "./shell.js";
import { SignIn } from "./sign-in.js";
import { viewOf } from "./views.js";

const root = document.getElementById("app");

// All that changes; `draw` shows it. Views are functions of it, so that what is on the page can never disagree with it.
const state = { place: current(), view: null, data: null, error: null, asOf: null, memory: {}, question: null, said: "", shell: {} };

let polling = null;
let shellPolling = null;
// What a place showed last, so that going back shows it at once. By the place that was asked for, not by the address: that changes
// before `hashchange` tells so, and answers that come in between are still the last place's.
const seen = new Map();
const keyOf = (place) => to(place.segments, place.params);

function draw() {
  if (!session.key) {
    render(h(SignIn, { onKey: enter, note: state.note }), root);
    return;
  }
  document.title = `${state.view.title(state.place, state.data)} · Enhanced MTA`;
  render(h(Shell, { state, view: state.view, ui }), root);
}

/** What views may do. */
const ui = {
  get place() {
    return state.place;
  },
  get memory() {
    return state.memory;
  },
  draw,
  refresh: () => polling?.now(),
  /** Other parameters of the same place. */
  show(params) {
    history.replaceState(null, "", to(state.place.segments, { ...state.place.params, ...params }));
    move();
  },
  ask(question) {
    state.question = question;
    draw();
  },
  /** Read out by screen readers; what changes all the time is not. */
  say(text) {
    state.said = text;
    draw();
  },
  signOut() {
    session.forget();
    state.note = null;
    stop();
    draw();
  },
  lookChanged() {
    draw();
  },
};

function move() {
  if (!session.key) return;
  const place = current();
  const isFirst = !state.view;
  const isOther = isFirst || !sameView(place, state.place);
  polling?.stop();
  Object.assign(state, { place, view: viewOf(place), error: null });
  if (isOther) Object.assign(state, { data: seen.get(keyOf(place)) ?? null, asOf: null, memory: {}, question: null });
  polling = new Polling(load, state.view.every ?? 0);
  draw();
  if (!isOther || isFirst) return;
  window.scrollTo(0, 0);
  focusTitle();
}

// Where reading goes on; at the very first the browser's own order is right.
function focusTitle() {
  document.getElementById("title")?.focus({ preventScroll: true });
}

async function load(signal) {
  const { view, place } = state;
  try {
    const data = await view.load(place, signal, state.memory);
    if (signal.aborted) return;
    Object.assign(state, { data, error: null, asOf: clock.now() });
    seen.set(keyOf(place), data);
    if (seen.size > 30) seen.delete(seen.keys().next().value);
    const said = view.says?.(data, state.memory);
    if (said) state.said = said;
    draw();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    fail(error);
    throw error;
  }
}

function fail(error) {
  if (error.status === 401) {
    session.forget();
    stop();
    state.note = t("key.refused");
  } else {
    if (error.status === undefined) console.error(error);
    state.error = error.status === undefined ? { status: 0, title: t("error.page"), detail: error.message } : error;
  }
  draw();
}

// The mode, the alerts and the server's clock, which every view shows.
async function loadShell(signal) {
  try {
    const [health, mode, incidents] = await Promise.all([api.get(["health"], {}, signal), api.get(["mode"], {}, signal), api.get(["incidents"], { limit: 50 }, signal)]);
    clock.learn(health.time);
    state.shell = { health, mode, incidents: incidents.incidents, isConnected: true };
  } catch (error) {
    if (error.name === "AbortError") throw error;
    state.shell = { ...state.shell, isConnected: false };
    if (error.status === 401) fail(error);
    else draw();
    throw error;
  }
  draw();
}

function stop() {
  polling?.stop();
  shellPolling?.stop();
  [polling, shellPolling] = [null, null];
}

function start() {
  stop();
  state.view = null;
  shellPolling = new Polling(loadShell, 10_000);
  move();
}

async function enter(key) {
  session.keep(key);
  try {
    await api.get(["mode"]);
  } catch (error) {
    if (error.status === 401) {
      session.forget();
      return t("key.refused");
    }
    session.forget();
    return error.status === 0 ? t("error.unreachable") : error.title ?? t("error.status", { status: error.status });
  }
  state.note = null;
  start();
  focusTitle();
  return null;
}

session.takeFromAddress();
window.addEventListener("hashchange", () => {
  session.takeFromAddress();
  if (session.key && polling) move();
  else if (session.key) start();
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
if (session.key) start();
else draw();
