#include <algorithm>

#include "assembly/assembly.h"
#include "assembly/compare.h"
#include "assembly/flow.h"
#include "fuzz/targets.h"
#include "toolchain/codegen.h"

namespace llmc::fuzz {
namespace {

/// Words that make LLVM's parser repeat text or write as much data as a number says.
bool may_repeat(std::string_view text) {
  constexpr std::string_view k_words[] = {".rep",  ".irp",   ".macro", ".zero", ".fill",
                                          ".skip", ".space", ".nops",  ".org",  ".dcb"};
  return std::ranges::any_of(k_words, [&](std::string_view word) { return text.contains(word); });
}

const char* check_blocks(const AsmUnit& unit, const AsmFunction& function) {
  const auto blocks = blocks_of(unit, function);
  if (!blocks) return blocks.error().message.empty() ? "an error without words" : nullptr;
  std::size_t place = 0;
  for (const AsmBlock& block : *blocks) {
    if (block.first != place || block.end <= block.first) return "the blocks have gaps";
    place = block.end;
    for (const std::size_t successor : block.successors)
      if (successor >= blocks->size()) return "a block that does not exist";
  }
  return place == function.instructions.size() ? nullptr : "instructions without a block";
}

const char* check_unit(const Result<AsmUnit>& unit) {
  if (!unit) return unit.error().message.empty() ? "an error without words" : nullptr;
  for (const AsmDatum& datum : unit->data)
    for (const AsmReference& reference : datum.references)
      if (reference.offset + reference.size > datum.bytes.size()) return "a reference outside";
  for (const AsmFunction& function : unit->functions) {
    for (const AsmLabel& label : function.labels)
      if (label.at > function.instructions.size()) return "a label outside of its function";
    if (const char* wrong = check_blocks(*unit, function)) return wrong;
    if (edit_distance(*unit, function, *unit, function).distance != 0)
      return "a function differs from itself";
  }
  return nullptr;
}

}  // namespace

const char* check_assembly(std::string_view bytes) {
  static const bool ready = [] {
    initialize_targets();
    return true;
  }();
  if (!ready) return "no targets";
  if (bytes.starts_with("\177ELF")) return check_unit(read_object(bytes, "input"));
  if (may_repeat(bytes)) return nullptr;
  for (const NormalTarget target : {NormalTarget::x86_64, NormalTarget::aarch64})
    if (const char* wrong = check_unit(read_assembly(bytes, target, "input"))) return wrong;
  return nullptr;
}

}  // namespace llmc::fuzz
