// SPDX-License-Identifier: Apache-2.0
// Records as they are acknowledged, before they are in any object.

import {field, h, replace} from "./dom.js";
import {number, plain_name, shown_name, time} from "./format.js";
import {get, stream} from "./server.js";

const kRowsMax = 300;
const kLinesMax = 5000;
const kGap = "";  // in place of lines that the page did not get
const kHeads = ["Time", "", "Name", "Type", "Code", "Host", "Answers"];
const kStates = {
  open: ["good", "live"],
  broken: ["warn", "connecting again…"],
  asking: ["warn", "asking from time to time"],
  paused: ["calm", "paused"],
};

function answers_of(record) {
  if (!Array.isArray(record.answers)) return "";
  return record.answers.map((answer) => `${answer?.Type ?? ""} ${plain_name(String(answer?.Rdata ?? ""))}`).join(", ");
}

function host_of(record) {
  const ids = record.srcids;
  return String((Array.isArray(ids) ? ids[0] : ids?.instance ?? ids?.resolver_endpoint) ?? record.srcaddr ?? "");
}

function row(record) {
  const is_matched = record.isMatchedDomain === "Y";
  return h("tr", {class: is_matched ? "hot" : undefined},
    h("td", {class: "time"}, time(record.query_timestamp)),
    h("td", {}, is_matched ? h("span", {class: "badge matched"}, "matched") : ""),
    h("td", {class: "name"}, shown_name(record.query_name)),
    h("td", {}, String(record.query_type ?? "")), h("td", {}, String(record.rcode ?? "")),
    h("td", {class: "short"}, host_of(record)), h("td", {class: "long"}, answers_of(record)));
}

function parse(line) {
  try {
    const record = JSON.parse(line);
    return record && typeof record === "object" ? record : null;
  } catch {
    return null;
  }
}

// The newest lines that `is_wanted`, as rows, the newest first.
function rows_of(lines, is_wanted) {
  const rows = [];
  for (let i = lines.length; i-- > 0 && rows.length < kRowsMax;) {
    if (lines[i] === kGap) {
      rows.push(h("tr", {class: "gap"}, h("td", {colSpan: kHeads.length}, "Records came here that this page did not get.")));
      continue;
    }
    const record = parse(lines[i]);
    if (record && is_wanted(lines[i], record)) rows.push(row(record));
  }
  return rows;
}

export function show_live(main, _parameters, signal) {
  const only_matched = h("input", {type: "checkbox"});
  const filter = h("input", {type: "search", placeholder: "in any member"});
  const pause = h("button", {type: "button", "aria-pressed": "false"}, "Pause");
  const state = h("span", {class: "badge calm", role: "status"}, "connecting…");
  const note = h("p", {class: "note"}, "Waiting for records…");
  const body = h("tbody", {});
  let lines = [], cursor = "", seen = 0, running = null;

  const draw = () => {
    const text = filter.value.trim().toLowerCase();
    replace(body, rows_of(lines, (line, record) => line.toLowerCase().includes(text) &&
      (!only_matched.checked || record.isMatchedDomain === "Y")));
    note.textContent = seen === 0 ? "Waiting for records…" :
      `${number(seen)} records since this page was opened; the newest ${number(Math.min(seen, kLinesMax))} are kept.`;
  };
  const take = (tail, next) => {
    cursor = next;
    seen += tail.lines.length;
    lines = [...lines, ...tail.skipped ? [kGap] : [], ...tail.lines].slice(-kLinesMax);
    draw();
  };
  const show_state = (name) => {
    const [kind, text] = kStates[name];
    state.className = "badge " + kind;
    state.textContent = text;
  };
  const watch = () => {
    running = new AbortController();
    signal.addEventListener("abort", () => running.abort());
    stream("stream", () => ({cursor}), running.signal, {
      received: (event) => take(JSON.parse(event.data), event.lastEventId),
      changed: show_state,
      // The service has no room for another stream, or wants a log-in: asking tells which.
      instead: async () => {
        const tail = await get("tail", {cursor}, running.signal);
        if (tail.lines.length > 0 || tail.skipped) take(tail, tail.cursor);
      },
    });
  };
  pause.addEventListener("click", () => {
    const is_paused = pause.getAttribute("aria-pressed") === "true";
    pause.setAttribute("aria-pressed", String(!is_paused));
    pause.textContent = is_paused ? "Pause" : "Go on";
    if (is_paused) return watch();
    running.abort();
    show_state("paused");
  });
  only_matched.addEventListener("change", draw);
  filter.addEventListener("input", draw);
  main.append(h("h1", {}, "Live"), h("section", {class: "panel"},
    h("div", {class: "bar"}, field("Filter", filter), h("label", {class: "toggle"}, only_matched, " Only matched"), pause, state),
    note,
    h("div", {class: "scroll tall", tabindex: "0", role: "region", "aria-label": "Newest records"}, h("table", {}, h("caption", {class: "unseen"}, "Newest records"),
      h("thead", {}, h("tr", {}, kHeads.map((head) => h("th", {scope: "col"}, head)))), body))),
  h("p", {class: "note"}, "Records as the service acknowledges them, before they are in any object. Where they come faster than a page can show, it gets the newest and says so; all of them go to the store."));
  watch();
}
