// SPDX-License-Identifier: Apache-2.0
// Answers as tables, and as files.

import {h} from "./dom.js";
import {csv, defang_all, download, is_defanged, is_name_column, json_lines, number, plain_name, seconds, shown_name, time} from "./format.js";

const kRowsShown = 500;
const kTimeColumn = /timestamp$|^(first|last)(_seen)?$/;

function cell_text(column, value) {
  if (kTimeColumn.test(column.name)) return time(value);
  if (column.name === "answers") return answers_text(value);
  if (is_name_column(column.name)) return shown_name(value);
  return value;
}

// DuckDB's text of a list of structs: [{'Rdata': 192.0.2.1, 'Type': A, 'Class': IN}, …]
export function answers_text(value) {
  if (!value || value === "[]") return "";
  const found = [...value.matchAll(/'Rdata': ([\s\S]*?), 'Type': (\w+), 'Class': \w+\}/g)];
  const text = found.length === 0 ? value : found.map(([, data, type]) => `${type} ${plain_name(data)}`).join(", ");
  return is_defanged() ? defang_all(text) : text;
}

function cell(column, value) {
  if (value === null) return h("td", {class: "null"}, "–");
  const text = cell_text(column, value);
  if (column.name === "isMatchedDomain") return h("td", {}, value === "Y" ? h("span", {class: "badge matched"}, "matched") : value === "N" ? "no" : value);
  if (column.number) return h("td", {class: "number"}, /^-?\d+$/.test(text) ? number(BigInt(text)) : text);
  return h("td", {class: column.name === "answers" ? "long" : kTimeColumn.test(column.name) ? "time" : value.length > 32 ? "name" : "short"}, text);
}

export function answer_table(answer, caption) {
  const rows = answer.rows.slice(0, kRowsShown);
  return h("div", {class: "scroll tall", tabindex: "0", role: "region", "aria-label": caption},
    h("table", {}, h("caption", {class: "unseen"}, caption),
      h("thead", {}, h("tr", {}, answer.columns.map((column) =>
        h("th", {scope: "col", class: column.number ? "number" : undefined}, column.name)))),
      h("tbody", {}, rows.map((row) => h("tr", {}, row.map((value, i) => cell(answer.columns[i], value)))))));
}

export function answer_note(answer) {
  const count = answer.rows.length;
  const parts = [`${number(count)} ${count === 1 ? "row" : "rows"} in ${seconds(answer.took_s)}`];
  if (answer.truncated) parts.push("there are more");
  if (count > kRowsShown) parts.push(`the first ${kRowsShown} are shown`);
  return parts.join("; ") + ".";
}

// Buttons that save what `rows` gives, with names defanged where the page shows them so.
// `answer`: a function, maybe asynchronous, that gives {columns: [{name}], rows}.
export function export_buttons(name, answer) {
  const save = (kind) => async (event) => {
    event.target.disabled = true;
    try {
      const {columns, rows} = await answer();
      const names = columns.map((column) => column.name);
      const safe = is_defanged() ? rows.map((row) => row.map((value, i) =>
        value !== null && is_name_column(names[i]) ? defang_all(String(value)) : value)) : rows;
      if (kind === "csv") download(`${name}.csv`, "text/csv", csv(names, safe));
      else download(`${name}.json`, "application/x-ndjson", json_lines(names, safe));
    } finally {
      event.target.disabled = false;
    }
  };
  return h("span", {class: "buttons"},
    h("button", {type: "button", class: "quiet", onclick: save("csv")}, "Save CSV"),
    h("button", {type: "button", class: "quiet", onclick: save("json")}, "Save JSON"));
}
