// SPDX-License-Identifier: Apache-2.0
// The password or a token, where the service asks for one.

import {field, h} from "./dom.js";
import {post} from "./server.js";

export function show_login(main, logged_in) {
  const password = h("input", {type: "password", autocomplete: "current-password", required: true});
  const failure = h("p", {class: "failure", role: "alert"});
  const submit = async (event) => {
    event.preventDefault();
    failure.textContent = "";
    try {
      await post("login", {}, password.value);
      logged_in();
    } catch (error) {
      failure.textContent = error.message;
      password.select();
    }
  };
  main.append(h("section", {class: "panel login"}, h("h1", {}, "Log in"),
    h("form", {onsubmit: submit}, field("Password or token", password), h("button", {type: "submit", class: "main"}, "Log in"),
      failure)));
  password.focus();
}
