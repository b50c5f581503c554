/*
 * Keys for whoever would rather not use a mouse. Those without Ctrl or Alt can be
 * switched off, since speech input and tremors press them by mistake.
 */

import { h } from "./dom.js";

const GO = { d: ["drops", "Drops"], j: ["jobs", "Jobs"], s: ["buckets", "Storage"], m: ["topics", "Messages"], l: ["logs", "Logs"], f: ["faults", "Faults"] };
const SETTING = "dropbatch-keys";

export function listen(app) {
  const help = document.getElementById("help");
  const on = document.getElementById("help-on");
  let waitsForView = 0;
  on.checked = localStorage.getItem(SETTING) !== "off";
  on.addEventListener("change", () => localStorage.setItem(SETTING, on.checked ? "on" : "off"));
  document.getElementById("help-keys").append(...explained());
  document.getElementById("help-button").addEventListener("click", () => help.showModal());
  // The address names the view; a jump within the page is no change of view.
  document.getElementById("skip").addEventListener("click", (event) => {
    event.preventDefault();
    document.getElementById("main").focus();
  });

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || help.open) return;
    if (event.target.closest("input, select, textarea")) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") return nextRow(event);
    if (!on.checked) return;
    if (performance.now() < waitsForView && GO[event.key]) {
      waitsForView = 0;
      app.go(`#/${GO[event.key][0]}`);
    } else if (event.key === "g") {
      waitsForView = performance.now() + 1500;
    } else if (event.key === "?") {
      help.showModal();
    } else if (event.key === "/") {
      const field = document.querySelector("main input, main select");
      if (!field) return;
      field.focus();
    } else {
      return;
    }
    event.preventDefault();
  });
}

/** From a link in a row to the same one in the row below or above. */
function nextRow(event) {
  const row = event.target.closest("tbody tr, .switches li, .messages li");
  const other = event.key === "ArrowDown" ? row?.nextElementSibling : row?.previousElementSibling;
  const target = other?.querySelector("a, button, summary");
  if (!target) return;
  target.focus();
  event.preventDefault();
}

function explained() {
  const rows = [
    ...Object.entries(GO).map(([key, [, name]]) => [["g", key], `Go to ${name}`]),
    [["↓", "↑"], "Next and previous row of a list"],
    [["/"], "Go to the filter"],
    [["?"], "These keys"],
    [["Esc"], "Close"],
  ];
  return rows.map(([keys, text]) => h("div", {}, h("dt", {}, keys.map((key) => [h("kbd", {}, key), " "])), h("dd", {}, text)));
}
