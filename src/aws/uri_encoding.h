// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

// Percent-encoding as AWS defines it for signatures: every byte but A-Z a-z 0-9 - . _ ~ becomes %XX in upper
// case; a blank is %20, never "+".
//
//   uri_encode("red flower+1.jpg")           "red%20flower%2B1.jpg"
//   uri_encode("a/b c", UriEncoding::kPath)  "a/b%20c"
namespace querymark {

enum class UriEncoding {
  kComponent,  // a name or value of a query; "/" is encoded
  kPath,       // a path: "/" stays
};

std::string uri_encode(std::string_view text, UriEncoding encoding = UriEncoding::kComponent);

// Bytes of %XX; a "%" without two hex digits after it stands for itself, and "+" too.
std::string uri_decode(std::string_view text);
// The same of text that was encoded as a form is: "+" is a blank, as in S3's keys in events and listings.
std::string form_decode(std::string_view text);

}  // namespace querymark
