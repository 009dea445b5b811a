// SPDX-License-Identifier: Apache-2.0
// Records by fields, and any question by SQL: the fields write the SQL, which may be changed before it runs.

import {field, h, replace, say, select} from "./dom.js";
import {get, query} from "./server.js";
import {records} from "./sql.js";
import {answer_note, answer_table, export_buttons} from "./table.js";

const kTypes = ["", "A", "AAAA", "CNAME", "HTTPS", "MX", "NS", "PTR", "SOA", "SRV", "SVCB", "TXT"];
const kRcodes = ["", "NOERROR", "NXDOMAIN", "SERVFAIL", "REFUSED"];
const kRowsExported = 100000;

function controls(values) {
  const text = (name, placeholder) => h("input", {type: "search", name, placeholder, value: values.get(name) ?? "", spellcheck: "false"});
  const choice = (name, options) => select(options.map((one) => Array.isArray(one) ? one : [one, one || "any"]), values.get(name) ?? "", {name});
  return [
    field("Name", text("name", "evil.com or *.evil.com")),
    field("Source", text("source", "address, instance, VPC")),
    field("Type", choice("type", kTypes)),
    field("Response code", choice("rcode", kRcodes)),
    field("Matched", choice("matched", [["", "any"], ["Y", "yes"], ["N", "no"]])),
    field("Firewall", choice("action", [["", "any"], "ALLOW", "ALERT", "BLOCK"])),
    field("Arrived", select([["1", "Today"], ["7", "7 days"], ["30", "30 days"], ["0", "All"]], values.get("days") ?? "7", {name: "days"})),
  ];
}

// The place in the SQL that DuckDB's words point to, chosen there: "LINE 2: …" and a caret below.
function show_place(box, message) {
  const found = /LINE (\d+): (.*)\n( *)\^/.exec(message);
  if (!found) return;
  const line = Number(found[1]);
  const lines = box.value.split("\n");
  if (line > lines.length) return;
  const before = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
  const column = found[3].length - `LINE ${line}: `.length;
  if (found[2].startsWith("...")) return;
  box.focus();
  box.setSelectionRange(before + column, before + lines[line - 1].length);
}

export function show_search(main, parameters, signal) {
  const box = h("textarea", {rows: 8, spellcheck: "false", "aria-label": "SQL", class: "sql"});
  const form = h("form", {class: "bar", "aria-label": "Fields of records"}, controls(parameters), h("button", {type: "submit", class: "main"}, "Search"));
  const run_button = h("button", {type: "button", class: "main"}, "Run");
  const saved = select([["", "saved question…"]], "", {"aria-label": "Saved question"});
  const note = h("p", {class: "note", role: "status"});
  const results = h("div", {});
  let running = null;

  const fields = () => Object.fromEntries(new FormData(form));
  const write_sql = () => {
    box.value = records(fields());
    saved.value = "";
  };
  const run = async () => {
    running?.abort();
    const mine = running = new AbortController();
    signal.addEventListener("abort", () => mine.abort());
    const sql = box.value;
    const begin = Date.now();
    const clock = setInterval(() => note.textContent = `Working on it… ${Math.round((Date.now() - begin) / 1000)} s`, 1000);
    note.className = "note";
    note.textContent = "Working on it…";
    try {
      const answer = await query(sql, {signal: mine.signal});
      note.textContent = answer_note(answer);
      say(note.textContent);
      replace(results, answer.rows.length === 0 ? h("p", {class: "empty"}, "No record is like that.") :
        [h("div", {class: "head"}, export_buttons("answer", () => query(sql, {rows: kRowsExported}))), answer_table(answer, "Rows found")]);
    } catch (error) {
      if (mine.signal.aborted) return;
      note.className = "failure";
      note.textContent = error.message;
      show_place(box, error.message);
    } finally {
      clearInterval(clock);
    }
  };

  form.addEventListener("input", write_sql);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    write_sql();
    const given = Object.entries(fields()).filter(([, value]) => value !== "");
    history.replaceState(null, "", "#/search?" + new URLSearchParams(given));
    run();
  });
  run_button.addEventListener("click", run);
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) run();
  });
  main.append(h("h1", {}, "Search"), h("section", {class: "panel", "aria-label": "Search"}, form,
    h("div", {class: "head"}, h("h2", {}, "SQL"), saved, run_button,
      h("small", {class: "note"}, "The fields write it; change it as you like. Ctrl+Enter runs it.")), box, note),
  h("section", {class: "panel", "aria-label": "Answer"}, results));

  write_sql();
  if (parameters.get("sql")) box.value = parameters.get("sql");
  get("questions", {}, signal).then((questions) => {
    for (const question of questions) saved.append(h("option", {value: question.name, title: question.description}, question.name));
    const choose = () => {
      const question = questions.find((one) => one.name === saved.value);
      if (question) box.value = question.text;
    };
    saved.addEventListener("change", choose);
    if (!parameters.get("saved")) return;
    saved.value = parameters.get("saved");
    choose();
    run();
  }).catch(() => {});
  if (!parameters.get("saved")) run();
}
