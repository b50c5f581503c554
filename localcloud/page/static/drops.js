/* The pipeline's drops, and the story of one. */

import { h } from "./dom.js";
import { between, bytes, clock, duration, number } from "./format.js";
import { ago, badge, bearer, choice, command, empty, facts, heading, json, link, pager, pointing, progress, quoted, table, to, took, uri } from "./parts.js";

export const drops = {
  title: () => "Drops",
  urls: (asked) => [`drops?${new URLSearchParams(asked)}`],
  render(summary, asked, found) {
    if (summary.bare) {
      return [heading("Drops"), empty(
        "This cloud runs without the pipeline",
        "With --bare there are Google's services alone: no functions and no drops. Start it without --bare to see files go from the inbox to their answers.",
        `${summary.command} local --data ${quoted(summary.folder)}`,
      )];
    }
    const { open, ended } = summary.drops;
    return [
      heading("Drops", choice("Which drops", [
        { text: "All", href: to("drops"), chosen: !asked.state, count: open + ended },
        { text: "Under way", href: to("drops", { state: "open" }), chosen: asked.state === "open", count: open },
        { text: "Ended", href: to("drops", { state: "ended" }), chosen: asked.state === "ended", count: ended },
      ])),
      stopped(summary),
      found.drops.length ? list(found.drops) : nothing(summary, asked),
      pager("drops", asked, found.next),
    ];
  },
  // What is worth saying aloud: how drops ended.
  news(before, found) {
    const known = new Map((before?.drops ?? []).map((each) => [each.id, each]));
    return before ? found.drops
      .filter((each) => each.ended && !known.get(each.id)?.ended)
      .map((each) => `${each.name}: ${each.outcome}`) : [];
  },
};

function stopped(summary) {
  const down = summary.pipeline.functions.filter((each) => !each.served);
  if (!down.length) return "";
  return h("p", { class: "notice bad" }, `${down.map((each) => each.name).join(" and ")} can't be reached: `, link("see the logs", "logs"), ".");
}

function list(found) {
  return table(
    "Drops, the newest first",
    [{ title: "File" }, { title: "State" }, { title: "Rows", kind: "wide" }, { title: "Job", kind: "wide" }, { title: "Dropped" }, { title: "Took", kind: "right" }],
    found.map((drop) => ({
      key: drop.id,
      cells: [
        [link(drop.name || drop.id, "drop", { id: drop.id }, { class: "name" }), drop.problem ? h("div", { class: "dim" }, drop.problem) : ""],
        state(drop),
        progress(drop.job),
        drop.job ? link(drop.job.state.replace("JOB_STATE_", "").toLowerCase().replaceAll("_", " "), "job", { id: drop.job.id }) : h("span", { class: "dim" }, "–"),
        ago(drop.dropped),
        took(drop.dropped, drop.endedAt),
      ],
    })),
  );
}

function state(drop) {
  const why = drop.state === "held" ? "waits for its turn" : drop.reason.replaceAll("_", " ");
  return [
    badge(word(drop)),
    why ? h("div", { class: "dim small" }, why) : "",
    drop.ended ? "" : late(drop).map((each) => h("div", { class: "dim small" }, `late: ${each}`)),
  ];
}

/** How a drop ends, or what it is in; one that is late goes on. */
function word(drop) {
  return drop.state === "set_aside" ? drop.state : drop.outcome || drop.state;
}

function late(drop) {
  return drop.late.map((each) => each.replaceAll("_", " "));
}

function nothing(summary, asked) {
  if (asked.state === "open") return empty("Nothing is under way", "Every drop has ended.");
  if (asked.state === "ended") return empty("Nothing has ended yet", "A drop ends with a message to the topic.");
  const { inbox, prefix } = summary.pipeline;
  return empty(
    "No file has been dropped yet",
    "In a terminal, point Google's clients at this cloud, and drop a JSONL file of Gemini requests:",
    pointing(summary),
    `curl -X POST -H "${bearer(summary)}" -T my.jsonl \\\n  'https://storage.googleapis.com/upload/storage/v1/b/${inbox}/o?uploadType=media&name=${prefix}my.jsonl'`,
  );
}

export const drop = {
  title: (asked, found) => found?.name || "Drop",
  under: "drops",
  urls: (asked) => [`drop?${new URLSearchParams(asked)}`],
  key: (asked) => asked.id,
  render(summary, asked, found) {
    const stored = { bucket: found.bucket, name: found.name, generation: found.generation };
    return [
      heading(found.name || found.id, badge(word(found))),
      found.problem ? h("p", { class: "notice bad" }, found.problem) : "",
      found.state === "set_aside" ? setAside(summary, found) : "",
      h("div", { class: "two" }, steps(found), facts([
        ["File", found.name ? link(`gs://${found.bucket}/${found.name}`, "object", stored) : ""],
        ["Size", found.size ? [bytes(found.size), found.rows === null ? "" : `, ${number(found.rows)} rows`] : ""],
        ["Route", found.route],
        ["Model", found.model],
        ["Job", found.job ? [link(found.job.id, "job", { id: found.job.id }), " ", badge(found.job.state)] : ""],
        ["Rows", found.job ? progress(found.job) : ""],
        ["Results", found.output ? uri(found.output) : ""],
        ["Reason", found.reason.replaceAll("_", " ")],
        ["Told of as late", late(found).join(", ")],
        ["Warnings", (found.warnings ?? []).join(", ")],
        ["Drop", h("code", {}, found.id)],
        ["Record", link(found.record, "object", { bucket: found.recordBucket, name: found.record })],
        ["Logs", link("What the functions said of it", "logs", { drop: found.id })],
      ])),
      problems(found.problems ?? []),
      found.message ? [
        h("h2", {}, "Message"),
        json("The message's attributes", found.message.attributes),
        json("The message's data", found.message.data),
      ] : "",
      (found.lateMessages ?? []).map((each) => [
        h("h2", {}, `Message: late, ${each.attributes.reason.replaceAll("_", " ")}`),
        json("A late message's attributes", each.attributes),
        json("A late message's data", each.data),
      ]),
      found.ended && found.outcome !== "rejected" ? [
        h("h2", {}, "Fetch the answers"),
        command(`${summary.command} run --data ${quoted(summary.folder)} -- python examples/fetch_results.py ${quoted(found.output)}`),
      ] : "",
    ];
  },
  news(before, found) {
    if (!before) return [];
    const told = late(found).slice(before.late.length).map((each) => `${found.name}: late, ${each}`);
    return word(before) === word(found) ? told : [...told, `${found.name}: ${word(found).replaceAll("_", " ")}`];
  },
};

function steps(found) {
  const told = found.steps ?? [];
  const first = told[0]?.time;
  return h("section", { "aria-labelledby": "steps" }, h("h2", { id: "steps" }, "Time line"), h(
    "ol",
    { class: "steps" },
    told.map((step, place) => h(
      "li",
      { "data-key": step.step === "late" ? `late: ${step.note}` : step.step, class: step.time ? "done" : "waits" },
      h("span", { class: "step" }, step.step),
      step.note ? h("span", { class: "note" }, step.note.replace("JOB_STATE_", "").toLowerCase()) : "",
      step.time ? h("time", { datetime: step.time, class: "dim" }, clock(step.time)) : h("span", { class: "dim" }, step.until ? `until ${clock(step.until)}` : ""),
      h("span", { class: "figure" }, place && step.time ? `+${duration(between(first, step.time))}` : ""),
    )),
    found.ended || !told.length ? "" : h("li", { "data-key": "…", class: "waits" }, h("span", { class: "step" }, "…"), h("span", { class: "dim" }, found.state === "set_aside" ? "nothing more until it is put back" : "under way")),
  ));
}

function setAside(summary, found) {
  const run = `${summary.command} run --data ${quoted(summary.folder)} --`;
  return h(
    "div",
    { class: "notice bad" },
    "Every try came to an error, which the logs tell of; nothing more is done until it is put back:",
    command(`${run} ${summary.command} requeue ${found.id} --state-bucket ${quoted(found.recordBucket)}`),
  );
}

function problems(found) {
  if (!found.length) return "";
  return [h("h2", {}, "Problems"), table(
    "What is wrong with the file",
    [{ title: "Code" }, { title: "Line", kind: "right" }, { title: "What to do" }],
    found.map((each, place) => ({ key: place, cells: [each.code, each.line ? number(each.line) : "–", each.message] })),
  )];
}

