/*
 * Keeps what is shown as it is in the local cloud: asks again every second, with the
 * tag of what it has, so that an answer without news is a few bytes. While the cloud
 * can't be reached it says so and goes on asking; a hidden page asks nothing.
 */

const EVERY_MILLISECONDS = 1000;
const PATIENCE_MILLISECONDS = 10_000;

export class Live {
  /**
   * `onNews(results)` gets, for each URL that is watched, {data} or {error}, whenever
   * one has changed or others are watched; `onState` gets "live", "starting" or "gone".
   */
  constructor({ onNews, onState }) {
    this.onNews = onNews;
    this.onState = onState;
    this.urls = [];
    this.due = false;
    this.known = new Map();
    this.round = 0;
    this.timer = 0;
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) this.ask();
    });
  }

  /** Watch these from now on. */
  watch(urls) {
    this.urls = urls;
    this.due = true;
    for (const url of this.known.keys()) {
      if (!urls.includes(url)) this.known.delete(url);
    }
    this.ask();
  }

  /** Ask now. */
  async ask() {
    clearTimeout(this.timer);
    const round = ++this.round;
    const begun = performance.now();
    const urls = this.urls;
    const answers = await Promise.all(urls.map((url) => this.#fetch(url)));
    // Somebody has asked since: that answer is newer.
    if (round !== this.round) return;
    const gone = answers.some((answer) => answer === "gone");
    const starting = answers.some((answer) => answer === "starting");
    this.onState(gone ? "gone" : starting ? "starting" : "live");
    if (!gone && !starting && (this.due || answers.includes("news"))) {
      this.due = false;
      this.onNews(urls.map((url) => this.known.get(url)));
    }
    // A cloud that has much to do is asked less often.
    const took = performance.now() - begun;
    const wait = gone ? EVERY_MILLISECONDS : Math.max(EVERY_MILLISECONDS, 5 * took);
    this.timer = setTimeout(() => {
      if (!document.hidden) this.ask();
    }, wait);
  }

  async #fetch(url) {
    const before = this.known.get(url);
    const headers = before?.tag ? { "If-None-Match": before.tag } : {};
    try {
      const answer = await fetch(url, {
        headers,
        cache: "no-store",
        signal: AbortSignal.timeout(PATIENCE_MILLISECONDS),
      });
      if (answer.status === 304) return "same";
      if (answer.status === 503) return "starting";
      const text = await answer.text();
      if (before?.text === text) return "same";
      const said = JSON.parse(text);
      const error = answer.ok ? undefined : (said.error?.message ?? answer.statusText);
      this.known.set(url, {
        text,
        tag: answer.headers.get("ETag"),
        data: answer.ok ? said : undefined,
        error,
      });
      return "news";
    } catch {
      return "gone";
    }
  }
}

/** Change something; a failure is an Error with the cloud's own words. */
export async function send(method, url, body) {
  const answer = await fetch(url, {
    method,
    headers: body === undefined ? {} : { "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (answer.ok) return;
  let message = answer.statusText;
  try {
    message = (await answer.json()).error.message;
  } catch {
    // It has no words of its own.
  }
  throw new Error(message);
}
