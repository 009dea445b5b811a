// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "aws/environment.h"
#include "aws/http_client.h"
#include "aws/sigv4.h"
#include "base/deadline.h"
#include "base/result.h"

// Credentials from a server beside the program: the container agent's (ECS, EKS Pod Identity) and the
// instance metadata service, version 2 only. Never by a proxy; one second a try.
namespace querymark {

// Whether the environment names a container's server.
bool has_container_credentials(const Environment& environment);

// AWS_CONTAINER_CREDENTIALS_RELATIVE_URI (on 169.254.170.2) before _FULL_URI, which must be https or, for
// http, a host of the machine's own (loopback, 169.254.170.2, 169.254.170.23, fd00:ec2::23). The token of
// AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE is read anew each time and goes before the one in _TOKEN.
Result<Credentials> fetch_container_credentials(const Environment& environment, HttpClient& http,
                                                Deadline deadline);

// A session token by PUT, with it the role's name, with both its credentials. There is no way back to
// version 1. AWS_EC2_METADATA_SERVICE_ENDPOINT and _ENDPOINT_MODE, AWS_METADATA_SERVICE_TIMEOUT and
// _NUM_ATTEMPTS count.
Result<Credentials> fetch_instance_credentials(const Environment& environment, HttpClient& http,
                                               Deadline deadline);

}  // namespace querymark
