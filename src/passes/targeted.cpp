#include "passes/targeted.h"

#include <llvm/IR/Module.h>
#include <llvm/IR/PassManager.h>
#include <llvm/Passes/PassBuilder.h>

#include <algorithm>
#include <memory>

#include "passes/call_decisions.h"
#include "passes/pass_list.h"

namespace llmc {
namespace {

constexpr std::string_view k_begin = "on<";

/// Runs a function pipeline on the function of one name, as LLVM's adaptor does on all of them.
class TargetedFunctionPass : public llvm::PassInfoMixin<TargetedFunctionPass> {
 public:
  TargetedFunctionPass(std::string name, llvm::FunctionPassManager passes)
      : name_(std::move(name)), passes_(std::move(passes)) {}

  llvm::PreservedAnalyses run(llvm::Module& module, llvm::ModuleAnalysisManager& analyses) {
    llvm::Function* function = module.getFunction(name_);
    if (function == nullptr || function->isDeclaration()) return llvm::PreservedAnalyses::all();
    auto& of_functions =
        analyses.getResult<llvm::FunctionAnalysisManagerModuleProxy>(module).getManager();
    llvm::PreservedAnalyses preserved = passes_.run(*function, of_functions);
    of_functions.invalidate(*function, preserved);
    preserved.preserveSet<llvm::AllAnalysesOn<llvm::Function>>();
    preserved.preserve<llvm::FunctionAnalysisManagerModuleProxy>();
    return preserved;
  }

 private:
  std::string name_;
  llvm::FunctionPassManager passes_;
};

std::string text_of(llvm::ArrayRef<llvm::PassBuilder::PipelineElement> elements) {
  std::string text;
  for (const auto& element : elements) {
    if (!text.empty()) text += ',';
    text += element.Name.str();
    if (!element.InnerPipeline.empty()) text += '(' + text_of(element.InnerPipeline) + ')';
  }
  return text;
}

/// The function that `name` ("on<f>") names; empty if it is no such part.
std::string target_of(llvm::StringRef name) {
  if (!name.starts_with("on<") || !name.ends_with(">")) return "";
  return name.substr(k_begin.size(), name.size() - k_begin.size() - 1).str();
}

/// `elements` as they are for the function `target`; an empty target is named by no part.
std::vector<PassElement> view_for(const std::vector<PassElement>& elements,
                                  const std::string& target) {
  std::vector<PassElement> view;
  for (const PassElement& element : elements) {
    if (element.name == k_call_decisions) continue;
    if (element.name != "on") {
      view.push_back(element);
    } else if (element.parameters == target) {
      view.push_back(element);
      view.back().name = "function";
      view.back().parameters.clear();
    }
  }
  return view;
}

}  // namespace

void register_targeted_parts(llvm::PassBuilder& builder) {
  builder.registerPipelineParsingCallback(
      [&builder](llvm::StringRef name, llvm::ModulePassManager& passes,
                 llvm::ArrayRef<llvm::PassBuilder::PipelineElement> inner) {
        const std::string target = target_of(name);
        if (target.empty()) return false;
        if (inner.empty()) return true;  // LLVM asks whether the name is known
        llvm::FunctionPassManager part;
        if (llvm::Error error = builder.parsePassPipeline(part, text_of(inner))) {
          llvm::consumeError(std::move(error));
          return false;
        }
        passes.addPass(TargetedFunctionPass(target, std::move(part)));
        return true;
      });
}

bool has_targeted_parts(std::string_view list) {
  return list.starts_with(k_begin) || list.contains(",on<") || list.starts_with("calls<") ||
         list.contains(",calls<");
}

Result<std::vector<std::string>> targeted_views(const std::string& list) {
  if (!has_targeted_parts(list)) return std::vector<std::string>{list};
  LLMC_TRY(const std::vector<PassElement> elements, read_elements(list));
  std::vector<std::string> targets;
  for (const PassElement& element : elements)
    if (element.name == "on" && std::ranges::find(targets, element.parameters) == targets.end())
      targets.push_back(element.parameters);
  targets.emplace_back();  // all other functions
  std::vector<std::string> views;
  for (const std::string& target : targets) {
    const std::string view = PassList(view_for(elements, target)).to_string();
    if (!view.empty() && std::ranges::find(views, view) == views.end()) views.push_back(view);
  }
  return views;
}

}  // namespace llmc
