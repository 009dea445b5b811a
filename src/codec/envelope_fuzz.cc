// SPDX-License-Identifier: Apache-2.0
// Each object that the scanner takes as an envelope is opened, and what is inside, if that is one: nothing is
// read or written where it must not be, and base64 and its text are one to one.
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "codec/base64.h"
#include "codec/envelope.h"
#include "codec/record_scanner.h"

using namespace querymark;

static void require(bool condition) {
  if (!condition) std::abort();
}

static void scan(std::string_view stream, int depth) {
  std::string padded(stream);
  padded.append(kScanPadding, '\0');
  std::string_view rest = std::string_view(padded).substr(0, stream.size());
  RecordScanner scanner;
  std::array<ScannedRecord, 4> out;
  for (ScanStep step{out.size(), 0, 0}; step.count == out.size();) {
    step = scanner.scan(rest, true, out);
    for (size_t i = 0; i < step.count; ++i) {
      if (out[i].kind != RecordKind::kEnvelope) continue;
      const Result<Envelope> envelope = open_envelope(rest.substr(out[i].begin, out[i].end - out[i].begin));
      if (!envelope || depth == 0) continue;
      for (const std::string& payload : envelope->payloads) {
        require(payload.capacity() >= payload.size() + kScanPadding);
        scan(payload, depth - 1);
      }
    }
    rest.remove_prefix(step.consumed);
  }
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  scan(bytes, 3);

  std::string decoded(base64_decoded_size_max(size), '\0');
  if (const Result<size_t> decoded_size = decode_base64(bytes, decoded.data()); decoded_size) {
    std::string text(base64_size(*decoded_size), '\0');
    encode_base64(std::string_view(decoded).substr(0, *decoded_size), text.data());
    require(text == bytes);
  }
  std::string text(base64_size(size), '\0');
  encode_base64(bytes, text.data());
  std::string back(base64_decoded_size_max(text.size()), '\0');
  const Result<size_t> back_size = decode_base64(text, back.data());
  require(back_size && std::string_view(back).substr(0, *back_size) == bytes);
  return 0;
}
