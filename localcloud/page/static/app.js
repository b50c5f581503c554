/* The shell: which view is shown, what is watched for it, and how the cloud is. */

import { h, morph } from "./dom.js";
import { drop, drops } from "./drops.js";
import { faults } from "./faults.js";
import { number } from "./format.js";
import { activeJobs, job, jobs } from "./jobs.js";
import { listen } from "./keys.js";
import { Live } from "./live.js";
import { logs } from "./logs.js";
import { messages, topics } from "./messages.js";
import { empty, heading, link, tick } from "./parts.js";
import { buckets, object, objects } from "./storage.js";

const VIEWS = { drops, drop, jobs, job, buckets, objects, object, topics, messages, logs, faults };
const STATE = "/admin/state/";
// Screen readers are told at most this often.
const SAY_EVERY_MILLISECONDS = 3000;

const main = document.getElementById("main");
const app = { change, go };
let shown = null;
let summary = null;
let before = null;
let saidAt = -SAY_EVERY_MILLISECONDS;
let saying = 0;
let problem = "";

const live = new Live({ onNews, onState });

/** Which view the address names, and with what. */
function route() {
  const [name, query] = location.hash.replace(/^#\/?/, "").split("?");
  const view = VIEWS[name] ? name : summary?.bare ? "jobs" : "drops";
  return { name: view, view: VIEWS[view], asked: Object.fromEntries(new URLSearchParams(query)) };
}

function go(hash, { replacing = false } = {}) {
  if (replacing) location.replace(hash);
  else location.hash = hash;
}

function follow() {
  const { name, view, asked } = route();
  const key = `${name}:${view.key?.(asked) ?? ""}`;
  const moved = shown !== null && shown.key !== key;
  shown = { name, view, asked, key, moved: moved || (shown?.moved ?? false) };
  if (moved) {
    before = null;
    problem = "";
    window.scrollTo(0, 0);
    draw([h("p", { class: "dim loading" }, "Loading…")]);
  }
  // What a view needs is not known before the cloud is; and one without a pipeline
  // has no drops and no logs to ask for.
  const wanted = !summary || isMissing(name) ? [] : view.urls(asked);
  live.watch([`${STATE}summary`, ...wanted.map((url) => (url.startsWith("/") ? url : STATE + url))]);
}

function onNews([told, found]) {
  if (!told?.data) return;
  const first = summary === null;
  summary = told.data;
  drawSides();
  if (first) return follow();
  const bare = isMissing(shown.name);
  if (found?.error) return draw([heading("Not here"), empty("This is not here (any more)", found.error)]);
  if (!found?.data && !bare) return;
  const kept = shown.view.before?.();
  draw([
    problem ? h("p", { class: "notice bad", role: "alert" }, problem) : "",
    ...shown.view.render(summary, shown.asked, found?.data, app),
  ]);
  shown.view.after?.(kept);
  document.title = `${shown.view.title(shown.asked, found?.data)} – dropbatch local cloud`;
  if (shown.moved) {
    shown.moved = false;
    document.getElementById("title")?.focus({ preventScroll: true });
  }
  if (found?.data) {
    for (const text of shown.view.news?.(before, found.data) ?? []) say(text);
    before = found.data;
  }
}

function isMissing(name) {
  return summary.bare && ["drops", "logs"].includes(name);
}

function draw(content) {
  const fresh = h("div", { "data-key": shown.key, class: `view view-${shown.name}` }, content);
  if (main.firstElementChild) morph(main.firstElementChild, fresh);
  else main.replaceChildren(fresh);
}

function drawSides() {
  const { bare } = summary;
  const here = shown.view.under ?? shown.name;
  const items = [
    ["drops", "Drops", bare ? null : summary.drops.open, "under way"],
    ["jobs", "Jobs", activeJobs(summary.jobs), "active"],
    ["buckets", "Storage", null, ""],
    ["topics", "Messages", summary.messages, "not acknowledged"],
    ["logs", "Logs", null, ""],
    ["faults", "Faults", summary.faultsOn, "on"],
  ];
  const side = document.getElementById("side");
  const fresh = h("ul", {}, items.map(([name, text, count, of]) => h("li", { "data-key": name }, link(
    [text, count ? h("span", { class: `count ${name}` }, number(count), h("span", { class: "hidden" }, ` ${of}`)) : ""],
    name, {}, { "aria-current": name === here ? "page" : null },
  ))));
  if (side.firstElementChild) morph(side.firstElementChild, fresh);
  else side.append(fresh);
  document.getElementById("where").textContent = `${summary.project}${bare ? " · bare" : ""} · ${summary.folder}`;
}

function onState(state) {
  const pill = document.getElementById("live");
  if (pill.dataset.state === state) return;
  pill.dataset.state = state;
  document.getElementById("live-text").textContent = { live: "Live", starting: "Starting…", gone: "Not running" }[state];
  const gone = document.getElementById("gone");
  gone.hidden = state !== "gone";
  gone.textContent = "";
  if (state === "gone") {
    const again = summary ? `${summary.command} local --data ${summary.folder}${summary.bare ? " --bare" : ""}` : "dropbatch local";
    gone.append(h("strong", {}, "The local cloud can't be reached."), " What you see is how it was. Start it again with ", h("code", {}, again), ": this page goes on by itself.");
  }
  if (state === "live" && summary) say("The local cloud is back");
}

async function change(work, done) {
  try {
    await work();
    problem = "";
    say(done);
  } catch (error) {
    problem = error instanceof TypeError ? "The local cloud can't be reached." : error.message;
    live.known.clear();
  }
  await live.ask();
}

/** Tell screen readers; of what comes too fast for them, the last. */
function say(text) {
  clearTimeout(saying);
  saying = setTimeout(() => {
    saidAt = performance.now();
    document.getElementById("says").textContent = text;
  }, Math.max(0, saidAt + SAY_EVERY_MILLISECONDS - performance.now()));
}

addEventListener("hashchange", follow);
setInterval(tick, 1000);
listen(app);
follow();

