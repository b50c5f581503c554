/* Batch prediction jobs, of every project and location. */

import { h } from "./dom.js";
import { last, number } from "./format.js";
import { send } from "./live.js";
import { ago, badge, choice, empty, facts, heading, json, link, pager, pointing, progress, quoted, table, to, took, uri } from "./parts.js";

const ENDED = ["SUCCEEDED", "FAILED", "CANCELLED", "EXPIRED", "PARTIALLY_SUCCEEDED"];

export function activeJobs(counts) {
  return sum(counts, (state) => !ENDED.includes(state.replace("JOB_STATE_", "")));
}

function sum(counts, wanted) {
  return Object.entries(counts).reduce((all, [state, count]) => all + (wanted(state) ? count : 0), 0);
}

export const jobs = {
  title: () => "Jobs",
  urls: (asked) => [`jobs?${new URLSearchParams(asked)}`],
  render(summary, asked, found, app) {
    const all = sum(found.counts, () => true);
    const active = activeJobs(found.counts);
    return [
      heading("Jobs", choice("Which jobs", [
        { text: "All", href: to("jobs"), chosen: !asked.state, count: all },
        { text: "Active", href: to("jobs", { state: "active" }), chosen: asked.state === "active", count: active },
        { text: "Ended", href: to("jobs", { state: "ended" }), chosen: asked.state === "ended", count: all - active },
      ])),
      found.jobs.length ? table(
        "Batch prediction jobs, the newest first",
        [{ title: "Job" }, { title: "State" }, { title: "Rows" }, { title: "Model", kind: "wide" }, { title: "Made", kind: "wide" }, { title: "Took", kind: "right wide" }, { title: "", kind: "right" }],
        found.jobs.map((job) => ({
          key: job.id,
          cells: [
            link(job.displayName || job.id, "job", { id: job.id }, { class: "name" }),
            badge(job.state),
            progress(job),
            [last(job.model), h("div", { class: "dim small" }, job.location)],
            ago(job.createTime),
            took(job.createTime, job.endTime),
            cancelling(job, app),
          ],
        })),
      ) : nothing(summary, asked),
      pager("jobs", asked, found.next),
    ];
  },
  news(before, found) {
    const known = new Map((before?.jobs ?? []).map((each) => [each.id, each]));
    return before ? found.jobs
      .filter((each) => each.ended && known.has(each.id) && !known.get(each.id).ended)
      .map((each) => `Job ${each.displayName}: ${each.state.replace("JOB_STATE_", "").toLowerCase()}`) : [];
  },
};

function cancelling(job, app) {
  if (job.ended || job.state === "JOB_STATE_CANCELLING") return "";
  return h("button", {
    type: "button",
    class: "quiet",
    "aria-label": `Cancel ${job.displayName || job.id}`,
    onclick: () => app.change(() => send("POST", "/admin/state/jobs/cancel", { id: job.id }), `Asked to cancel ${job.displayName || job.id}`),
  }, "Cancel");
}

function nothing(summary, asked) {
  if (asked.state) return empty("No job here", `There is no ${asked.state === "active" ? "active" : "ended"} job.`);
  return empty(
    "No job has been made yet",
    summary.bare
      ? "Point Google's clients at this cloud, and make a batch prediction job as you would on Google Cloud:"
      : "The pipeline makes one for each file that is dropped. Your own code may, too, from a terminal in which you have run:",
    pointing(summary),
  );
}

export const job = {
  title: (asked, found) => found?.displayName || "Job",
  under: "jobs",
  urls: (asked) => [`job?${new URLSearchParams(asked)}`],
  key: (asked) => asked.id,
  render(summary, asked, found, app) {
    const drop = /^([0-9a-f]{32})-/.exec(found.labels.dropbatch_job_key ?? "")?.[1];
    return [
      heading(found.displayName || found.id, badge(found.state), cancelling(found, app)),
      found.error ? h("p", { class: "notice bad" }, `${found.error.message} (code ${found.error.code})`) : "",
      facts([
        ["Rows", progress(found)],
        ["Rows in all", found.rows === null ? "" : number(found.rows)],
        ["Model", found.model],
        ["Location", found.location],
        ["Made", ago(found.createTime)],
        ["Began to run", found.startTime ? ago(found.startTime) : ""],
        ["Ended", found.endTime ? ago(found.endTime) : ""],
        ["Took", took(found.createTime, found.endTime)],
        ["Input", h("ul", { class: "plain" }, found.input.map((each) => h("li", {}, uri(each))))],
        ["Output", found.output ? uri(`${found.output.replace(/\/$/, "")}/`) : ""],
        ["Labels", h("ul", { class: "plain" }, Object.entries(found.labels).map(([name, value]) => h("li", {}, h("code", {}, `${name}=${value}`))))],
        ["Drop", drop && !summary.bare ? link(drop, "drop", { id: drop }) : ""],
        ["Name", h("code", {}, found.name)],
      ]),
      h("h2", {}, "As the API shows it"),
      json("The job's resource", found.resource),
    ];
  },
  news(before, found) {
    return before && before.state !== found.state ? [`${found.displayName}: ${found.state.replace("JOB_STATE_", "").toLowerCase()}`] : [];
  },
};
