// SPDX-License-Identifier: Apache-2.0
// The table of interesting domains: its lists, what is in them, and changes to both.

import {field, h, replace, say, select} from "./dom.js";
import {age, number, plain_name, shown_name} from "./format.js";
import {get, poll, post} from "./server.js";

const kFormats = ["auto", "text", "domains", "hosts", "adblock", "rpz", "csv", "dnsmasq", "unbound"];
const kOldDays = 14;

function health(list) {
  if (list.last_result.startsWith("failed")) return h("span", {class: "badge warn", title: list.last_result}, "import failed");
  if (list.entries + list.allow_entries === 0) return h("span", {class: "badge warn"}, "empty");
  if (list.expired > 0) return h("span", {class: "badge warn"}, `${number(list.expired)} expired`);
  if (list.last_import === "") return h("span", {class: "badge calm"}, "by hand");
  const days = (Date.now() - Date.parse(list.last_import.replace(" ", "T") + "Z")) / 86400000;
  return days > kOldDays ? h("span", {class: "badge warn"}, "old") : h("span", {class: "badge good"}, "good");
}

function list_row(list, hits, show_entries) {
  return h("tr", {},
    h("td", {}, h("button", {type: "button", class: "as-link", onclick: () => show_entries(list.list)}, list.list),
      h("small", {}, [list.source, list.format].filter(Boolean).join(" · "))),
    h("td", {class: "number"}, number(list.entries)),
    h("td", {class: "number"}, number(list.allow_entries)),
    h("td", {class: "number"}, hits === undefined ? "…" : number(hits.get(list.list) ?? 0)),
    h("td", {title: list.last_import}, list.last_import ? age(list.last_import) : "never imported"),
    h("td", {}, health(list)));
}

// Matched queries of the overview's threats, by the lists that hold their domains now.
function hits_by_list(overview) {
  const hits = new Map();
  for (const threat of overview.threats)
    for (const list of threat.lists) hits.set(list, (hits.get(list) ?? 0) + threat.records);
  return hits;
}

function lists_panel(table, hits, show_entries) {
  const heads = [["List", ""], ["Entries", "number"], ["Allow entries", "number"], ["Matched in 30 days", "number"], ["Imported", ""], ["Health", ""]];
  return [h("p", {class: "note"}, `${table.table}: ${number(table.entries)} entries, ${number(table.allow_entries)} allow entries; matching ${table.match === "registered" ? "by first-level domain" : "by listed name"}.`,
    table.unmatchable > 0 && ` ${number(table.unmatchable)} entries cannot match in this way.`),
  table.lists.length === 0 ? h("p", {class: "empty"}, "There are no lists yet: import one, or add a name.") :
    h("div", {class: "scroll"}, h("table", {}, h("caption", {class: "unseen"}, "Lists"),
      h("thead", {}, h("tr", {}, heads.map(([head, kind]) => h("th", {scope: "col", class: kind}, head)))),
      h("tbody", {}, table.lists.map((list) => list_row(list, hits, show_entries)))))];
}

function receipt_view(answer, dry_run) {
  const [list] = answer.summary.lists;
  const [source] = list.sources;
  const skipped = Object.entries(list.skipped).filter(([, count]) => count > 0);
  return h("div", {class: "receipt"},
    h("p", {}, h("strong", {}, dry_run ? "Would be done: " : "Done: "),
      `${number(list.new)} new, ${number(list.already_there)} already there, ${number(list.removed)} removed; `,
      `${number(list.names_found)} names found in ${number(list.lines)} lines, read as ${source.format} (${source.format_reason}).`),
    list.public_suffixes > 0 && h("p", {class: "failure"}, `${number(list.public_suffixes)} names are public suffixes.`),
    list.only_listed > 0 && h("p", {class: "failure"}, `${number(list.only_listed)} entries match only by listed name.`),
    skipped.length > 0 && h("p", {}, "Left out: ", skipped.map(([reason, count]) => `${number(count)} ${reason.replaceAll("_", " ")}`).join(", "), "."),
    answer.receipt.length > 0 && h("details", {}, h("summary", {}, `Receipt, ${number(answer.receipt_lines)} lines`),
      h("div", {class: "scroll low", tabindex: "0"}, h("table", {}, h("thead", {}, h("tr", {}, h("th", {scope: "col", class: "number"}, "Line"), h("th", {scope: "col"}, "Text"), h("th", {scope: "col"}, "Why"))),
        h("tbody", {}, answer.receipt.map((line) => h("tr", {}, h("td", {class: "number"}, line?.line ?? ""), h("td", {class: "long"}, line?.text ?? ""), h("td", {}, (line?.reason ?? line?.warning ?? "").replaceAll("_", " ")))))))));
}

function import_panel(changed) {
  const file = h("input", {type: "file"});
  const paste = h("textarea", {rows: 5, spellcheck: "false", placeholder: "0.0.0.0 evil.example\n||tracker.example^\nhxxp://bad[.]example/x"});
  const name = h("input", {type: "text", required: true, placeholder: "malware", spellcheck: "false"});
  const format = select(kFormats.map((one) => [one, one]), "auto");
  const keep = select([["registered", "its first-level domain"], ["listed", "the name as listed"]], "registered");
  const box = (label) => {
    const input = h("input", {type: "checkbox"});
    return [input, h("label", {class: "toggle"}, input, " ", label)];
  };
  const [allow, allow_label] = box("All of it is allowed");
  const [mirror, mirror_label] = box("Remove what it does not hold");
  const [force, force_label] = box("Force");
  const result = h("div", {"aria-live": "polite"});
  const apply = h("button", {type: "button", class: "main", disabled: true}, "Apply");
  // What was tried: only that can be applied.
  let tried = null;
  const forget = () => {
    tried = null;
    apply.disabled = true;
  };
  const send = async (dry_run) => {
    const content = file.files[0] ?? paste.value;
    const parameters = {list: name.value.trim(), format: format.value, keep: keep.value, allow: allow.checked, mirror: mirror.checked, force: force.checked, dry_run};
    for (const flag of ["allow", "mirror", "force", "dry_run"]) if (!parameters[flag]) delete parameters[flag];
    replace(result, h("p", {class: "empty"}, "Working on it…"));
    try {
      const answer = await post("import", parameters, content);
      replace(result, receipt_view(answer, dry_run));
      apply.disabled = !dry_run;
      tried = dry_run;
      if (!dry_run) changed();
    } catch (error) {
      forget();
      replace(result, h("p", {class: "failure"}, error.message));
    }
  };
  apply.addEventListener("click", () => tried && send(false));
  const form = h("form", {oninput: forget, onsubmit: (event) => {
    event.preventDefault();
    send(true);
  }},
  h("div", {class: "bar"}, field("File (plain or gzip)", file), field("List", name), field("Format", format), field("Each name counts as", keep)),
  field("or paste it", paste),
  h("div", {class: "bar"}, allow_label, mirror_label, force_label, h("button", {type: "submit"}, "Try it: change nothing"), apply));
  file.addEventListener("change", () => {
    if (!name.value && file.files[0]) name.value = file.files[0].name.replace(/\.gz$/, "").replace(/\.[^.]*$/, "");
  });
  return h("section", {class: "panel", "aria-labelledby": "import"}, h("h2", {id: "import"}, "Import a list"), form, result);
}

function add_panel(changed) {
  const names = h("textarea", {rows: 3, required: true, spellcheck: "false", placeholder: "evil.example"});
  const list = h("input", {type: "text", value: "manual", required: true, spellcheck: "false"});
  const note = h("input", {type: "text", placeholder: "why"});
  const allow = h("input", {type: "checkbox"});
  const result = h("p", {class: "note", role: "status"});
  const add = async (event) => {
    event.preventDefault();
    try {
      const done = await post("add", {list: list.value.trim(), note: note.value.trim(), allow: allow.checked ? "1" : ""}, names.value);
      result.className = "note";
      result.textContent = [`${number(done.added)} new, ${number(done.already_there)} already there.`, ...done.warnings].join(" ");
      names.value = "";
      changed();
    } catch (error) {
      result.className = "failure";
      result.textContent = error.message;
    }
  };
  return h("section", {class: "panel", "aria-labelledby": "add"}, h("h2", {id: "add"}, "Add names"),
    h("form", {onsubmit: add}, field("Names, one a line", names),
      h("div", {class: "bar"}, field("List", list), field("Note", note), h("label", {class: "toggle"}, allow, " Allow them"),
        h("button", {type: "submit", class: "main"}, "Add"))), result);
}

function entries_panel(changed, editable, signal) {
  const pattern = h("input", {type: "search", placeholder: "part of a name, or *.pattern", spellcheck: "false"});
  const list = h("input", {type: "search", placeholder: "all lists", spellcheck: "false"});
  const allow = h("input", {type: "checkbox"});
  const result = h("div", {"aria-live": "polite"});
  const remove = async (entry) => {
    if (!confirm(`Remove ${plain_name(entry.name)} from ${entry.list}?`)) return;
    await post("remove", {list: entry.list, allow: entry.allow ? "1" : ""}, entry.name);
    say("Removed");
    changed();
    find();
  };
  const row = (entry) => h("tr", {}, h("td", {class: "name"}, shown_name(entry.name)), h("td", {}, entry.list),
    h("td", {}, entry.allow ? "allow" : entry.scope), h("td", {}, entry.first_seen.slice(0, 10)), h("td", {}, entry.last_seen.slice(0, 10)),
    h("td", {}, entry.note),
    h("td", {}, h("a", {href: "#/explain?name=" + encodeURIComponent(entry.name)}, "explain"), " ",
      editable && h("button", {type: "button", class: "as-link", onclick: () => remove(entry).catch((error) => replace(result, h("p", {class: "failure"}, error.message)))}, "remove")));
  const find = async () => {
    try {
      const found = await get("entries", {pattern: pattern.value.trim(), list: list.value.trim(), allow: allow.checked ? "1" : ""}, signal);
      replace(result, found.entries.length === 0 ? h("p", {class: "empty"}, "No entry is like that.") :
        h("div", {class: "scroll low", tabindex: "0"}, h("table", {}, h("caption", {class: "unseen"}, "Entries"),
          h("thead", {}, h("tr", {}, ["Name", "List", "Scope", "First seen", "Last seen", "Note", ""].map((head) => h("th", {scope: "col"}, head)))),
          h("tbody", {}, found.entries.map(row)))),
      found.truncated && h("p", {class: "note"}, `The first ${number(found.entries.length)}.`));
    } catch (error) {
      if (!signal.aborted) replace(result, h("p", {class: "failure"}, error.message));
    }
  };
  const panel = h("section", {class: "panel", "aria-labelledby": "entries"}, h("h2", {id: "entries"}, "Find entries"),
    h("form", {class: "bar", onsubmit: (event) => {
      event.preventDefault();
      find();
    }}, field("Name", pattern), field("List", list), h("label", {class: "toggle"}, allow, " Allow entries"), h("button", {type: "submit"}, "Find")), result);
  const show = (name) => {
    list.value = name;
    pattern.value = "";
    find();
    panel.scrollIntoView({behavior: "smooth"});
  };
  return [panel, show];
}

export async function show_lists(main, _parameters, signal) {
  const top = h("div", {}, h("p", {class: "empty"}, "Asking the service…"));
  main.append(h("h1", {}, "Lists"), h("section", {class: "panel", "aria-label": "Lists"}, top));
  let table, hits, show = () => {};
  const draw = () => table && replace(top, lists_panel(table, hits, (name) => show(name)));
  const load = async () => {
    table = await get("lists", {}, signal);
    draw();
  };
  try {
    await load();
  } catch (error) {
    if (!signal.aborted) replace(top, h("p", {class: "failure"}, error.message));
    return;
  }
  // The service takes the new table a moment after the change.
  const changed = () => load().then(() => setTimeout(() => load().catch(() => {}), 1000)).catch(() => {});
  if (table.editable) {
    let entries;
    [entries, show] = entries_panel(changed, true, signal);
    main.append(import_panel(changed), add_panel(changed), entries);
  }
  poll(1000, signal, async () => {
    if (hits) return;
    const answer = await get("overview", {days: "30"}, signal);
    if (!answer.overview) return;
    hits = hits_by_list(answer.overview);
    draw();
  });
}
