#include "ir/sketch.h"

#include <fmt/format.h>
#include <llvm/IR/Constants.h>
#include <llvm/IR/InlineAsm.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/IR/Module.h>

#include <algorithm>
#include <functional>
#include <map>
#include <sstream>
#include <unordered_set>
#include <vector>

#include "support/numbers.h"

namespace llmc {
namespace {

constexpr std::size_t k_most_repeats = 256;
constexpr unsigned k_most_ways = 8;  ///< of a switch, a phi, a call: more are as many

std::string type_name(const llvm::Type* type) {
  if (type->isIntegerTy()) return fmt::format("i{}", type->getIntegerBitWidth());
  if (type->isPointerTy()) return "ptr";
  if (type->isVoidTy()) return "void";
  if (type->isFloatTy()) return "float";
  if (type->isDoubleTy()) return "double";
  if (type->isArrayTy()) return "[";
  if (type->isStructTy()) return "{";
  if (type->isVectorTy()) return "<";
  return "?";
}

/// What kind of value an operand is; nothing for results of instructions and parameters.
std::string operand(const llvm::Value* value) {
  if (llvm::isa<llvm::GlobalValue>(value)) return " @";
  const auto* constant = llvm::dyn_cast<llvm::Constant>(value);
  if (constant == nullptr) return "";
  if (constant->isNullValue()) return " 0";
  return llvm::isa<llvm::ConstantExpr>(constant) ? " @" : " c";
}

unsigned ways(std::size_t count) {
  return static_cast<unsigned>(std::min<std::size_t>(count, k_most_ways));
}

/// "llvm.memcpy.p0.p0.i64" → "memcpy".
std::string intrinsic_name(const llvm::IntrinsicInst& call) {
  llvm::StringRef name = llvm::Intrinsic::getBaseName(call.getIntrinsicID());
  name.consume_front("llvm.");
  return name.str();
}

std::string describe_call(const llvm::CallBase& call) {
  if (const auto* intrinsic = llvm::dyn_cast<llvm::IntrinsicInst>(&call))
    return " " + intrinsic_name(*intrinsic);
  std::string text = fmt::format(" {} n{}", type_name(call.getType()), ways(call.arg_size()));
  if (call.isInlineAsm()) return text + " asm";
  if (call.isIndirectCall()) text += " *";
  const auto constants = std::ranges::count_if(
      call.args(), [](const llvm::Use& use) { return llvm::isa<llvm::Constant>(use.get()); });
  if (constants > 0) text += fmt::format(" c{}", ways(static_cast<std::size_t>(constants)));
  return text;
}

/// The smallest of 1, 2, 3, 4, 6, 8, 12, … that is no less than `count`; at most 256.
std::size_t step_of(std::size_t count) {
  std::size_t power = 1;
  while (power < count && power < k_most_repeats) power *= 2;
  const std::size_t between = power / 4 * 3;  // 3, 6, 12, … below 4, 8, 16, …
  return count <= between ? between : power;
}

std::string print(const std::string& what, std::size_t count) {
  return count > 1 ? fmt::format("\n{} x{}", what, step_of(count)) : "\n" + what;
}

/// Counts the lines of one function after the other.
class Sketcher {
 public:
  void add(const llvm::Module& module) {
    for (const llvm::GlobalVariable& variable : module.globals())
      if (!variable.use_empty()) line(variable.isConstant() ? "global const" : "global var");
    for (const llvm::Function& function : module)
      if (!function.isDeclaration()) add(function);
  }

  [[nodiscard]] std::string text() const {
    std::string text = print("all", all_);
    for (const auto& [what, count] : lines_) text += print(what, count);
    return text;
  }

 private:
  void line(const std::string& what) {
    ++lines_[what];
    ++all_;
  }

  void add(const llvm::Function& function) {
    std::string head = "fn " + type_name(function.getReturnType());
    if (function.doesNotThrow()) head += " nounwind";
    if (function.hasPersonalityFn()) head += " personality";
    if (function.hasLocalLinkage()) head += " local";
    if (function.isVarArg()) head += " ...";
    line(head);
    for (const llvm::Argument& argument : function.args()) {
      std::string text = "arg " + type_name(argument.getType());
      if (argument.hasStructRetAttr()) text += " sret";
      if (argument.hasByValAttr()) text += " byval";
      line(text);
    }
    seen_.clear();
    for (const llvm::BasicBlock& block : function) {
      seen_.insert(&block);
      for (const llvm::Instruction& instruction : block)
        if (!llvm::isa<llvm::DbgInfoIntrinsic>(instruction)) add(instruction);
    }
  }

  void add(const llvm::Instruction& instruction) {
    if (const auto* intrinsic = llvm::dyn_cast<llvm::IntrinsicInst>(&instruction))
      if (intrinsic->getIntrinsicID() == llvm::Intrinsic::lifetime_end) return;  // as many begin
    line(instruction.getOpcodeName() + facts(instruction));
  }

  /// What stands behind the opcode.
  [[nodiscard]] std::string facts(const llvm::Instruction& instruction) const {
    if (const auto* call = llvm::dyn_cast<llvm::CallBase>(&instruction))
      return describe_call(*call);
    if (const auto* load = llvm::dyn_cast<llvm::LoadInst>(&instruction))
      return " " + type_name(load->getType()) + (load->isSimple() ? "" : " !") +
             operand(load->getPointerOperand());
    if (const auto* store = llvm::dyn_cast<llvm::StoreInst>(&instruction))
      return " " + type_name(store->getValueOperand()->getType()) +
             (store->isSimple() ? "" : " !") + operand(store->getValueOperand()) +
             (llvm::isa<llvm::Constant>(store->getPointerOperand()) ? " to @" : "");
    if (const auto* variable = llvm::dyn_cast<llvm::AllocaInst>(&instruction))
      return " " + type_name(variable->getAllocatedType()) +
             (variable->isStaticAlloca() ? "" : " !");
    if (const auto* compare = llvm::dyn_cast<llvm::CmpInst>(&instruction))
      return " " + llvm::CmpInst::getPredicateName(compare->getPredicate()).str() + " " +
             type_name(compare->getOperand(0)->getType()) + operand(compare->getOperand(1));
    if (const auto* branch = llvm::dyn_cast<llvm::BranchInst>(&instruction))
      return branch_facts(*branch);
    if (const auto* choice = llvm::dyn_cast<llvm::SwitchInst>(&instruction))
      return fmt::format(" {}", ways(choice->getNumCases()));
    if (const auto* phi = llvm::dyn_cast<llvm::PHINode>(&instruction))
      return fmt::format(" {} n{}", type_name(phi->getType()), ways(phi->getNumIncomingValues()));
    if (const auto* address = llvm::dyn_cast<llvm::GetElementPtrInst>(&instruction))
      return address_facts(*address);
    if (const auto* cast = llvm::dyn_cast<llvm::CastInst>(&instruction))
      return " " + type_name(cast->getSrcTy()) + " " + type_name(cast->getDestTy());
    if (const auto* operation = llvm::dyn_cast<llvm::BinaryOperator>(&instruction))
      return " " + type_name(operation->getType()) + operand(operation->getOperand(0)) +
             operand(operation->getOperand(1));
    if (llvm::isa<llvm::ReturnInst>(instruction))
      return instruction.getNumOperands() == 0 ? "" : " v" + operand(instruction.getOperand(0));
    return " " + type_name(instruction.getType());
  }

  [[nodiscard]] std::string branch_facts(const llvm::BranchInst& branch) const {
    std::string text = branch.isConditional() ? " ?" : "";
    for (const llvm::BasicBlock* next : branch.successors())
      if (seen_.contains(next)) return text + " back";
    return text;
  }

  static std::string address_facts(const llvm::GetElementPtrInst& address) {
    std::string text = operand(address.getPointerOperand());
    text += " " + type_name(address.getSourceElementType());
    if (!address.hasAllConstantIndices()) return text + " v";
    return address.hasAllZeroIndices() ? text + " 0" : text;
  }

  std::map<std::string, std::size_t> lines_;
  std::size_t all_ = 0;
  std::unordered_set<const llvm::BasicBlock*> seen_;
};

}  // namespace

std::string sketch_of(const IrModule& module, const SketchOptions& options) {
  Sketcher sketcher;
  sketcher.add(module.module());
  return shorten_sketch(sketcher.text(), options.most_lines);
}

std::string shorten_sketch(const std::string& sketch, std::size_t most_lines) {
  struct Line {
    std::size_t place, count;
    std::string text;
  };
  std::vector<Line> lines;
  std::istringstream stream(sketch.substr(std::min<std::size_t>(1, sketch.size())));
  for (std::string text; std::getline(stream, text);) {
    const std::size_t times = text.rfind(" x");
    std::size_t count = 1;
    if (times == text.npos || !parse_number(std::string_view(text).substr(times + 2), count))
      count = 1;
    lines.push_back({lines.size(), count, text});
  }
  if (lines.size() <= most_lines) return sketch;
  std::ranges::stable_sort(lines, std::ranges::greater(), &Line::count);
  lines.resize(most_lines);
  std::ranges::sort(lines, {}, &Line::place);
  std::string text;
  for (const Line& line : lines) text += "\n" + line.text;
  return text;
}

}  // namespace llmc
