#include "tune/wire.h"

#include <nlohmann/json.hpp>
#include <unistd.h>

#include <cerrno>

namespace llmc {
namespace {

using nlohmann::json;

bool write_fully(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(fd, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

bool read_fully(int fd, char* into, std::size_t size) {
  while (size > 0) {
    const ssize_t count = ::read(fd, into, size);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    into += count;
    size -= static_cast<std::size_t>(count);
  }
  return true;
}

std::uint32_t length_at(const char* bytes) {
  std::uint32_t length = 0;
  for (int i = 3; i >= 0; --i) length = length << 8 | static_cast<unsigned char>(bytes[i]);
  return length;
}

bool send_message(int fd, const json& message) {
  std::string bytes(4, '\0');
  json::to_cbor(message, bytes);
  const std::size_t length = bytes.size() - 4;
  for (int i = 0; i < 4; ++i)
    bytes[static_cast<std::size_t>(i)] = static_cast<char>(length >> (8 * i));
  return write_fully(fd, bytes);
}

json binary(const std::string& bytes) { return json::binary({bytes.begin(), bytes.end()}); }

std::string bytes_of(const json& value) {
  const auto& binary_value = value.get_binary();
  return {binary_value.begin(), binary_value.end()};
}

json options_to_json(const CodegenOptions& options) {
  return {options.level == CodegenLevel::oz,
          options.triple,
          options.cpu,
          options.features,
          options.abi,
          options.relocation_model,
          options.code_model,
          options.fp_contract,
          options.function_sections,
          options.data_sections,
          options.unique_section_names,
          options.address_significance_table,
          options.emulated_tls,
          options.relax_all,
          options.use_init_array,
          options.stack_size_section,
          options.unroll_loops,
          options.vectorize_loops,
          options.vectorize_slp,
          options.merge_functions,
          options.debug_info_for_profiling,
          options.zeros_in_bss};
}

CodegenOptions options_from_json(const json& value) {
  CodegenOptions options;
  std::size_t at = 0;
  options.level = value[at++].get<bool>() ? CodegenLevel::oz : CodegenLevel::o0;
  for (std::string CodegenOptions::* field :
       {&CodegenOptions::triple, &CodegenOptions::cpu, &CodegenOptions::features,
        &CodegenOptions::abi, &CodegenOptions::relocation_model, &CodegenOptions::code_model,
        &CodegenOptions::fp_contract})
    options.*field = value[at++].get<std::string>();
  for (bool CodegenOptions::* field :
       {&CodegenOptions::function_sections, &CodegenOptions::data_sections,
        &CodegenOptions::unique_section_names, &CodegenOptions::address_significance_table,
        &CodegenOptions::emulated_tls, &CodegenOptions::relax_all, &CodegenOptions::use_init_array,
        &CodegenOptions::stack_size_section, &CodegenOptions::unroll_loops,
        &CodegenOptions::vectorize_loops, &CodegenOptions::vectorize_slp,
        &CodegenOptions::merge_functions, &CodegenOptions::debug_info_for_profiling,
        &CodegenOptions::zeros_in_bss})
    options.*field = value[at++].get<bool>();
  return options;
}

Row row_from_json(const json& value) {
  Row row;
  row.index = value[0];
  Evaluation& evaluation = row.evaluation;
  evaluation.outcome = static_cast<Outcome>(value[1].get<int>());
  const json& sizes = value[2];
  evaluation.sizes = {sizes[0], sizes[1], sizes[2], sizes[3], sizes[4], sizes[5]};
  evaluation.ir = {value[3], value[4]};
  evaluation.seconds = value[5];
  evaluation.message = bytes_of(value[6]);
  row.codegen_skipped = value[7];
  row.object = bytes_of(value[8]);
  row.bitcode = bytes_of(value[9]);
  return row;
}

}  // namespace

bool send_batch(int fd, const Batch& batch) {
  json items = json::array();
  for (const BatchItem& item : batch.items) items.push_back({item.index, item.steps});
  return send_message(fd, {batch.number, batch.program_name, binary(batch.bitcode), batch.triple,
                           options_to_json(batch.codegen), batch.reuse == Reuse::all,
                           batch.artefacts == Artefacts::yes, items});
}

std::optional<Batch> receive_batch(int fd) {
  char header[4];
  if (!read_fully(fd, header, 4)) return std::nullopt;
  std::string bytes(length_at(header), '\0');
  if (!read_fully(fd, bytes.data(), bytes.size())) return std::nullopt;
  const json value = json::from_cbor(bytes);
  Batch batch;
  batch.number = value[0];
  batch.program_name = value[1];
  batch.bitcode = bytes_of(value[2]);
  batch.triple = value[3];
  batch.codegen = options_from_json(value[4]);
  batch.reuse = value[5].get<bool>() ? Reuse::all : Reuse::none;
  batch.artefacts = value[6].get<bool>() ? Artefacts::yes : Artefacts::no;
  for (const json& item : value[7])
    batch.items.push_back({item[0].get<int>(), item[1].get<std::vector<std::string>>()});
  return batch;
}

bool send_row(int fd, const Row& row) {
  const Evaluation& evaluation = row.evaluation;
  const Measurement& sizes = evaluation.sizes;
  return send_message(
      fd, {row.index,
           static_cast<int>(evaluation.outcome),
           {sizes.instructions, sizes.text, sizes.rodata, sizes.eh_frame, sizes.data, sizes.bss},
           evaluation.ir.high,
           evaluation.ir.low,
           evaluation.seconds,
           binary(evaluation.message),
           row.codegen_skipped,
           binary(row.object),
           binary(row.bitcode)});
}

std::vector<Row> take_rows(std::string& buffer) {
  std::vector<Row> rows;
  std::size_t at = 0;
  while (buffer.size() - at >= 4) {
    const std::size_t length = length_at(buffer.data() + at);
    if (buffer.size() - at - 4 < length) break;
    const auto begin = buffer.begin() + static_cast<long>(at) + 4;
    rows.push_back(row_from_json(json::from_cbor(begin, begin + static_cast<long>(length))));
    at += 4 + length;
  }
  buffer.erase(0, at);
  return rows;
}

}  // namespace llmc
