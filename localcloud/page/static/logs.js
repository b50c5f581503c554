/* What the functions print, as it comes. */

import { h } from "./dom.js";
import { clock } from "./format.js";
import { badge, empty, heading, link, quoted, to } from "./parts.js";

// What every poll says, each second: left out unless somebody asks for it.
const POLLS = "tick,open_drops";
const SEVERITIES = ["DEFAULT", "INFO", "WARNING", "ERROR"];

export const logs = {
  title: () => "Logs",
  urls: (asked) => [`logs?${new URLSearchParams({ without: POLLS, ...asked })}`],
  render(summary, asked, found, app) {
    if (summary.bare) {
      return [heading("Logs"), empty(
        "This cloud runs without functions",
        "With --bare there are Google's services alone. Start it without --bare to see the pipeline's functions at work.",
        `${summary.command} local --data ${quoted(summary.folder)}`,
      )];
    }
    const choose = (change) => app.go(to("logs", { ...asked, ...change }));
    return [
      heading("Logs"),
      h(
        "form",
        { class: "filter", role: "search", "aria-label": "Filter the log", onsubmit: (event) => event.preventDefault() },
        select("Function", "function", [["", "All"], ...summary.pipeline.functions.map(({ name }) => [name, name])], asked.function, choose),
        select("Severity", "severity", SEVERITIES.map((each) => [each === "DEFAULT" ? "" : each, each === "DEFAULT" ? "All" : `${each} and above`]), asked.severity, choose),
        h("label", {}, "Drop ", h("input", {
          id: "filter-drop", type: "search", size: "34", spellcheck: "false", autocomplete: "off", placeholder: "its id", value: asked.drop ?? "",
          onchange: (event) => choose({ drop: event.currentTarget.value.trim() }),
        })),
        h("label", { class: "check" }, h("input", {
          id: "filter-polls", type: "checkbox", checked: asked.without === "none",
          onchange: (event) => choose({ without: event.currentTarget.checked ? "none" : "" }),
        }), " Polls"),
      ),
      found.lines.length ? h(
        "ol",
        { class: "lines", tabindex: "0", role: "log", "aria-label": "Log lines, the newest last", "aria-live": "off" },
        found.lines.map(line),
      ) : empty("No line yet", asked.severity || asked.drop || asked.function
        ? "Nothing that the functions have said since this cloud was started fits the filter."
        : "The functions have said nothing since this cloud was started. They do when a file is dropped."),
    ];
  },
  // The newest line stays in sight, unless the reader has scrolled away from it.
  before: () => {
    const lines = document.querySelector(".lines");
    return !lines || lines.scrollTop + lines.clientHeight >= lines.scrollHeight - 40;
  },
  after: (follows) => {
    const lines = document.querySelector(".lines");
    if (follows && lines) lines.scrollTop = lines.scrollHeight;
  },
};

function select(label, name, options, chosen, choose) {
  return h("label", {}, `${label} `, h(
    "select",
    { id: `filter-${name}`, onchange: (event) => choose({ [name]: event.currentTarget.value }) },
    options.map(([value, text]) => h("option", { value, selected: value === (chosen ?? "") }, text)),
  ));
}

function line(said) {
  const fields = Object.entries(said.fields);
  return h(
    "li",
    { "data-key": said.number, class: said.severity.toLowerCase() },
    h("time", { datetime: said.time, class: "dim" }, clock(said.time)),
    h("span", { class: "function" }, said.function),
    ["WARNING", "ERROR", "CRITICAL", "ALERT", "EMERGENCY"].includes(said.severity) ? badge(said.severity) : "",
    said.event ? h("span", { class: "event" }, said.event) : "",
    h(
      "span",
      { class: "said" },
      said.text,
      fields.map(([name, value]) => [h("span", { class: "field" }, h("span", { class: "dim" }, `${name}=`), typeof value === "string" ? value : JSON.stringify(value)), " "]),
      said.drop ? link(said.drop.slice(0, 8), "drop", { id: said.drop }, { title: said.drop }) : "",
    ),
  );
}
