#include "corpus/cut.h"

#include "ir/normal_form.h"
#include "ir/split.h"
#include "support/files.h"

namespace llmc {
namespace {

CutFunction describe(const std::string& name, const Result<IrModule>& module,
                     const CutLimits& limits) {
  CutFunction cut{name, "", "", 0, nullptr};
  const auto skipped = [&](const char* reason) {
    cut.skip = reason;
    return cut;
  };
  if (!module) return skipped("cannot be cut out");
  cut.instructions = module->instruction_count();
  if (cut.instructions < limits.least_instructions) return skipped("trivial");
  auto text = normal_text(*module);
  if (!text) return skipped("no normal form");
  if (text->size() > limits.most_bytes) return skipped("too long");
  if (text->size() < limits.least_bytes) return skipped("too short");
  if (!read_normal(*text, name)) return skipped("normal form does not parse");
  cut.text = std::move(*text);
  cut.module = &*module;
  return cut;
}

}  // namespace

Result<std::string> unit_bitcode(const Input& input) {
  if (input.command) {
    LLMC_TRY(const FrontEnd front_end, FrontEnd::find());
    return front_end.unoptimised_bitcode(*input.command);
  }
  LLMC_TRY(const std::string bytes, read_file(input.name));
  LLMC_TRY(const IrModule module, IrModule::parse(bytes, input.name, ValueNames::discard));
  return module.bitcode();
}

Result<void> cut_unit(const std::string& bitcode, const IrModule& module, const CutLimits& limits,
                      const std::function<void(const CutFunction&)>& take) {
  return extract_functions(bitcode, defined_functions(module),
                           [&](const std::string& function, const Result<IrModule>& extracted) {
                             take(describe(function, extracted, limits));
                           });
}

}  // namespace llmc
