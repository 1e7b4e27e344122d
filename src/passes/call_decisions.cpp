#include "passes/call_decisions.h"

#include <llvm/IR/InstIterator.h>
#include <llvm/IR/InstrTypes.h>
#include <llvm/IR/Module.h>
#include <llvm/IR/PassManager.h>
#include <llvm/Passes/PassBuilder.h>

#include <algorithm>
#include <map>
#include <optional>

#include "passes/own_elements.h"
#include "support/numbers.h"

namespace llmc {
namespace {

/// A call by its number, and what to do with it.
struct NumberedDecision {
  unsigned number = 0;
  bool inlines = false;
};

struct FunctionDecisions {
  std::string function;
  std::vector<NumberedDecision> calls;
};

std::optional<FunctionDecisions> parse_decisions(std::string_view text) {
  FunctionDecisions decisions;
  const std::size_t end = text.find(';');
  decisions.function = text.substr(0, end);
  if (decisions.function.empty() || end == text.npos) return std::nullopt;
  for (text.remove_prefix(end); !text.empty();) {
    text.remove_prefix(1);
    const std::string_view item = text.substr(0, text.find(';'));
    NumberedDecision decision;
    if (item.size() < 2 || (item[0] != '+' && item[0] != '-') ||
        !parse_number(item.substr(1), decision.number) || decision.number == 0)
      return std::nullopt;
    decision.inlines = item[0] == '+';
    decisions.calls.push_back(decision);
    text.remove_prefix(item.size());
  }
  return decisions;
}

/// Whether it is LLVM that decides about inlining the call.
bool is_open(const llvm::CallBase& call) {
  const llvm::Function* const callee = call.getCalledFunction();
  return callee != nullptr && !callee->isDeclaration() && callee != call.getFunction() &&
         !callee->hasFnAttribute(llvm::Attribute::OptimizeNone) && !call.isNoInline() &&
         !call.hasFnAttr(llvm::Attribute::AlwaysInline) && !call.isMustTailCall();
}

std::vector<llvm::CallBase*> open_calls(llvm::Function& function) {
  std::vector<llvm::CallBase*> calls;
  for (llvm::Instruction& instruction : llvm::instructions(function))
    if (auto* const call = llvm::dyn_cast<llvm::CallBase>(&instruction);
        call != nullptr && is_open(*call))
      calls.push_back(call);
  return calls;
}

class CallDecisionsPass : public llvm::PassInfoMixin<CallDecisionsPass> {
 public:
  explicit CallDecisionsPass(FunctionDecisions decisions) : decisions_(std::move(decisions)) {}

  llvm::PreservedAnalyses run(llvm::Module& module, llvm::ModuleAnalysisManager&) {
    llvm::Function* const function = module.getFunction(decisions_.function);
    if (function == nullptr || function->isDeclaration()) return llvm::PreservedAnalyses::all();
    const std::vector<llvm::CallBase*> calls = open_calls(*function);
    for (const NumberedDecision& one : decisions_.calls)
      if (one.number <= calls.size())
        calls[one.number - 1]->addFnAttr(one.inlines ? llvm::Attribute::AlwaysInline
                                                     : llvm::Attribute::NoInline);
    return llvm::PreservedAnalyses::none();
  }

 private:
  FunctionDecisions decisions_;
};

}  // namespace

void register_call_decisions(llvm::PassBuilder& builder) {
  builder.registerPipelineParsingCallback([](llvm::StringRef name, llvm::ModulePassManager& passes,
                                             llvm::ArrayRef<llvm::PassBuilder::PipelineElement>) {
    if (!name.consume_front("calls<") || !name.consume_back(">")) return false;
    auto decisions = parse_decisions({name.data(), name.size()});
    if (!decisions) return false;
    passes.addPass(CallDecisionsPass(std::move(*decisions)));
    return true;
  });
}

bool are_call_decisions(std::string_view parameters) {
  return parse_decisions(parameters).has_value();
}

std::vector<CallSite> call_sites(llvm::Module& module) {
  std::vector<CallSite> sites;
  for (llvm::Function& function : module) {
    if (function.isDeclaration() ||
        !can_stand_in_list({function.getName().data(), function.getName().size()}))
      continue;
    unsigned number = 0;
    for (const llvm::CallBase* call : open_calls(function))
      sites.push_back(
          {function.getName().str(), ++number, call->getCalledFunction()->getName().str()});
  }
  return sites;
}

namespace {

auto end_of_leading_decisions(const std::vector<PassElement>& elements) {
  return std::ranges::find_if(
      elements, [](const PassElement& element) { return element.name != k_call_decisions; });
}

}  // namespace

std::vector<CallDecision> leading_call_decisions(const PassList& list,
                                                 const std::vector<CallSite>& sites) {
  std::vector<CallDecision> found;
  const auto end = end_of_leading_decisions(list.elements());
  for (auto element = list.elements().begin(); element != end; ++element) {
    const auto decisions = parse_decisions(element->parameters);
    if (!decisions) continue;
    for (const NumberedDecision& one : decisions->calls) {
      const auto site = std::ranges::find_if(sites, [&](const CallSite& each) {
        return each.number == one.number && each.caller == decisions->function;
      });
      if (site != sites.end()) found.push_back({*site, one.inlines});
    }
  }
  return found;
}

PassList without_leading_call_decisions(const PassList& list) {
  return PassList({end_of_leading_decisions(list.elements()), list.elements().end()});
}

PassList with_call_decisions(const std::vector<CallDecision>& decisions, const PassList& list) {
  std::vector<PassElement> elements = call_decision_elements(decisions);
  elements.insert(elements.end(), list.elements().begin(), list.elements().end());
  return PassList(std::move(elements));
}

std::vector<PassElement> call_decision_elements(const std::vector<CallDecision>& decisions) {
  std::vector<PassElement> elements;
  for (const CallDecision& one : decisions) {
    const std::string begin = one.site.caller + ";";
    auto element = std::ranges::find_if(
        elements, [&](const PassElement& each) { return each.parameters.starts_with(begin); });
    if (element == elements.end()) {
      elements.push_back({std::string(k_call_decisions), one.site.caller, false, {}});
      element = elements.end() - 1;
    }
    element->parameters += (one.inlines ? ";+" : ";-") + std::to_string(one.site.number);
  }
  return elements;
}

}  // namespace llmc
