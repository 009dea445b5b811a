// SPDX-License-Identifier: Apache-2.0
#include <string_view>

#include "dns/domain_name.h"
#include "query/registrable_domain_function-inl.h"

namespace querymark {
namespace {

// registrable_domain(name) over a chunk of names; NULL where there is none.
void registrable_domains(const DuckDbLibrary& api, const SuffixTable& suffixes, duckdb_data_chunk input,
                         duckdb_vector output) {
  const duckdb_vector names = api.data_chunk_get_vector(input, 0);
  const uint64_t* given = api.vector_get_validity(names);
  api.vector_ensure_validity_writable(output);
  uint64_t* found = api.vector_get_validity(output);
  for (idx_t row = 0; row < api.data_chunk_get_size(input); ++row) {
    const DomainName name = is_valid(given, row) ? normalize_name(text_at(api, names, row)) : DomainName();
    const std::string_view registrable =
        name.ok() ? suffixes.registrable_domain(name.text()) : std::string_view();
    if (registrable.empty()) {
      api.validity_set_row_invalid(found, row);
    } else {
      api.vector_assign_string_element_len(output, row, registrable.data(), registrable.size());
    }
  }
}

void call_registrable_domain(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output) {
  const Result<const DuckDbLibrary*> api = duckdb_library();
  const auto* suffixes = static_cast<const SuffixTable*>((*api)->scalar_function_get_extra_info(info));
  registrable_domains(**api, *suffixes, input, output);
}

}  // namespace

bool add_registrable_domain(const DuckDbLibrary& api, duckdb_connection connection, SuffixTable& suffixes) {
  duckdb_logical_type text = api.create_logical_type(DUCKDB_TYPE_VARCHAR);
  duckdb_scalar_function function = api.create_scalar_function();
  api.scalar_function_set_name(function, "registrable_domain");
  api.scalar_function_add_parameter(function, text);
  api.scalar_function_set_return_type(function, text);
  api.scalar_function_set_extra_info(function, &suffixes, nullptr);
  api.scalar_function_set_function(function, call_registrable_domain);
  const bool added = api.register_scalar_function(connection, function) == DuckDBSuccess;
  api.destroy_scalar_function(&function);
  api.destroy_logical_type(&text);
  return added;
}

}  // namespace querymark
