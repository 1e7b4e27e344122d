#include "propose/emulate.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "eval/bleu.h"
#include "ir/module.h"
#include "ir/normal_form.h"
#include "ir/prompt_text.h"
#include "ir/split.h"
#include "sandbox/child.h"
#include "tasks/assembly_text.h"
#include "toolchain/optimizer.h"

namespace llmc {
namespace {

using Json = nlohmann::json;

std::string pack(const Json& json) {
  const std::vector<std::uint8_t> bytes = Json::to_cbor(json);
  return {bytes.begin(), bytes.end()};
}

Json to_json(const SizedCode& code) { return {code.instructions, code.binary_size, code.code}; }

SizedCode sized_code_from(const Json& json) {
  return {json[0].get<std::uint64_t>(), json[1].get<std::uint64_t>(), json[2].get<std::string>()};
}

/// The module that a prompt is about, as the model and the compiler see it.
Result<IrModule> module_for(const Program& program, Dialect dialect, const std::string& function) {
  auto whole = function.empty() ? module_of(program) : extract_function(program.bitcode, function);
  if (!whole || dialect != Dialect::llmc) return whole;
  return normalised(*whole);
}

Result<SizedCode> size_up(const IrModule& module, const CodeGenerator& generator,
                          const std::string& code) {
  LLMC_TRY(const Measurement sizes, measure_lowered(module, generator));
  return SizedCode{sizes.instructions, sizes.binary_size(), code};
}

/// What the prompt shows. Runs in a child.
Result<std::string> describe_input(const Program& program, Dialect dialect,
                                   const std::string& function) {
  LLMC_TRY(const IrModule module, module_for(program, dialect, function));
  LLMC_TRY(const CodeGenerator generator,
           CodeGenerator::create(program.codegen, module.target_triple()));
  std::string text = prompt_text(module, PromptDetail::full);
  if (dialect == Dialect::llmc) {
    LLMC_TRY(text, normal_text(module));
  }
  LLMC_TRY(const SizedCode input, size_up(module, generator, text));
  return pack(to_json(input));
}

/// What LLVM makes of it. Runs in a child, which may die of the list.
Result<std::string> compile(const Program& program, Dialect dialect,
                            const EmulationSetting& setting) {
  LLMC_TRY(IrModule module, module_for(program, dialect, setting.function));
  LLMC_TRY(const CodeGenerator generator,
           CodeGenerator::create(program.codegen, module.target_triple()));
  LLMC_CHECK(Optimizer(module.module(), generator).run(setting.list.to_string()));
  LLMC_CHECK(module.verify_optimised());
  LLMC_TRY(SizedCode truth, size_up(module, generator, ""));
  if (setting.wanted == CodeKind::ir) {
    LLMC_TRY(truth.code, normal_text(module));
  } else {
    LLMC_TRY(const std::string assembly, generator.emit_assembly(module.module()));
    truth.code = clean_assembly(assembly);
  }
  return pack(to_json(truth));
}

/// The model's IR in normal form, if LLVM verifies it.
Result<std::string> normal_form_of(const std::string& code) {
  return run_in_child([&]() -> Result<std::string> {
    LLMC_TRY(const IrModule module, read_normal(code, "the answer"));
    return normal_text(module);
  });
}

void judge(Emulation& emulation, CodeKind wanted) {
  auto answer = EmulationAnswer::parse(emulation.text);
  if (!answer) return;
  emulation.parses = true;
  emulation.answer = std::move(*answer);
  std::string code = emulation.answer.code;
  if (wanted == CodeKind::ir) {
    const auto normal = normal_form_of(code);
    emulation.compiles = normal.has_value();
    if (normal) code = *normal;
  } else {
    code = clean_assembly(code);
  }
  emulation.exact = emulation.truth_error.empty() && code == emulation.truth.code;
  emulation.bleu = emulation.truth_error.empty() ? bleu(code, emulation.truth.code) : 0;
}

/// The functions of a unit that does not fit, as a hint.
std::string functions_hint(const Program& program) {
  const auto names = run_in_child([&]() -> Result<std::string> {
    LLMC_TRY(const IrModule module, module_of(program));
    std::string text;
    for (const std::string& name : defined_functions(module))
      text += (text.empty() ? "" : ", ") + name;
    return text;
  });
  return "; name one function with --function: " + names.value_or("");
}

}  // namespace

Result<Emulation> emulate(const Program& program, LanguageModel& model,
                          const EmulationSetting& setting) {
  const Dialect dialect = model.info().dialect;
  Emulation emulation;
  LLMC_TRY(const std::string input,
           run_in_child([&] { return describe_input(program, dialect, setting.function); }));
  emulation.input = sized_code_from(Json::from_cbor(input));
  const auto truth = run_in_child([&] { return compile(program, dialect, setting); });
  if (truth)
    emulation.truth = sized_code_from(Json::from_cbor(*truth));
  else
    emulation.truth_error = truth.error().message;

  const std::string passes =
      dialect == Dialect::llmc ? setting.list.to_string() : setting.list.to_paper_string();
  GenerationRequest request;
  request.prompt =
      to_string(EmulationPrompt{setting.wanted, passes, emulation.input.code,
                                emulation.input.instructions, emulation.input.binary_size});
  if (dialect == Dialect::chat)
    request.prompt +=
        "\n\n" + explanation_for(setting.wanted == CodeKind::ir ? ModelTask::emulate_ir
                                                                : ModelTask::emulate_assembly);
  request.sampling = setting.sampling;
  request.sampling.count = 1;
  const auto hint = [&] {
    return setting.function.empty() ? functions_hint(program) : std::string();
  };
  if (auto fitted = fit_answer(model, request, hint); !fitted)
    return std::unexpected(fitted.error().with_context(program.name));
  LLMC_TRY(Generation generation, model.generate(request));
  emulation.prompt_tokens = generation.prompt_tokens;
  emulation.answer_tokens = generation.answer_tokens;
  emulation.seconds = generation.prompt_seconds + generation.answer_seconds;
  if (!generation.completions.empty()) {
    emulation.text = std::move(generation.completions.front().text);
    emulation.ended = generation.completions.front().ended;
  }
  judge(emulation, setting.wanted);
  return emulation;
}

}  // namespace llmc
