// SPDX-License-Identifier: Apache-2.0
// What the page asks of the service. Failures are Errors with the service's own words; while the service does not
// answer at all the banner says so.

let token = "";

export class ServiceError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

function show_banner(text) {
  const banner = document.getElementById("banner");
  banner.hidden = text === "";
  if (banner.textContent !== text) banner.textContent = text;
}

async function send(method, path, body, signal) {
  const headers = method === "GET" ? {} : {"X-Querymark-Token": token};
  let reply;
  try {
    reply = await fetch("/api/" + path, {method, headers, body, signal, credentials: "same-origin"});
  } catch (error) {
    if (error.name !== "AbortError") show_banner("The service does not answer. The page tries again.");
    throw error.name === "AbortError" ? error : new ServiceError(0, "the service does not answer");
  }
  show_banner("");
  return reply;
}

// The service forgets its tokens when it starts anew: then the page takes the new one, once.
async function ask(method, path, body, signal) {
  let reply = await send(method, path, body, signal);
  if (method !== "GET" && reply.status === 403 && path !== "login" && (await open_session()).token !== "")
    reply = await send(method, path, body, signal);
  const is_json = (reply.headers.get("Content-Type") || "").startsWith("application/json");
  const content = is_json ? await reply.json() : await reply.text();
  if (reply.ok) return content;
  if (reply.status === 401) window.dispatchEvent(new Event("login-needed"));
  throw new ServiceError(reply.status, content.message || String(content));
}

export async function open_session() {
  const reply = await send("GET", "session");
  const session = await reply.json();
  if (!reply.ok) throw new ServiceError(reply.status, session.message);
  token = session.token;
  return session;
}

function with_parameters(path, parameters) {
  const given = Object.entries(parameters).filter(([, value]) => value !== undefined && value !== "");
  return given.length === 0 ? path : path + "?" + given.map(([name, value]) =>
    `${name}=${encodeURIComponent(value === true ? "1" : value)}`).join("&");
}

export function get(path, parameters = {}, signal = undefined) {
  return ask("GET", with_parameters(path, parameters), undefined, signal);
}

export function post(path, parameters, body, signal = undefined) {
  return ask("POST", with_parameters(path, parameters), body, signal);
}

// {columns: [{name, number}], rows: [[text or null]], truncated, took_s}
export function query(sql, {rows, signal} = {}) {
  return post("query", {rows}, sql, signal);
}

const kSilenceMax = 40000;  // milliseconds; the service's beat comes every fifteen seconds
const kStreamRetry = 2000;

// Server-sent events of `path` until the signal; a broken connection is opened again by the browser, which tells the
// service the last event that came, one that it refuses after `instead`. `parameters`: a function, asked whenever one is
// opened. changed("open" | "broken" | "asking"): how it stands.
export function stream(path, parameters, signal, {received, changed, instead}) {
  let source, heard;
  const open = () => {
    if (signal.aborted) return;
    source = new EventSource("/api/" + with_parameters(path, parameters()));
    heard = Date.now();
    source.onopen = () => {
      heard = Date.now();
      show_banner("");
      changed("open");
    };
    source.onmessage = (event) => {
      heard = Date.now();
      received(event);
    };
    source.addEventListener("beat", () => heard = Date.now());
    source.onerror = async () => {
      const is_refused = source.readyState === EventSource.CLOSED;
      changed(is_refused ? "asking" : "broken");
      if (!is_refused) return;
      await instead().catch(() => {});
      setTimeout(open, kStreamRetry);
    };
  };
  const watch = setInterval(() => {
    if (Date.now() - heard < kSilenceMax || source.readyState === EventSource.CLOSED) return;
    source.close();
    changed("broken");
    open();
  }, kSilenceMax / 4);
  signal.addEventListener("abort", () => {
    clearInterval(watch);
    source.close();
  });
  open();
}

// Calls `step` now and every so many milliseconds until the page is left; a failure is told to `failed`.
export function poll(milliseconds, signal, step, failed) {
  const run = async () => {
    if (signal.aborted) return;
    let wait = milliseconds;
    try {
      wait = await step() ?? milliseconds;
    } catch (error) {
      if (signal.aborted) return;
      failed?.(error);
    }
    setTimeout(run, wait);
  };
  run();
}
