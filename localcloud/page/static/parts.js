/* What several views are made of. */

import { h } from "./dom.js";
import { age, between, duration, fullTime, number } from "./format.js";

const TONES = {
  busy: ["claimed", "submitting", "submitted", "publishing", "running", "pending", "queued", "cancelling", "updating", "leased"],
  good: ["published", "succeeded", "completed", "served"],
  odd: ["held", "partial", "paused", "partially succeeded", "expired", "resting", "warning", "late"],
  bad: ["failed", "rejected", "cancelled", "unreadable", "set aside", "error", "critical", "alert", "emergency"],
};

/** The address of a view; parameters without a value are left out. */
export function to(view, parameters = {}) {
  const given = Object.entries(parameters).filter(([, value]) => value);
  const query = new URLSearchParams(given).toString();
  return `#/${view}${query ? `?${query}` : ""}`;
}

export function link(text, view, parameters, attributes = {}) {
  return h("a", { href: to(view, parameters), ...attributes }, text);
}

export function heading(title, ...more) {
  return h("div", { class: "heading" }, h("h1", { tabindex: "-1", id: "title" }, title), ...more);
}

/** A state in words, with a colour that says the same. */
export function badge(state) {
  const text = String(state).replace(/^JOB_STATE_/, "").replaceAll("_", " ").toLowerCase();
  const tone = Object.keys(TONES).find((each) => TONES[each].includes(text)) ?? "plain";
  return h("span", { class: `badge ${tone}` }, text);
}

export function ago(time) {
  if (!time) return h("span", { class: "dim" }, "–");
  return h("time", { datetime: time, "data-age": true, title: fullTime(time) }, age(time));
}

/** How long something took, or has taken so far. */
export function took(from, until) {
  if (!from) return h("span", { class: "dim" }, "–");
  if (until) return h("span", { class: "figure" }, duration(between(from, until)));
  return h("time", { datetime: from, "data-since": true, class: "figure" }, duration(Date.now() - Date.parse(from)));
}

/** Let every age on the page be right again. */
export function tick(now = Date.now()) {
  for (const element of document.querySelectorAll("time[data-age]")) {
    write(element, age(element.dateTime, now));
  }
  for (const element of document.querySelectorAll("time[data-since]")) {
    write(element, duration(now - Date.parse(element.dateTime)));
  }
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Rows of a job: a bar while it runs, counts in any case. */
export function progress(job) {
  if (!job || job.rows === null) return h("span", { class: "dim" }, "–");
  const done = job.succeeded + job.failed;
  const label = job.ended
    ? [number(job.succeeded), " ok", job.failed ? [", ", number(job.failed), " failed"] : ""]
    : [number(done), " of ", number(job.rows), " rows"];
  return h(
    "div",
    { class: "progress" },
    h("span", { class: "figure" }, label),
    job.ended ? "" : h("progress", { max: job.rows || 1, value: done, "aria-label": "Rows answered" }),
  );
}

/** A table; a row is {key, cells}, its first cell names it. */
export function table(caption, columns, rows) {
  return h(
    "div",
    { class: "scroll" },
    h(
      "table",
      {},
      h("caption", { class: "hidden" }, caption),
      h("thead", {}, h("tr", {}, columns.map(({ title, kind }) => h("th", { scope: "col", class: kind }, title)))),
      h("tbody", {}, rows.map(({ key, cells }) => h(
        "tr",
        { "data-key": key },
        cells.map((cell, place) => h(place ? "td" : "th", { scope: place ? null : "row", class: columns[place].kind }, cell)),
      ))),
    ),
  );
}

/** Links of which one is chosen. */
export function choice(label, options) {
  return h(
    "nav",
    { class: "choice", "aria-label": label },
    options.map(({ text, href, chosen, count }) => h(
      "a",
      { href, "aria-current": chosen ? "true" : null },
      text,
      count === undefined ? "" : h("span", { class: "count" }, " ", number(count)),
    )),
  );
}

/** The way to the next page, and to the first. */
export function pager(view, parameters, next) {
  if (!next && !parameters.page) return "";
  return h(
    "nav",
    { class: "pager", "aria-label": "Pages" },
    parameters.page ? link("First page", view, { ...parameters, page: "" }) : "",
    next ? link("Next page", view, { ...parameters, page: next }, { rel: "next" }) : h("span", { class: "dim" }, "This is the last page."),
  );
}

/** What to say, and what to do, where nothing is. */
export function empty(title, text, ...commands) {
  return h("div", { class: "empty" }, h("h2", {}, title), h("p", {}, text), commands.map(command));
}

/** A command to copy. */
export function command(text) {
  return h(
    "div",
    { class: "command" },
    h("pre", { tabindex: "0", "aria-label": "Command" }, h("code", {}, text)),
    h("button", { type: "button", class: "quiet", onclick: (event) => copy(event.currentTarget, text) }, "Copy"),
  );
}

async function copy(button, text) {
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  } catch {
    button.textContent = "Not copied";
  }
}

/** Facts as pairs; those without a value are left out. */
export function facts(pairs) {
  return h(
    "dl",
    { class: "facts" },
    pairs
      .filter(([, value]) => value !== "" && value !== null && value !== undefined)
      .map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))),
  );
}

/** Text as it is, in a box that scrolls. */
export function box(label, text) {
  return h("pre", { class: "box", tabindex: "0", role: "region", "aria-label": label }, text);
}

export function json(label, value) {
  return box(label, JSON.stringify(value, null, 2));
}

/** A gs:// URI that leads to where it points. */
export function uri(text) {
  const match = /^gs:\/\/([^/]+)\/(.*)$/s.exec(text ?? "");
  if (!match) return text ?? "";
  const [, bucket, name] = match;
  if (name === "" || name.endsWith("/")) return link(text, "objects", { bucket, prefix: name });
  return link(text, "object", { bucket, name });
}

/** What points a terminal's Google clients at this cloud. */
export function pointing(summary) {
  return `eval "$(${summary.command} env --data ${quoted(summary.folder)})"`;
}

/** The header that lets curl in. */
export function bearer(summary) {
  return `Authorization: Bearer $(${summary.command} token --data ${quoted(summary.folder)})`;
}

export function quoted(text) {
  return /^[A-Za-z0-9_./:=@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
