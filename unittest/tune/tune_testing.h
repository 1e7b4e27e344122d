// Shared by the tests of tune/: programs to evaluate, and the plain in-process way as the
// authority.
#pragma once

#include <map>
#include <string>

#include "catalogue.h"
#include "ir/module.h"
#include "sandbox/child.h"
#include "testing.h"
#include "toolchain/front_end.h"
#include "toolchain/measurement.h"
#include "toolchain/optimizer.h"
#include "toolchain/program.h"
#include "tune/evaluator.h"
#include "tune/hub.h"
#include "tune/mutation.h"
#include "tune/search.h"

namespace llmc::test {

/// The passes that searches use by default.
inline const Alphabet& alphabet() {
  static const Alphabet the_alphabet(catalogue(), PassTier::trusted);
  return the_alphabet;
}

/// examples/`name`, compiled once.
inline const Program& example(const std::string& name) {
  static std::map<std::string, Program> programs;
  if (const auto known = programs.find(name); known != programs.end()) return known->second;
  const FrontEnd front_end = take(FrontEnd::find());
  Program program =
      take(front_end.compile({{}, source_path("examples/" + name), {}, false}), name.c_str());
  return programs.emplace(name, std::move(program)).first->second;
}

/// All numbers of a measurement, for comparing and for messages.
inline std::string sizes_in_words(const Measurement& sizes) {
  return std::to_string(sizes.instructions) + " " + std::to_string(sizes.text) + " " +
         std::to_string(sizes.rodata) + " " + std::to_string(sizes.eh_frame) + " " +
         std::to_string(sizes.data) + " " + std::to_string(sizes.bss);
}

/// What `list` gives, computed without sharing anything; in a child, as lists crash.
inline Result<std::string> plain_sizes(const Program& program, const std::string& list) {
  return run_in_child([&]() -> Result<std::string> {
    LLMC_TRY(IrModule module, IrModule::parse(program.bitcode, program.name, ValueNames::discard));
    LLMC_TRY(const CodeGenerator generator, CodeGenerator::create(program.codegen, program.triple));
    {
      Optimizer optimizer(module.module(), generator);
      if (list == k_baseline_list) {
        optimizer.run_clang_oz(program.codegen);
      } else if (!list.empty()) {
        LLMC_CHECK(optimizer.run(list));
      }
    }
    LLMC_CHECK(module.verify());
    const std::uint64_t instructions = module.instruction_count();
    LLMC_TRY(const std::string object, generator.emit_object(module.module()));
    LLMC_TRY(Measurement sizes, measure_object(object, program.name));
    sizes.instructions = instructions;
    return sizes_in_words(sizes);
  });
}

inline std::unique_ptr<Evaluator> evaluator(const EvaluatorOptions& options = {}) {
  return take(Evaluator::create(options), "an evaluator");
}

/// The row of one list.
inline Evaluation evaluate_one(Evaluator& evaluator, const Program& program,
                               const std::string& list) {
  return take(evaluator.evaluate(program, {list}), list.c_str()).at(0);
}

/// Runs a search to its end.
template <typename T>
T finish(EvaluationHub& hub, Task<T> task) {
  task.start();
  while (!task.done())
    if (!take(hub.run_one(), "a round")) throw std::runtime_error("the task never resumes");
  return task.take();
}

/// `count` random lists, all different, each of at most `most` elements.
inline std::vector<std::string> random_lists(std::size_t count, std::size_t most,
                                             std::uint64_t seed) {
  Random random(seed);
  std::vector<std::string> lists;
  while (lists.size() < count) {
    const std::string list = random_list(alphabet(), most, random).to_string();
    if (std::ranges::find(lists, list) == lists.end()) lists.push_back(list);
  }
  return lists;
}

}  // namespace llmc::test
