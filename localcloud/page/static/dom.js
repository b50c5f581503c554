/*
 * Elements made of data. Text only ever becomes a text node: there is no way from
 * here to HTML, whatever an object's name or a log line holds.
 */

const HANDLERS = ["onclick", "onchange", "oninput", "onsubmit"];

/** An element; children are nodes, texts, numbers, lists of them, or nothing. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (HANDLERS.includes(name)) element[name] = value;
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.flat(Infinity).filter(isSomething).map(asNode));
  return element;
}

/**
 * Make an element like a fresh one and change nothing else, so that focus, selection
 * and scroll positions stay. Children with the same data-key are the same child.
 */
export function morph(old, fresh) {
  if (old.nodeName !== fresh.nodeName || keyOf(old) !== keyOf(fresh)) {
    old.replaceWith(fresh);
    return fresh;
  }
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.data !== fresh.data) old.data = fresh.data;
    return old;
  }
  morphAttributes(old, fresh);
  morphChildren(old, fresh);
  return old;
}

function morphAttributes(old, fresh) {
  for (const { name } of [...old.attributes]) {
    // Whether it is open is the reader's to say.
    if (!fresh.hasAttribute(name) && !(name === "open" && old.nodeName === "DETAILS")) {
      old.removeAttribute(name);
    }
  }
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  for (const name of HANDLERS) {
    if (old[name] !== fresh[name]) old[name] = fresh[name];
  }
}

function morphChildren(old, fresh) {
  const wanted = [...fresh.childNodes];
  const wantedKeys = new Set(wanted.map(keyOf).filter((key) => key !== undefined));
  const keyed = new Map();
  for (const child of old.childNodes) {
    const key = keyOf(child);
    if (key !== undefined) keyed.set(key, child);
  }
  let at = old.firstChild;
  for (const child of wanted) {
    // Before anything moves: a node that moves loses its focus.
    while (at && keyOf(at) !== undefined && !wantedKeys.has(keyOf(at))) at = dropped(at);
    const key = keyOf(child);
    const match = key === undefined ? sameKind(at, child) : keyed.get(key);
    if (!match) {
      old.insertBefore(child, at);
    } else {
      if (match === at) at = at.nextSibling;
      else old.insertBefore(match, at);
      morph(match, child);
    }
  }
  while (at) at = dropped(at);
}

function sameKind(at, child) {
  return at && keyOf(at) === undefined && at.nodeName === child.nodeName ? at : null;
}

function dropped(node) {
  const next = node.nextSibling;
  node.remove();
  return next;
}

function keyOf(node) {
  return node.nodeType === Node.ELEMENT_NODE ? node.dataset.key : undefined;
}

function isSomething(child) {
  return child !== null && child !== undefined && child !== false && child !== "";
}

function asNode(child) {
  return child instanceof Node ? child : document.createTextNode(String(child));
}
