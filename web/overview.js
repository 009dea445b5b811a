// SPDX-License-Identifier: Apache-2.0
// How many queries, when, and which hosts asked for which interesting domains.

import {sparkline, timeline_chart} from "./charts.js";
import {field, h, replace, select} from "./dom.js";
import {is_defanged, number, percent, plain_name, seconds, shown_name, time} from "./format.js";
import {get, poll} from "./server.js";
import {export_buttons} from "./table.js";

const kDays = [["1", "Today"], ["7", "7 days"], ["30", "30 days"], ["0", "All"]];
const kRefresh = 5000;
const kWorkingRefresh = 500;

// Sets parameters of the address; "" removes one.
export function with_address(path, parameters, changes) {
  const next = new URLSearchParams(parameters);
  for (const [name, value] of Object.entries(changes)) value === "" ? next.delete(name) : next.set(name, value);
  const text = next.toString();
  return "#" + path + (text ? "?" + text : "");
}

function period_of(parameters) {
  return {days: parameters.get("days") ?? "7", from: parameters.get("from") ?? "", to: parameters.get("to") ?? ""};
}

export function outcome(threat) {
  const badges = [];
  const add = (count, kind, text) => count > 0 && badges.push(h("span", {class: `badge ${kind}`},
    count === threat.records ? text : `${text} ${number(count)}`));
  add(threat.answered, "matched", "answered");
  add(threat.blocked, "good", "blocked");
  add(threat.alerted, "warn", "alerted");
  add(threat.nonexistent, "calm", "no such name");
  add(threat.records - threat.answered - threat.blocked - threat.nonexistent, "calm", "no answer");
  return h("span", {class: "badges"}, badges);
}

function tile(href, value, label, note, kind) {
  return h("a", {class: `tile ${kind ?? ""}`, href}, h("strong", {}, value), h("span", {}, label), h("small", {}, note));
}

function tiles(overview, table, period) {
  const days = period.days;
  return h("div", {class: "tiles"},
    tile(`#/search?days=${days}`, number(overview.records), "logged queries", `from ${number(overview.hosts)} hosts`),
    tile(`#/search?days=${days}&matched=Y`, number(overview.matched), "matched", `${percent(overview.matched, overview.records)} of all`, overview.matched > 0 ? "hot" : ""),
    tile(`#/search?days=${days}&saved=matched-by-host`, number(overview.matched_hosts), "hosts with matches", `${number(overview.threats_total)} threats`, overview.matched_hosts > 0 ? "hot" : ""),
    tile("#/lists", table ? number(table.entries) : "…", "list entries", table ? `in ${number(table.lists.length)} ${table.lists.length === 1 ? "list" : "lists"}` : ""));
}

function threat_row(threat, parameters) {
  const href = with_address("/", parameters, {host: threat.host, domain: threat.domain});
  return h("tr", {class: "link", onclick: (event) => event.target.closest("a") || (location.hash = href)},
    h("td", {}, h("span", {class: "name"}, threat.host), h("small", {}, [threat.srcaddr === threat.host ? "" : threat.srcaddr, threat.vpc_id].filter(Boolean).join(" · "))),
    h("td", {}, h("a", {class: "name", href}, shown_name(threat.domain)),
      h("small", {}, threat.lists.length > 0 ? threat.lists.join(", ") : "in no list now")),
    h("td", {class: "number"}, number(threat.records)),
    h("td", {}, sparkline(threat.slots)),
    h("td", {class: "time"}, time(threat.first)),
    h("td", {class: "time"}, time(threat.last)),
    h("td", {}, outcome(threat)));
}

const kThreatColumns = ["host", "srcaddr", "vpc_id", "domain", "records", "first", "last", "answered", "blocked", "alerted", "nonexistent", "lists"];

function threats_answer(threats) {
  return {columns: kThreatColumns.map((name) => ({name})),
    rows: threats.map((threat) => kThreatColumns.map((name) => name === "lists" ? threat.lists.join(" ") : threat[name]))};
}

function matches_filter(threat, text) {
  return [threat.host, threat.srcaddr, threat.vpc_id, plain_name(threat.domain), ...threat.lists]
    .some((value) => value.toLowerCase().includes(text.toLowerCase()));
}

function threat_table(overview, parameters, filter) {
  const threats = overview.threats.filter((threat) => matches_filter(threat, filter));
  if (overview.matched === 0) return h("p", {class: "empty"}, "No query matched in this time.");
  if (threats.length === 0) return h("p", {class: "empty"}, "No threat has this in it.");
  const heads = ["Source", "First-level domain", "Queries", "When", "First", "Last", "Outcome"];
  return h("div", {class: "scroll"}, h("table", {class: "threats"},
    h("caption", {class: "unseen"}, "Hosts that asked for interesting domains"),
    h("thead", {}, h("tr", {}, heads.map((head) => h("th", {scope: "col", class: head === "Queries" ? "number" : undefined}, head)))),
    h("tbody", {}, threats.map((threat) => threat_row(threat, parameters)))),
    overview.threats_total > overview.threats.length && h("p", {class: "note"},
      `The ${number(overview.threats.length)} with the most queries, of ${number(overview.threats_total)}.`));
}

function period_bar(parameters, period) {
  const go = (changes) => location.hash = with_address("/", parameters, changes);
  const days = select(kDays, period.days, {onchange: (event) => go({days: event.target.value, from: "", to: ""})});
  const from = h("input", {type: "datetime-local", value: period.from, onchange: (event) => go({from: event.target.value})});
  const to = h("input", {type: "datetime-local", value: period.to, onchange: (event) => go({to: event.target.value})});
  return h("div", {class: "bar"}, field("Arrived", days), field("Asked from (UTC)", from), field("until", to),
    (period.from || period.to) && h("button", {type: "button", class: "quiet", onclick: () => go({from: "", to: ""})}, "All of the time"),
    h("span", {class: "fresh", id: "fresh"}));
}

function freshness(answer) {
  if (answer.error) return `The overview could not be made: ${answer.error}`;
  if (answer.working && !answer.overview) return "Reading the store…";
  const age = Math.max(0, Math.round(answer.age_s - answer.took_s));
  const read = `read in ${seconds(answer.took_s)}`;
  return answer.working ? `${read}, ${age} s ago; reading again…` : `${read}, ${age} s ago`;
}

export function show_overview(main, parameters, signal) {
  const period = period_of(parameters);
  const bar = period_bar(parameters, period);
  const fresh = bar.querySelector("#fresh");
  const top = h("div", {}, h("div", {class: "tiles"}, [0, 1, 2, 3].map(() => h("div", {class: "tile wait"}))));
  const chart = h("div", {class: "wait"}, h("p", {class: "empty"}, "Reading the store…"));
  const rows = h("div", {}, h("p", {class: "empty"}, "Reading the store…"));
  const filter = h("input", {type: "search", placeholder: "host, address, VPC, domain, list"});
  let latest, overview, table, drawn;
  const draw_rows = () => overview && replace(rows, threat_table(overview, parameters, filter.value.trim()));
  filter.addEventListener("input", draw_rows);
  main.append(h("h1", {class: "unseen"}, "Overview"), bar, top,
    h("section", {class: "panel", "aria-label": "Timeline"}, chart),
    h("section", {class: "panel", "aria-labelledby": "threats"},
      h("div", {class: "head"}, h("h2", {id: "threats"}, "Threats"), field("Filter", filter),
        export_buttons("threats", () => threats_answer(overview ? overview.threats : []))),
      rows),
    h("p", {class: "note"}, "Resolver logs only queries that its cache could not answer: counts are lower bounds. ",
      "Records show here when their object is delivered; ", h("a", {href: "#/live"}, "Live"), " shows them at once."));

  // Only what has changed is drawn anew, so that nothing moves under a reader's hands.
  const draw = () => {
    fresh.textContent = freshness(latest);
    if (!latest.overview) return;
    overview = latest.overview;
    const text = JSON.stringify([overview, table, is_defanged()]);
    if (text === drawn) return;
    drawn = text;
    replace(top, tiles(overview, table, period));
    chart.classList.remove("wait");
    replace(chart, overview.timeline.begin.length === 0 ? empty_store(period) : timeline_chart(overview.timeline, {
      signal, brushed: (from, to) => location.hash = with_address("/", parameters, {from, to})}));
    draw_rows();
  };
  poll(30000, signal, async () => {
    table = await get("lists", {}, signal);
    if (latest) draw();
  });
  poll(kRefresh, signal, async () => {
    latest = await get("overview", period, signal);
    draw();
    return latest.working ? kWorkingRefresh : kRefresh;
  }, (error) => error.status && (fresh.textContent = error.message));
}

function empty_store(period) {
  if (period.from || period.to || period.days !== "0") return h("p", {class: "empty"}, "No query was logged in this time.");
  return h("div", {class: "empty"}, h("p", {}, "Nothing has been delivered to the store yet. Send records to the service:"),
    h("pre", {}, `curl --data-binary @resolver.log.gz ${location.origin}/ingest`),
    h("p", {}, "They show here when their object is delivered, after a minute at most by default."));
}
