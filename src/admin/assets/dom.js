"use strict";
// Elements and numbers. Whatever comes from a call goes through textContent or a plain attribute,
// so it can never become markup.

const SVG = "http://www.w3.org/2000/svg";

/** Makes an element: attributes by name, then children, which are elements or text. */
function el(name, attributes, ...children) {
  return fill(document.createElement(name), attributes, children);
}

/** The same in SVG. */
function svg(name, attributes, ...children) {
  return fill(document.createElementNS(SVG, name), attributes, children);
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, String(value));
  }
  for (const child of children.flat()) {
    if (child != null) element.append(child instanceof Node ? child : String(child));
  }
  return element;
}

/** Microseconds as people read them. */
function time(us) {
  if (us == null) return "–";
  if (us < 1000) return `${us} µs`;
  if (us < 10000) return `${(us / 1000).toFixed(2)} ms`;
  if (us < 100000) return `${(us / 1000).toFixed(1)} ms`;
  if (us < 1000000) return `${Math.round(us / 1000)} ms`;
  return `${(us / 1e6).toFixed(us < 1e7 ? 2 : 1)} s`;
}

/** The same in two parts, for the large figures. */
function parts(us) {
  const [value, unit] = time(us).split(" ");
  return [value, el("small", {}, unit ? ` ${unit}` : "")];
}

function count(number) {
  return number < 100000 ? number.toLocaleString("en") : `${(number / 1000).toFixed(0)}k`;
}

function share(part) {
  const percent = part * 100;
  // 99.99 % is not 100 %: rounding never hides the last miss.
  return percent === 100 ? "100" : Math.min(percent, 99.9).toFixed(1);
}

function span(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  if (hours) return `${hours} h ${minutes} min`;
  return minutes ? `${minutes} min ${seconds % 60} s` : `${seconds} s`;
}

function clock(ms) {
  return new Date(ms).toTimeString().slice(0, 8);
}

/** A table: heads are [text, class], rows are lists of cells. */
function table(label, heads, rows, className) {
  const head = heads.map(([text, kind]) => el("th", { scope: "col", class: kind }, text));
  const body = rows.map((row) =>
    el("tr", {}, row.map((cell, place) => el("td", { class: heads[place][1] }, cell))));
  return el("table", { class: className, "aria-label": label },
    el("thead", {}, el("tr", {}, head)), el("tbody", {}, body));
}

/** A card with a heading; `note` says what exactly is shown. */
function card(size, title, note, right, ...content) {
  const id = `h-${title.toLowerCase().replace(/[^a-z]+/g, "-")}`;
  return el("section", { class: `card ${size}`, "aria-labelledby": id },
    el("div", { class: "head" }, el("h2", { id }, title), el("span", { class: "note" }, note),
      right ? el("span", { class: "right" }, right) : null),
    content);
}

/** The same figures for whoever cannot see the picture; filled when it is opened. */
function fallback(make) {
  const room = el("div", { class: "wrap" });
  const details = el("details", {}, el("summary", {}, "As a table"), room);
  details.addEventListener("toggle", () => room.replaceChildren(details.open ? make() : ""));
  return details;
}

/** A colour of the style sheet. */
function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}
