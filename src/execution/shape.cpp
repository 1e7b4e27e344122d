#include "execution/shape.h"

#include <llvm/IR/Constants.h>
#include <llvm/IR/DataLayout.h>
#include <llvm/IR/GetElementPtrTypeIterator.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/IR/Module.h>
#include <llvm/IR/Operator.h>

#include <algorithm>
#include <numeric>
#include <optional>
#include <set>

namespace llmc {
namespace {

// Each pointer is a node and an offset from it. Nodes that one pointer may point to (at a phi, a
// select, a comparison, in one field) are united: a union-find whose edges have lengths, as merged
// pointers may point into the middle. For
//
//     for (; list; list = list->next) sum += list->value;
//
// the phi unites the argument with what is loaded from offset 8 of it, so that field 8 of shape 1
// points to shape 1.

/// A pointer as node and offset.
struct ShapePlace {
  unsigned node = 0;
  std::int64_t offset = 0;
};

struct ShapeAccess {
  ShapePlace at;
  ShapeField::Kind kind = ShapeField::Kind::integer;
  unsigned bytes = 0;
  ShapePlace target;  ///< of a pointer
  std::uint64_t first = 0, values = 0;  ///< of an integer: the range that is promised
  std::vector<std::int64_t> hints;  ///< of an integer: what it is compared with
};

/// Something is found each so many bytes from there.
struct ShapeStep {
  ShapePlace at;
  std::uint64_t bytes = 0;
  std::uint64_t count = 0;  ///< how often; 0: not known
};

constexpr std::uint64_t k_object_most = 32 * 1024;  ///< larger offsets are not believed
constexpr unsigned k_repeated = 16;  ///< elements of an array within an object
constexpr std::size_t k_shapes_most = 24;

/// The constants that `value` is compared with, be it extended or truncated.
std::vector<std::int64_t> compared_with(const llvm::Value& value, unsigned depth = 2) {
  std::vector<std::int64_t> constants;
  const auto add = [&](const llvm::Value* operand) {
    if (const auto* number = llvm::dyn_cast<llvm::ConstantInt>(operand))
      if (number->getBitWidth() <= 64) constants.push_back(number->getSExtValue());
    if (llvm::isa<llvm::ConstantPointerNull>(operand)) constants.push_back(0);
  };
  for (const llvm::User* user : value.users()) {
    if (const auto* compare = llvm::dyn_cast<llvm::ICmpInst>(user)) {
      add(compare->getOperand(0));
      add(compare->getOperand(1));
    } else if (const auto* choice = llvm::dyn_cast<llvm::SwitchInst>(user)) {
      for (const auto& each : choice->cases()) add(each.getCaseValue());
    } else if (llvm::isa<llvm::CastInst>(user) && depth > 0) {
      const std::vector<std::int64_t> more = compared_with(*user, depth - 1);
      constants.insert(constants.end(), more.begin(), more.end());
    } else if (llvm::isa<llvm::BranchInst, llvm::SelectInst>(user) &&
               value.getType()->isIntegerTy(1)) {
      constants.insert(constants.end(), {0, 1});
    }
  }
  return constants;
}

class ShapeFinder {
 public:
  explicit ShapeFinder(const llvm::Function& function)
      : function_(function), layout_(function.getParent()->getDataLayout()) {
    new_node();  // 0: of which nothing is known
  }

  ShapeTable find() {
    for (const llvm::Argument& argument : function_.args())
      if (argument.getType()->isPointerTy()) (void)place(&argument);
    for (const llvm::Instruction& instruction : llvm::instructions(function_)) visit(instruction);
    for (const llvm::Instruction& instruction : llvm::instructions(function_)) join(instruction);
    while (unite_fields()) {
    }
    return table();
  }

 private:
  unsigned new_node() {
    parents_.push_back({static_cast<unsigned>(parents_.size()), 0});
    return parents_.back().node;
  }

  /// The root of a place's node, and the place's distance from it.
  ShapePlace root(ShapePlace at) const {
    while (parents_[at.node].node != at.node)
      at = {parents_[at.node].node, at.offset + parents_[at.node].offset};
    return at;
  }

  bool unite(ShapePlace a, ShapePlace b) {
    a = root(a);
    b = root(b);
    if (a.node == 0 || b.node == 0) return false;
    if (a.node != b.node) {
      if (loose_.contains(a.node)) std::swap(a, b);
      // A merged pointer is where the first that flows into it is. Other objects have their
      // beginnings in common: two fields of one of them may flow into the same pointer.
      const bool loose = loose_.erase(b.node) > 0;
      parents_[b.node] = {a.node, loose ? a.offset - b.offset : 0};
      return true;
    }
    if (a.offset != b.offset && !final_)
      steps_.push_back({a.offset < b.offset ? a : b,
                        static_cast<std::uint64_t>(std::abs(a.offset - b.offset)), 0});
    return false;
  }

  ShapePlace place(const llvm::Value* value) {
    const auto found = places_.find(value);
    if (found != places_.end()) return found->second;
    ShapePlace result;
    if (const auto* gep = llvm::dyn_cast<llvm::GEPOperator>(value)) {
      result = moved(*gep);
    } else if (const auto* global = llvm::dyn_cast<llvm::GlobalVariable>(value)) {
      result = {named(globals_, global->getName().str()), 0};
    } else if (llvm::isa<llvm::Constant>(value) || !value->getType()->isPointerTy()) {
      return {};
    } else if (const auto* call = llvm::dyn_cast<llvm::CallBase>(value)) {
      const llvm::Function* callee = call->getCalledFunction();
      result = {callee == nullptr ? new_node() : named(results_, callee->getName().str()), 0};
    } else {
      result = {new_node(), 0};
      if (llvm::isa<llvm::PHINode, llvm::SelectInst>(value)) loose_.insert(result.node);
    }
    places_[value] = result;
    return result;
  }

  unsigned named(std::map<std::string, unsigned>& names, const std::string& name) {
    const auto [found, fresh] = names.try_emplace(name, 0);
    if (fresh) found->second = new_node();
    return found->second;
  }

  ShapePlace moved(const llvm::GEPOperator& gep) {
    ShapePlace at = place(gep.getPointerOperand());
    if (at.node == 0) return {};
    llvm::MapVector<llvm::Value*, llvm::APInt> variable;
    llvm::APInt constant(64, 0);
    if (!gep.collectOffset(layout_, 64, variable, constant)) return {new_node(), 0};
    at.offset += constant.getSExtValue();
    for (const auto& [index, scale] : variable)
      steps_.push_back(
          {at, static_cast<std::uint64_t>(std::abs(scale.getSExtValue())), array_length(gep)});
    return at;
  }

  /// The length of the array within an object that `gep` points into; 0 if there is none.
  static std::uint64_t array_length(const llvm::GEPOperator& gep) {
    llvm::Type* type = gep.getSourceElementType();
    for (unsigned i = 2; i < gep.getNumOperands() && type != nullptr; ++i) {
      const auto* array = llvm::dyn_cast<llvm::ArrayType>(type);
      if (array != nullptr && array->getNumElements() > 1) return array->getNumElements();
      type = llvm::GetElementPtrInst::getTypeAtIndex(type, gep.getOperand(i));
    }
    return 0;
  }

  void access(const llvm::Value* pointer, llvm::Type* type, const llvm::Value* value) {
    if (!type->isSized() || type->isScalableTy()) return;
    ShapeAccess access;
    access.at = place(pointer);
    access.bytes = static_cast<unsigned>(layout_.getTypeStoreSize(type));
    if (access.at.node == 0 || access.bytes == 0 || access.bytes > 64) return;
    if (type->isPointerTy()) {
      access.kind = ShapeField::Kind::pointer;
      access.target = place(value);
    } else if (type->isFPOrFPVectorTy()) {
      access.kind = ShapeField::Kind::floating;
    } else if (type->isIntegerTy()) {
      read_range(value, access);
      if (llvm::isa<llvm::LoadInst>(value)) access.hints = compared_with(*value);
    }
    if (!type->isVectorTy()) {
      accesses_.push_back(access);
      return;
    }
    const auto lanes =
        static_cast<unsigned>(llvm::cast<llvm::FixedVectorType>(type)->getNumElements());
    access.bytes = std::max(1U, access.bytes / lanes);
    for (unsigned i = 0; i < lanes; ++i) {
      accesses_.push_back(access);
      access.at.offset += access.bytes;
    }
  }

  static void read_range(const llvm::Value* value, ShapeAccess& access) {
    const auto* load = llvm::dyn_cast<llvm::LoadInst>(value);
    const llvm::MDNode* range =
        load == nullptr ? nullptr : load->getMetadata(llvm::LLVMContext::MD_range);
    if (range == nullptr || range->getNumOperands() != 2) return;
    const auto* low = llvm::mdconst::extract<llvm::ConstantInt>(range->getOperand(0));
    const auto* high = llvm::mdconst::extract<llvm::ConstantInt>(range->getOperand(1));
    if (low->getBitWidth() > 64) return;
    access.first = low->getZExtValue();
    access.values = (high->getValue() - low->getValue()).getZExtValue();
  }

  void visit(const llvm::Instruction& instruction) {
    if (const auto* whole = llvm::dyn_cast<llvm::MemIntrinsic>(&instruction))
      if (const auto* length = llvm::dyn_cast<llvm::ConstantInt>(whole->getLength())) {
        wholes_.push_back({place(whole->getDest()), length->getZExtValue(), 1});
        if (const auto* copy = llvm::dyn_cast<llvm::MemTransferInst>(whole))
          wholes_.push_back({place(copy->getSource()), length->getZExtValue(), 1});
      }
    if (const auto* load = llvm::dyn_cast<llvm::LoadInst>(&instruction))
      access(load->getPointerOperand(), load->getType(), load);
    if (const auto* store = llvm::dyn_cast<llvm::StoreInst>(&instruction))
      access(store->getPointerOperand(), store->getValueOperand()->getType(),
             store->getValueOperand());
    if (const auto* call = llvm::dyn_cast<llvm::CallBase>(&instruction)) {
      if (call->isIndirectCall()) code_.insert(place(call->getCalledOperand()).node);
      const llvm::Function* callee = call->getCalledFunction();
      const std::vector<std::int64_t> hints = compared_with(*call);
      auto& known = result_hints_[callee == nullptr ? "" : callee->getName().str()];
      known.insert(known.end(), hints.begin(), hints.end());
    }
    if (llvm::isa<llvm::ICmpInst, llvm::SwitchInst, llvm::BinaryOperator>(instruction))
      for (const llvm::Value* operand : instruction.operands())
        if (const auto* number = llvm::dyn_cast<llvm::ConstantInt>(operand))
          if (number->getBitWidth() <= 64) constants_.insert(number->getSExtValue());
  }

  void join(const llvm::Instruction& instruction) {
    if (const auto* compare = llvm::dyn_cast<llvm::ICmpInst>(&instruction)) {
      const llvm::Value* a = compare->getOperand(0);
      const llvm::Value* b = compare->getOperand(1);
      if (!a->getType()->isPointerTy()) return;
      const ShapePlace first = root(place(a));
      const ShapePlace second = root(place(b));
      if (first.node != second.node) unite({first.node, 0}, {second.node, 0});
    }
    if (!instruction.getType()->isPointerTy()) return;
    if (const auto* phi = llvm::dyn_cast<llvm::PHINode>(&instruction))
      for (const llvm::Value* incoming : phi->incoming_values()) unite(place(phi), place(incoming));
    if (const auto* select = llvm::dyn_cast<llvm::SelectInst>(&instruction)) {
      unite(place(select), place(select->getTrueValue()));
      unite(place(select), place(select->getFalseValue()));
    }
  }

  /// Unites what the pointers in one field point to; true if that changed something.
  bool unite_fields() {
    final_ = true;
    bool changed = false;
    std::map<std::pair<unsigned, std::int64_t>, ShapePlace> targets;
    for (const ShapeAccess& access : accesses_) {
      if (access.kind != ShapeField::Kind::pointer || access.target.node == 0) continue;
      const ShapePlace at = root(access.at);
      const auto [found, fresh] = targets.try_emplace({at.node, at.offset}, access.target);
      if (!fresh) changed |= unite(found->second, access.target);
    }
    return changed;
  }

  /// The accesses of one root, by offset; overlapping ones are left out.
  std::map<std::uint64_t, ShapeAccess> fields_of(unsigned node) const {
    std::map<std::uint64_t, ShapeAccess> fields;
    for (const ShapeAccess& access : accesses_) {
      const ShapePlace at = root(access.at);
      if (at.node != node || at.offset < 0) continue;
      const auto offset = static_cast<std::uint64_t>(at.offset);
      if (offset + access.bytes > k_object_most) continue;
      const auto [found, fresh] = fields.try_emplace(offset, access);
      if (fresh) continue;
      std::vector<std::int64_t> hints = found->second.hints;
      hints.insert(hints.end(), access.hints.begin(), access.hints.end());
      if (access.kind == ShapeField::Kind::pointer || access.values > 0) found->second = access;
      found->second.hints = std::move(hints);
    }
    for (auto at = fields.begin(); at != fields.end();) {
      const auto next = std::next(at);
      if (next == fields.end() || at->first + at->second.bytes <= next->first)
        at = next;
      else if (at->second.kind == ShapeField::Kind::pointer)
        fields.erase(next);
      else
        at = fields.erase(at);
    }
    return fields;
  }

  static bool folds(const std::map<std::uint64_t, ShapeAccess>& fields, std::uint64_t step) {
    std::map<std::uint64_t, ShapeField::Kind> kinds;
    for (const auto& [offset, access] : fields) {
      const std::uint64_t at = offset % step;
      if (at + access.bytes > step) return false;
      if (kinds.try_emplace(at, access.kind).first->second != access.kind) return false;
    }
    return true;
  }

  ShapeField field(const ShapeAccess& access) {
    return {access.kind,
            access.bytes,
            access.kind == ShapeField::Kind::pointer ? number(access.target.node) : 0,
            access.first,
            access.values,
            access.hints};
  }

  void describe(unsigned node, unsigned number) {
    MemoryShape shape;
    for (const unsigned each : code_) shape.code |= each != 0 && root({each, 0}).node == node;
    const std::map<std::uint64_t, ShapeAccess> fields = fields_of(node);
    std::uint64_t stride = 0;
    std::vector<std::pair<std::uint64_t, std::uint64_t>> inner;
    for (const ShapeStep& step : steps_) {
      const ShapePlace at = root(step.at);
      if (at.node != node || step.bytes == 0 || step.bytes > k_object_most) continue;
      const bool inside =
          step.count > 0 && at.offset >= 0 && !fields.empty() &&
          fields.rbegin()->first >= static_cast<std::uint64_t>(at.offset) + step.count * step.bytes;
      if (!inside && folds(fields, step.bytes))
        stride = std::gcd(stride, step.bytes);
      else if (at.offset >= 0)
        inner.emplace_back(static_cast<std::uint64_t>(at.offset), step.bytes);
    }
    if (stride != 0 && !folds(fields, stride)) stride = 0;
    for (const ShapeStep& whole : wholes_) {
      const ShapePlace at = root(whole.at);
      if (at.node == node && at.offset >= 0 && whole.bytes <= k_object_most)
        shape.bytes = std::max(shape.bytes, static_cast<std::uint64_t>(at.offset) + whole.bytes);
    }
    shape.stride = stride;
    for (const auto& [offset, access] : fields)
      shape.fields[stride == 0 ? offset : offset % stride] = field(access);
    if (stride == 0)
      for (const auto& [begin, step] : inner) repeat(shape, fields, begin, step);
    shapes_[number] = std::move(shape);
  }

  /// Repeats the fields of [begin, begin + step) until the next field.
  void repeat(MemoryShape& shape, const std::map<std::uint64_t, ShapeAccess>& fields,
              std::uint64_t begin, std::uint64_t step) {
    const auto next = fields.lower_bound(begin + step);
    const std::uint64_t end = next == fields.end() ? k_object_most : next->first;
    for (auto at = fields.lower_bound(begin); at != fields.end() && at->first < begin + step; ++at)
      for (unsigned i = 1; i < k_repeated; ++i) {
        const std::uint64_t offset = at->first + i * step;
        if (offset + at->second.bytes > end) break;
        shape.fields.try_emplace(offset, field(at->second));
      }
  }

  /// The number in the table of a node's root; its fields may get numbers on the way.
  unsigned number(unsigned node) {
    node = root({node, 0}).node;
    if (node == 0) return 0;
    const auto [found, fresh] = numbers_.try_emplace(node, shapes_.size());
    if (fresh && shapes_.size() >= k_shapes_most) {
      found->second = 0;
    } else if (fresh) {
      const unsigned mine = found->second;
      shapes_.emplace_back();
      describe(node, mine);
      return mine;
    }
    return found->second;
  }

  ShapeTable table() {
    ShapeTable table;
    shapes_.emplace_back();
    for (const llvm::Argument& argument : function_.args())
      table.parameters.push_back(argument.getType()->isPointerTy() ? number(place(&argument).node)
                                                                   : 0);
    for (const auto& [name, node] : globals_) table.globals[name] = number(node);
    for (const auto& [name, node] : results_) table.results[name] = number(node);
    for (const llvm::Argument& argument : function_.args())
      table.parameter_hints.push_back(compared_with(argument));
    table.result_hints = std::move(result_hints_);
    table.shapes = std::move(shapes_);
    table.constants.assign(constants_.begin(), constants_.end());
    return table;
  }

  const llvm::Function& function_;
  const llvm::DataLayout& layout_;
  std::vector<ShapePlace> parents_;
  std::map<const llvm::Value*, ShapePlace> places_;
  std::map<std::string, unsigned> globals_, results_;
  std::vector<ShapeAccess> accesses_;
  std::vector<ShapeStep> steps_;
  std::vector<ShapeStep> wholes_;  ///< what is set or copied at once
  std::set<unsigned> code_;
  std::set<unsigned> loose_;  ///< nodes of merged pointers into which nothing has flowed yet
  std::set<std::int64_t> constants_;
  std::map<std::string, std::vector<std::int64_t>> result_hints_;
  bool final_ = false;  ///< steps are not looked for any more
  std::map<unsigned, unsigned> numbers_;
  std::vector<MemoryShape> shapes_;
};

}  // namespace

ShapeTable shapes_of(const llvm::Function& function) { return ShapeFinder(function).find(); }

}  // namespace llmc
