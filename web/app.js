// SPDX-License-Identifier: Apache-2.0
// The page: which part of it stands in #main, by what follows the # in the address.

import {h, replace, say} from "./dom.js";
import {is_defanged} from "./format.js";
import {open_session, post} from "./server.js";
import {show_explain} from "./explain.js";
import {show_lists} from "./lists.js";
import {show_live} from "./live.js";
import {show_login} from "./login.js";
import {show_overview} from "./overview.js";
import {show_pipeline} from "./pipeline.js";
import {show_search} from "./search.js";
import {close_threat, show_threat} from "./threat.js";

const kPages = {
  "/": ["Overview", show_overview],
  "/search": ["Search", show_search],
  "/live": ["Live", show_live],
  "/lists": ["Lists", show_lists],
  "/explain": ["Explain", show_explain],
  "/pipeline": ["Pipeline", show_pipeline],
};

let leave = new AbortController();
let shown = "";

// "#/search?name=evil" -> {path: "/search", parameters: URLSearchParams}
function address() {
  const text = location.hash.slice(1) || "/";
  const mark = text.indexOf("?");
  const path = mark < 0 ? text : text.slice(0, mark);
  return {path: path in kPages ? path : "/", parameters: new URLSearchParams(mark < 0 ? "" : text.slice(mark + 1))};
}

// A threat is looked at over the overview, which stays as it is.
function without_threat(parameters) {
  const rest = new URLSearchParams(parameters);
  rest.delete("host");
  rest.delete("domain");
  return rest;
}

function route() {
  const {path, parameters} = address();
  const is_threat = path === "/" && parameters.has("domain");
  const key = path + "?" + (path === "/" ? without_threat(parameters) : parameters);
  if (key !== shown) {
    shown = key;
    leave.abort();
    leave = new AbortController();
    const [title, show] = kPages[path];
    document.title = `${title} · querymark`;
    for (const link of document.querySelectorAll("#pages a"))
      link.toggleAttribute("aria-current", link.getAttribute("href") === "#" + path);
    show(replace(document.getElementById("main")), parameters, leave.signal);
    say(title);
  }
  if (is_threat) show_threat(parameters);
  else close_threat();
}

function log_in() {
  shown = "";
  leave.abort();
  close_threat();
  document.title = "Log in · querymark";
  show_login(replace(document.getElementById("main")), start);
}

function show_fatal(error) {
  replace(document.getElementById("main"), h("section", {class: "panel notice"},
    h("h1", {}, "The dashboard is closed"), h("p", {}, error.message)));
}

async function start() {
  try {
    const session = await open_session();
    document.getElementById("log-out").hidden = !session.can_log_out;
    if (session.login) return log_in();
    shown = "";
    route();
  } catch (error) {
    if (error.status) return show_fatal(error);
    setTimeout(start, 2000);
  }
}

function set_up() {
  const defang = document.getElementById("defang");
  defang.checked = is_defanged();
  defang.addEventListener("change", () => {
    localStorage.setItem("defang", defang.checked ? "1" : "0");
    shown = "";
    route();
  });
  document.getElementById("log-out").addEventListener("click", async () => {
    await post("logout", {}, "");
    start();
  });
  window.addEventListener("hashchange", route);
  window.addEventListener("login-needed", log_in);
  start();
}

set_up();
