#include "lift/ladder.h"

#include <fmt/format.h>

#include "ir/module.h"
#include "ir/normal_form.h"
#include "sandbox/child.h"
#include "tasks/assembly_text.h"
#include "toolchain/codegen.h"

namespace llmc {
namespace {

constexpr Limits k_limits{std::chrono::seconds(20), std::uint64_t{2} << 30};

/// IR that carries assembly proves nothing by compiling to it.
Result<void> refuse_assembly(const IrModule& module) {
  const std::string text = module.text();
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = std::string_view(text).substr(at, end - at);
    at = end + 1;
    if (line.starts_with("module asm") || line.contains(" asm \"") ||
        line.contains(" asm sideeffect") || line.contains(" asm inteldialect") ||
        line.contains(" asm alignstack") || line.contains(" asm unwind"))
      return fail("there is assembly in the IR");
  }
  return {};
}

Result<std::string> lower(const std::string& ir) {
  LLMC_TRY(IrModule module, read_normal(ir, "the IR"));
  LLMC_TRY(const CodeGenerator generator,
           CodeGenerator::create(CodegenOptions(), module.target_triple()));
  LLMC_TRY(const std::string text, generator.emit_assembly(module.module()));
  return clean_assembly(text);
}

}  // namespace

std::string first_differing_line(std::string_view made, std::string_view wanted) {
  for (std::size_t number = 1;; ++number) {
    const std::string_view a = made.substr(0, made.find('\n'));
    const std::string_view b = wanted.substr(0, wanted.find('\n'));
    if (a != b || made.empty() || wanted.empty())
      return fmt::format("line {} is '{}' instead of '{}'", number, a, b);
    made.remove_prefix(std::min(a.size() + 1, made.size()));
    wanted.remove_prefix(std::min(b.size() + 1, wanted.size()));
  }
}

std::string_view to_string(LiftRung rung) {
  switch (rung) {
    case LiftRung::none:
      return "none";
    case LiftRung::readable:
      return "readable";
    case LiftRung::compiles:
      return "compiles";
    case LiftRung::same_instructions:
      return "same-instructions";
    case LiftRung::identical:
      return "identical";
  }
  return "";
}

LiftStanding climb(std::string_view ir, std::string_view assembly) {
  const std::string text(ir);
  const auto readable = run_in_child(
      [&]() -> Result<std::string> {
        LLMC_TRY(const IrModule module, read_normal(text, "the IR"));
        LLMC_CHECK(refuse_assembly(module));
        return std::string();
      },
      k_limits);
  if (!readable) return {LiftRung::none, readable.error().message, ""};
  auto made = run_in_child([&] { return lower(text); }, k_limits);
  if (!made) return {LiftRung::readable, made.error().message, ""};
  const std::string wanted = clean_assembly(assembly);
  if (*made == wanted) return {LiftRung::identical, "", std::move(*made)};
  std::string reason = first_differing_line(*made, wanted);
  return {LiftRung::compiles, std::move(reason), std::move(*made)};
}

}  // namespace llmc
