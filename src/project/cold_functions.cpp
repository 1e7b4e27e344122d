#include "project/cold_functions.h"

#include <fmt/format.h>
#include <llvm/ADT/SCCIterator.h>
#include <llvm/Analysis/BlockFrequencyInfo.h>
#include <llvm/Analysis/BranchProbabilityInfo.h>
#include <llvm/Analysis/LoopInfo.h>
#include <llvm/Analysis/ProfileSummaryInfo.h>
#include <llvm/IR/CFG.h>
#include <llvm/IR/Constants.h>
#include <llvm/IR/Dominators.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/Module.h>
#include <llvm/IR/ProfDataUtils.h>
#include <llvm/Transforms/Scalar/LowerExpectIntrinsic.h>

#include <algorithm>
#include <map>

#include "ir/module.h"
#include "support/numbers.h"

namespace llmc {
namespace {

/// An edge that is taken less often than once in so many times is unlikely. `__builtin_expect` says
/// once in 2001.
constexpr std::uint64_t k_unlikely = 64;

using Functions = std::set<const llvm::Function*>;
using Blocks = std::set<const llvm::BasicBlock*>;

/// Whether a call that does not return is a program's or a thread's ordinary end, or a jump.
bool is_ordinary_end(const llvm::CallBase& call) {
  const llvm::Function* const callee = call.getCalledFunction();
  if (callee == nullptr) return false;
  static const std::set<std::string, std::less<>> exits = {"exit", "_exit", "_Exit", "quick_exit"};
  static const std::set<std::string, std::less<>> others = {
      "pthread_exit", "thrd_exit", "longjmp", "_longjmp", "siglongjmp", "__longjmp_chk"};
  const std::string_view name = callee->getName();
  if (others.contains(name)) return true;
  if (!exits.contains(name) || call.arg_size() != 1) return false;
  const auto* const status = llvm::dyn_cast<llvm::ConstantInt>(call.getArgOperand(0));
  return status == nullptr || status->isZero();
}

bool is_cold_call(const llvm::CallBase& call, const Functions& cold) {
  return call.hasFnAttr(llvm::Attribute::Cold) ||
         (call.getCalledFunction() != nullptr && cold.contains(call.getCalledFunction()));
}

/// Whether the block by itself is one that hardly ever runs.
bool is_cold_by_itself(const llvm::BasicBlock& block, const Functions& cold) {
  if (block.isEHPad()) return true;
  bool ends_in_error = llvm::isa<llvm::UnreachableInst>(block.getTerminator());
  for (const llvm::Instruction& instruction : block) {
    const auto* const call = llvm::dyn_cast<llvm::CallBase>(&instruction);
    if (call == nullptr) continue;
    if (is_cold_call(*call, cold)) return true;
    if (call->doesNotReturn() && is_ordinary_end(*call)) ends_in_error = false;
  }
  return ends_in_error;
}

/// Whether the profile or the source says that the edge is hardly ever taken.
bool is_unlikely(const llvm::BasicBlock& from, const llvm::BasicBlock& to) {
  llvm::SmallVector<std::uint32_t, 4> weights;
  const llvm::Instruction* const end = from.getTerminator();
  if (!llvm::extractBranchWeights(*end, weights) || weights.size() != end->getNumSuccessors())
    return false;
  std::uint64_t all = 0;
  std::uint64_t there = 0;
  for (unsigned i = 0; i < weights.size(); ++i) {
    all += weights[i];
    if (end->getSuccessor(i) == &to) there += weights[i];
  }
  return there * k_unlikely < all;
}

/// The blocks of a function that hardly ever run: the least set that the rules give. The entry is
/// in it where all ways end in an error or at a cold call.
Blocks cold_blocks_of(const llvm::Function& function, const Functions& cold) {
  Blocks blocks;
  const auto is_cold = [&](const llvm::BasicBlock* block) { return blocks.contains(block); };
  const auto becomes_cold = [&](const llvm::BasicBlock& block) {
    if (is_cold_by_itself(block, cold)) return true;
    const auto after = llvm::successors(&block);
    if (after.begin() != after.end() && std::all_of(after.begin(), after.end(), is_cold))
      return true;
    const auto before = llvm::predecessors(&block);
    return &block != &function.getEntryBlock() && before.begin() != before.end() &&
           std::all_of(before.begin(), before.end(), [&](const llvm::BasicBlock* from) {
             return is_cold(from) || is_unlikely(*from, block);
           });
  };
  for (bool changed = true; changed;) {
    changed = false;
    for (const llvm::BasicBlock& block : function)
      if (!is_cold(&block) && becomes_cold(block)) changed |= blocks.insert(&block).second;
  }
  return blocks;
}

Blocks blocks_in_loops(llvm::Function& function) {
  Blocks blocks;
  for (auto part = llvm::scc_begin(&function); !part.isAtEnd(); ++part)
    if (part.hasCycle()) blocks.insert(part->begin(), part->end());
  return blocks;
}

/// The calls of a function that nobody else can call; nothing if there is another use.
std::vector<const llvm::CallBase*> all_calls_of(const llvm::Function& function) {
  std::vector<const llvm::CallBase*> calls;
  if (!function.hasLocalLinkage()) return {};
  for (const llvm::Use& use : function.uses()) {
    const auto* const call = llvm::dyn_cast<llvm::CallBase>(use.getUser());
    if (call == nullptr || !call->isCallee(&use)) return {};
    calls.push_back(call);
  }
  return calls;
}

/// Functions that the start of the program calls, each once.
Functions start_functions(const llvm::Module& module) {
  Functions functions;
  const llvm::Function* const main = module.getFunction("main");
  if (main != nullptr && !main->isDeclaration() && main->use_empty()) functions.insert(main);
  const llvm::GlobalVariable* const table = module.getNamedGlobal("llvm.global_ctors");
  if (table == nullptr || !table->hasInitializer()) return functions;
  for (const llvm::Use& entry : table->getInitializer()->operands()) {
    const auto* const fields = llvm::dyn_cast<llvm::ConstantStruct>(entry.get());
    if (fields == nullptr || fields->getNumOperands() < 2) continue;
    if (const auto* const function = llvm::dyn_cast<llvm::Function>(fields->getOperand(1));
        function != nullptr && !function->isDeclaration())
      functions.insert(function);
  }
  return functions;
}

/// What the heuristics find out about a module.
class ColdSearch {
 public:
  explicit ColdSearch(llvm::Module& module) : module_(module) {
    for (llvm::Function& function : module_) {
      if (function.isDeclaration()) continue;
      loops_[&function] = blocks_in_loops(function);
      if (function.hasFnAttribute(llvm::Attribute::Cold)) cold_.insert(&function);
    }
    // Each round may make more calls cold, and these more blocks.
    while (grow_cold()) {
    }
  }

  [[nodiscard]] Functions by_heuristics() const {
    Functions found = cold_;
    std::map<const llvm::Function*, bool> known;
    for (const llvm::Function* function : once())
      if (runs_straight_on(*function, known)) found.insert(function);
    return found;
  }

  [[nodiscard]] Functions by_list(const HotFunctions& hot) const {
    std::vector<const llvm::Function*> reached;
    for (const auto& [function, blocks] : blocks_)
      if (hot.contains(function->getName())) reached.push_back(function);
    Functions warm(reached.begin(), reached.end());
    while (!reached.empty()) {
      const llvm::Function* const caller = reached.back();
      reached.pop_back();
      for (const llvm::Function* callee : callees_outside_cold_blocks(*caller))
        if (warm.insert(callee).second) reached.push_back(callee);
    }
    Functions found;
    for (const auto& [function, blocks] : blocks_)
      if (!warm.contains(function)) found.insert(function);
    return found;
  }

 private:
  /// One round; whether it has found something.
  bool grow_cold() {
    bool changed = false;
    for (const llvm::Function& function : module_) {
      if (function.isDeclaration()) continue;
      Blocks& blocks = blocks_[&function];
      blocks = cold_blocks_of(function, cold_);
      if (!blocks.contains(&function.getEntryBlock())) continue;
      // A program's own end says nothing about what comes before it.
      if (function.getName() == "main")
        blocks.clear();
      else
        changed |= cold_.insert(&function).second;
    }
    for (const llvm::Function& function : module_)
      if (!function.isDeclaration() && !cold_.contains(&function) && has_only_cold_calls(function))
        changed |= cold_.insert(&function).second;
    return changed;
  }

  [[nodiscard]] bool has_only_cold_calls(const llvm::Function& function) const {
    const auto calls = all_calls_of(function);
    return !calls.empty() && std::ranges::all_of(calls, [&](const llvm::CallBase* call) {
      return cold_.contains(call->getFunction()) ||
             blocks_.at(call->getFunction()).contains(call->getParent());
    });
  }

  /// Functions that run at most once in a program.
  [[nodiscard]] Functions once() const {
    Functions found = start_functions(module_);
    for (bool changed = true; changed;) {
      changed = false;
      for (const auto& [function, blocks] : blocks_) {
        const auto calls = all_calls_of(*function);
        const bool runs_once = !calls.empty() && std::ranges::all_of(calls, [&](const auto* call) {
          const llvm::Function* const caller = call->getFunction();
          return found.contains(caller) && !loops_.at(caller).contains(call->getParent());
        });
        if (runs_once) changed |= found.insert(function).second;
      }
    }
    return found;
  }

  /// Whether there is no loop and no recursion in a function and in all that it calls. `known` has
  /// the answers so far; false for functions that are being looked into, for these are recursive.
  bool runs_straight_on(const llvm::Function& function,
                        std::map<const llvm::Function*, bool>& known) const {
    const auto [answer, is_new] = known.emplace(&function, false);
    if (!is_new || !loops_.at(&function).empty()) return answer->second;
    answer->second = std::ranges::all_of(
        callees_outside_cold_blocks(function),
        [&](const llvm::Function* callee) { return runs_straight_on(*callee, known); });
    return answer->second;
  }

  [[nodiscard]] Functions callees_outside_cold_blocks(const llvm::Function& caller) const {
    Functions callees;
    for (const llvm::BasicBlock& block : caller) {
      if (blocks_.at(&caller).contains(&block)) continue;
      for (const llvm::Instruction& instruction : block) {
        const auto* const call = llvm::dyn_cast<llvm::CallBase>(&instruction);
        const auto* const callee = call == nullptr ? nullptr : call->getCalledFunction();
        if (callee != nullptr && !callee->isDeclaration()) callees.insert(callee);
      }
    }
    return callees;
  }

  llvm::Module& module_;
  std::map<const llvm::Function*, Blocks> blocks_;  ///< the cold ones of each function
  std::map<const llvm::Function*, Blocks> loops_;
  Functions cold_;
};

/// By the profile that clang has put into the IR.
Functions cold_by_profile(llvm::Module& module, llvm::ProfileSummaryInfo& summary) {
  Functions found;
  for (llvm::Function& function : module) {
    if (function.isDeclaration() || !function.getEntryCount()) continue;
    llvm::DominatorTree dominators(function);
    const llvm::LoopInfo loops(dominators);
    const llvm::BranchProbabilityInfo probabilities(function, loops);
    llvm::BlockFrequencyInfo frequencies(function, probabilities, loops);
    if (summary.isFunctionColdInCallGraph(&function, frequencies)) found.insert(&function);
  }
  return found;
}

}  // namespace

Result<HotFunctions> HotFunctions::parse(std::string_view text) {
  HotFunctions hot;
  for (std::size_t number = 1; !text.empty(); ++number) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    line = line.substr(0, line.find('#'));
    std::vector<std::string_view> words;
    constexpr std::string_view k_blanks = " \t\r";
    for (std::size_t at = 0; (at = line.find_first_not_of(k_blanks, at)) != line.npos;) {
      words.push_back(line.substr(at, line.find_first_of(k_blanks, at) - at));
      at += words.back().size();
    }
    if (words.empty()) continue;
    std::uint64_t count = 1;
    if (words.size() > 2 || (words.size() == 2 && !parse_number(words[1], count)))
      return fail(
          fmt::format("line {}: expected the name of a function, and perhaps how often it "
                      "was seen",
                      number));
    if (count > 0) hot.names_.emplace(words[0]);
  }
  if (hot.names_.empty())
    return fail("no function was seen at work; list those that run often, one a line");
  return hot;
}

ColdFunctions find_cold_functions(IrModule module, const HotFunctions* hot) {
  llvm::Module& all = module.module();
  ColdFunctions cold;
  // Turns what the source says to be likely into weights; asks for no analysis.
  llvm::FunctionAnalysisManager none;
  for (llvm::Function& function : all) {
    if (function.isDeclaration()) continue;
    ++cold.defined;
    llvm::LowerExpectIntrinsicPass().run(function, none);
  }
  Functions found;
  llvm::ProfileSummaryInfo summary(all);
  if (hot != nullptr) {
    cold.judge = ColdJudge::list;
    found = ColdSearch(all).by_list(*hot);
  } else if (summary.hasProfileSummary()) {
    cold.judge = ColdJudge::profile;
    found = cold_by_profile(all, summary);
  } else {
    found = ColdSearch(all).by_heuristics();
  }
  for (const llvm::Function& function : all)
    if (found.contains(&function) && !function.hasFnAttribute(llvm::Attribute::Hot))
      cold.names.push_back(function.getName().str());
  return cold;
}

void make_small(IrModule& module, const ColdFunctions& cold) {
  for (const std::string& name : cold.names) {
    llvm::Function* const function = module.module().getFunction(name);
    if (function == nullptr || function->hasOptNone()) continue;
    function->addFnAttr(llvm::Attribute::OptimizeForSize);
    function->addFnAttr(llvm::Attribute::MinSize);
  }
}

}  // namespace llmc
