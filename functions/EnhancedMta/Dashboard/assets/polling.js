/**
 * Calls `load` now and again and again; rests while the tab is hidden, and longer when answers are slow or missing, so that a
 * dashboard left open never weighs on the server.
 */
export class Polling {
  #load;
  #every;
  #abort = new AbortController();
  #timer = null;
  #failures = 0;
  #isRunning = false;
  #hasLoaded = false;
  #isAskedAgain = false;
  #wakes = () => {
    if (!document.hidden && !this.#isRunning) this.now();
  };

  constructor(load, every) {
    this.#load = load;
    this.#every = every;
    document.addEventListener("visibilitychange", this.#wakes);
    this.now();
  }

  /** At once, and then every so often again. */
  async now() {
    clearTimeout(this.#timer);
    // Asked for meanwhile, another page for example: what is under way may not be what is wanted any more.
    if (this.#isRunning) this.#isAskedAgain = true;
    // Nothing is asked for a hidden tab; it wakes when it is shown. Its first view is loaded, though: it may be opened in the background.
    if (this.#abort.signal.aborted || this.#isRunning || (document.hidden && this.#hasLoaded)) return;
    this.#isRunning = true;
    const began = performance.now();
    try {
      await this.#load(this.#abort.signal);
      this.#failures = 0;
      this.#hasLoaded = true;
    } catch (failure) {
      if (failure.name !== "AbortError") this.#failures++;
    }
    this.#isRunning = false;
    if (this.#isAskedAgain) {
      this.#isAskedAgain = false;
      this.now();
      return;
    }
    if (this.#abort.signal.aborted || !this.#every || document.hidden) return;
    const rest = Math.max(this.#every, 4 * (performance.now() - began));
    this.#timer = setTimeout(() => this.now(), Math.min(60_000, rest * 2 ** Math.min(this.#failures, 4)));
  }

  stop() {
    clearTimeout(this.#timer);
    this.#abort.abort();
    document.removeEventListener("visibilitychange", this.#wakes);
  }
}
