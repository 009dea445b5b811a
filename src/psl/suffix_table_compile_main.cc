// SPDX-License-Identifier: Apache-2.0
// suffix_table_compile LIST.dat OUT.cc: writes the list's compiled table as C++ constants. A step of the
// build; the program then starts with the table in place.
#include <cinttypes>
#include <cstdio>
#include <string>

#include "base/file.h"
#include "psl/suffix_image.h"
#include "psl/suffix_rules.h"

namespace querymark {
namespace {

void append_number(std::string& code, uint64_t number) {
  char digits[24];
  code.append(digits, static_cast<size_t>(std::snprintf(digits, sizeof digits, "0x%" PRIx64 ",", number)));
}

void append_bytes(std::string& code, const char* name, std::string_view bytes) {
  code.append("constexpr char ").append(name).append("[] = {");
  for (const char c : bytes) append_number(code, static_cast<unsigned char>(c));
  code += "0};\n";
}

std::string code_of(const SuffixImage& image) {
  std::string code =
      "// Written by suffix_table_compile.\n"
      "#include \"psl/suffix_image.h\"\n"
      "namespace querymark {\n"
      "namespace {\n"
      "constexpr SuffixEdge kSlots[] = {\n";
  for (const SuffixEdge& edge : image.edges.slots) {
    code += '{';
    append_number(code, edge.tail);
    append_number(code, edge.rest);
    code += "},\n";
  }
  code += "};\nconstexpr uint64_t kHints[] = {";
  for (const uint64_t word : image.edges.hints) append_number(code, word);
  code += "};\n";
  append_bytes(code, "kLongLabels", image.edges.long_labels);
  append_bytes(code, "kVersion", image.version);
  code +=
      "}  // namespace\n"
      "const SuffixImage kBuiltInSuffixes = {\n"
      "    {kSlots, kHints, {kLongLabels, sizeof kLongLabels - 1}}, {kVersion, sizeof kVersion - 1}, ";
  append_number(code, image.icann_rule_count);
  append_number(code, image.private_rule_count);
  code += "};\n}  // namespace querymark\n";
  return code;
}

Result<void> compile_file(const std::string& list_path, const std::string& code_path) {
  const Result<std::string> text = read_file(list_path, kSuffixListSizeMax);
  if (!text) return text.error();
  const Result<SuffixRules> rules = parse_suffix_rules(*text, list_path);
  if (!rules) return rules.error();
  Result<AtomicFile> file = AtomicFile::create(code_path);
  if (!file) return file.error();
  if (Result<void> written = file->append(code_of(compile_suffixes(*rules)->image)); !written) return written;
  return file->commit();
}

}  // namespace
}  // namespace querymark

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: suffix_table_compile LIST.dat OUT.cc\n");
    return 2;
  }
  const querymark::Result<void> done = querymark::compile_file(argv[1], argv[2]);
  if (done) return 0;
  std::fprintf(stderr, "%s\n", done.error().detail.c_str());
  return 1;
}
