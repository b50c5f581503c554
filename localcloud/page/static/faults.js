/* What can go wrong on demand, switched on and off; and what did. */

import { h } from "./dom.js";
import { clock, number } from "./format.js";
import { send } from "./live.js";
import { empty, heading, table, to } from "./parts.js";

const ADDRESS = "/admin/faults";
const NAMES = { vertex: "Vertex AI", storage: "Cloud Storage", pubsub: "Pub/Sub", eventarc: "Events", "*": "Any service" };
const HOW_OFTEN = [
  ["as it is", {}],
  ["once", { times: 1 }],
  ["half of the calls", { share: 0.5 }],
  ["one call in ten", { share: 0.1 }],
];
const SHOWN = 100;

export const faults = {
  title: () => "Faults",
  urls: () => [ADDRESS],
  render(summary, asked, found, app) {
    const fits = (each) => fitting(each, asked.find) || found.rules.some((rule) => rule.name === each.name);
    const services = grouped(found.catalogue.filter(fits));
    return [
      heading("Faults", found.rules.length ? h("button", {
        type: "button",
        onclick: () => app.change(() => send("DELETE", ADDRESS), "All faults are off"),
      }, "Switch all off") : ""),
      h("p", { class: "dim" }, "Each goes wrong as on Google Cloud, for every client of this cloud, until it is switched off or the cloud is stopped."),
      h(
        "form",
        { class: "filter", role: "search", "aria-label": "Find a fault", onsubmit: (event) => event.preventDefault() },
        h("label", {}, "Find ", h("input", {
          id: "find", type: "search", size: "24", autocomplete: "off", placeholder: "a name or a word", value: asked.find ?? "",
          oninput: (event) => app.go(to("faults", { find: event.currentTarget.value }), { replacing: true }),
        })),
        h("label", {}, "Switched on from here, it happens ", h(
          "select",
          { id: "often" },
          HOW_OFTEN.map(([text], place) => h("option", { value: place }, text)),
        )),
      ),
      injected(found.injected),
      services.size ? [...services].map(([service, named]) => group(service, named, found.rules, app)) : empty("No fault is called that", "Find looks at names and at what they do."),
      others(found, app),
    ];
  },
  news(before, found) {
    const last = found.injected.at(-1);
    const known = before?.injected.at(-1);
    return before && last && last.time !== known?.time ? [`Injected into ${last.method}`] : [];
  },
};

function fitting(fault, words) {
  const text = `${fault.name} ${fault.says}`.toLowerCase();
  return (words ?? "").toLowerCase().split(/\s+/).every((word) => text.includes(word));
}

function grouped(catalogue) {
  const groups = new Map();
  for (const each of catalogue) groups.set(each.service, [...(groups.get(each.service) ?? []), each]);
  return groups;
}

function group(service, named, rules, app) {
  const id = `faults-${service === "*" ? "any" : service}`;
  return h(
    "section",
    { "aria-labelledby": id, "data-key": service },
    h("h2", { id }, NAMES[service] ?? service),
    h("ul", { class: "switches" }, named.map((each) => {
      const on = rules.filter((rule) => rule.name === each.name);
      return h("li", { "data-key": each.name, class: on.length ? "on" : "" }, each.always ? h("span", { class: "always" }) : toggle(each, on, app), h(
        "div",
        {},
        h("span", { class: "switch-name", id: `fault-${each.name}` }, each.name),
        on.length ? h("span", { class: "tag" }, befell(on)) : "",
        each.always ? h("span", { class: "tag" }, "always so") : "",
        h("p", { id: `says-${each.name}`, class: "dim" }, each.says),
      ));
    })),
  );
}

function toggle(fault, on, app) {
  return h("button", {
    type: "button",
    role: "switch",
    class: "switch",
    "aria-checked": on.length ? "true" : "false",
    "aria-labelledby": `fault-${fault.name}`,
    "aria-describedby": `says-${fault.name}`,
    onclick: () => on.length
      ? app.change(() => send("DELETE", `${ADDRESS}/${encodeURIComponent(fault.name)}`), `${fault.name} is off`)
      : app.change(() => send("POST", ADDRESS, { name: fault.name, ...howOften() }), `${fault.name} is on`),
  }, h("span", { class: "knob" }));
}

function howOften() {
  return HOW_OFTEN[Number(document.getElementById("often")?.value ?? 0)][1];
}

function befell(rules) {
  // A disturbance of events is not counted.
  if (rules.some((rule) => rule.befell === undefined)) return "on";
  const times = rules.reduce((all, rule) => all + rule.befell, 0);
  return times === 1 ? "happened once" : `happened ${number(times)} times`;
}

/** Rules that are in force and not of the catalogue. */
function others(found, app) {
  const named = new Set(found.catalogue.map((each) => each.name));
  const rules = found.rules.filter((rule) => !named.has(rule.name));
  if (!rules.length) return "";
  return h("section", { "aria-labelledby": "others", "data-key": "others" }, h("h2", { id: "others" }, "Other rules in force"), table(
    "Rules that are not of the catalogue",
    [{ title: "Rule" }, { title: "Service" }, { title: "Method", kind: "wide" }, { title: "Happened", kind: "right" }, { title: "", kind: "right" }],
    rules.map((rule) => ({
      key: rule.id,
      cells: [
        h("span", { title: JSON.stringify(rule) }, rule.name || `rule ${rule.id}`),
        NAMES[rule.service] ?? rule.service ?? "",
        rule.method ?? "*",
        number(rule.befell ?? 0),
        h("button", { type: "button", class: "quiet", "aria-label": `Remove ${rule.name || `rule ${rule.id}`}`, onclick: () => app.change(() => send("DELETE", `${ADDRESS}/${encodeURIComponent(rule.id)}`), "The rule is off") }, "Remove"),
      ],
    })),
  ));
}

function injected(all) {
  const newest = all.slice(-SHOWN).reverse();
  if (!newest.length) return h("p", { class: "notice", "data-key": "nothing" }, "Nothing was injected yet: switch a fault on, then make a call.");
  return h("section", { "aria-labelledby": "injected", "data-key": "injected", class: "injected" }, h("h2", { id: "injected" }, "What was injected"), table(
    "Faults that befell calls, the newest first",
    [{ title: "Time" }, { title: "Fault" }, { title: "Method" }, { title: "Resource", kind: "wide" }],
    newest.map((each, place) => ({
      key: `${each.time}/${each.resource}/${each.match ?? place}`,
      cells: [
        h("time", { datetime: each.time, class: "figure" }, clock(each.time)),
        each.name || each.fault || `rule ${each.rule}`,
        each.method,
        h("code", { class: "long" }, each.resource),
      ],
    })),
  ));
}
