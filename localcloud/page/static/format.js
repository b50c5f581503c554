/* Numbers and times as people read them. */

const UNITS = ["B", "kB", "MB", "GB", "TB"];
const NUMBER = new Intl.NumberFormat("en");

export function number(value) {
  return NUMBER.format(value);
}

export function bytes(value) {
  let unit = 0;
  let size = value;
  while (size >= 1000 && unit < UNITS.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${unit && size < 10 ? size.toFixed(1) : Math.round(size)} ${UNITS[unit]}`;
}

/** A length of time, given in milliseconds. */
export function duration(milliseconds) {
  const seconds = Math.max(0, milliseconds / 1000);
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${pad(seconds % 60)} s`;
  if (seconds < 86_400) {
    return `${Math.floor(seconds / 3600)} h ${pad((seconds % 3600) / 60)} min`;
  }
  return `${Math.floor(seconds / 86_400)} d`;
}

/** How long ago a time is, as exactly as anybody wants to know. */
export function age(time, now = Date.now()) {
  const seconds = Math.floor((now - Date.parse(time)) / 1000);
  if (seconds < 1) return "just now";
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86_400)} d ago`;
}

export function between(from, to) {
  return Date.parse(to) - Date.parse(from);
}

export function clock(time) {
  const moment = new Date(time);
  return `${pad(moment.getHours())}:${pad(moment.getMinutes())}:${pad(moment.getSeconds())}.${String(moment.getMilliseconds()).padStart(3, "0")}`;
}

export function fullTime(time) {
  return new Date(time).toLocaleString("en", { dateStyle: "medium", timeStyle: "long" });
}

/** The last part of a resource name or path. */
export function last(name) {
  return name.replace(/\/$/, "").split("/").pop();
}

function pad(value) {
  return String(Math.floor(value)).padStart(2, "0");
}
