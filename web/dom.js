// SPDX-License-Identifier: Apache-2.0
// Elements from values. Whatever a record holds becomes text, never markup: nothing here or elsewhere in the page
// parses HTML.

// h("a", {href: "#/", class: "link", onclick: go}, "Overview", [more, children])
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name in element && typeof value !== "string") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  append(element, children);
  return element;
}

function append(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child === undefined || child === null || child === false) continue;
    element.append(child instanceof Node ? child : String(child));
  }
}

export function replace(element, ...children) {
  element.replaceChildren();
  append(element, children);
  return element;
}

const kSvg = "http://www.w3.org/2000/svg";

export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS(kSvg, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  append(element, children);
  return element;
}

// For those who do not see the page.
export function say(text) {
  document.getElementById("said").textContent = text;
}

let labels = 0;

// A control under its label.
export function field(label, control, hint) {
  control.id ||= `control-${++labels}`;
  return h("div", {class: "field"}, h("label", {for: control.id}, label), control, hint && h("small", {}, hint));
}

export function select(options, value, properties = {}) {
  return h("select", properties, options.map(([key, text]) =>
    h("option", {value: key, selected: String(key) === String(value)}, text)));
}
