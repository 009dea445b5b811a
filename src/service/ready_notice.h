// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace querymark {

// Tells the service manager how the service stands, by the datagrams of sd_notify(3); nothing where no
// manager asks for it ($NOTIFY_SOCKET).
void notify_ready();
void notify_stopping();

}  // namespace querymark
