#include "tune/outputs.h"

#include <fmt/format.h>

#include <array>

#include "ir/module.h"
#include "sandbox/child.h"

namespace llmc {
namespace {

struct KindName {
  OutputKind kind;
  std::string_view option, extension;
};

constexpr std::array<KindName, 4> k_kinds = {{{OutputKind::object, "obj", "o"},
                                              {OutputKind::bitcode, "bc", "bc"},
                                              {OutputKind::ir, "ll", "ll"},
                                              {OutputKind::assembly, "asm", "s"}}};

}  // namespace

std::string_view extension_of(OutputKind kind) {
  for (const KindName& one : k_kinds)
    if (one.kind == kind) return one.extension;
  return "";
}

Result<OutputKind> parse_output_kind(std::string_view name) {
  for (const KindName& one : k_kinds)
    if (one.option == name) return one.kind;
  return fail(fmt::format("unknown kind of output '{}'; expected obj, bc, ll or asm", name),
              ErrorKind::usage);
}

OutputKind kind_for_file(std::string_view path) {
  const std::size_t dot = path.rfind('.');
  for (const KindName& one : k_kinds)
    if (dot != path.npos && path.substr(dot + 1) == one.extension) return one.kind;
  return OutputKind::object;
}

Result<std::string> build_output(Evaluator& evaluator, const TunedProgram& tuned, OutputKind kind) {
  const Evaluation& best = tuned.result->best;
  const std::string& name = tuned.program->name;
  LLMC_TRY(BuiltList built, evaluator.build(*tuned.program, best.list));
  if (built.evaluation.sizes != best.sizes)
    return fail(fmt::format(
        "{}: building the winner again gave {} bytes instead of {}; the store may be from another "
        "machine: try --no-store, and please report this",
        name, built.evaluation.sizes.binary_size(), best.sizes.binary_size()));
  switch (kind) {
    case OutputKind::object:
      return std::move(built.object);
    case OutputKind::bitcode:
      return std::move(built.bitcode);
    case OutputKind::ir: {
      LLMC_TRY(const IrModule module, IrModule::parse(built.bitcode, name));
      return module.text();
    }
    case OutputKind::assembly:
      break;
  }
  return run_in_child([&] { return assembly_of(built.bitcode, *tuned.program); });
}

}  // namespace llmc
