#include "lift/outlined.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <set>

#include "assembly/facts.h"

namespace llmc {
namespace {

constexpr std::string_view k_prefix = "OUTLINED_FUNCTION_";

/// Outlined functions may call others.
constexpr int k_deepest = 8;

using Pieces = std::map<std::string_view, const AsmFunction*>;

/// True if `function` is one sequence of instructions, and then over.
bool is_piece(const AsmFunction& function) {
  if (!function.name.starts_with(k_prefix) || function.linkage != AsmLinkage::local ||
      !function.problem.empty() || function.instructions.empty() ||
      std::ranges::any_of(function.labels, [&](const AsmLabel& label) {
        return label.at < function.instructions.size();
      }))
    return false;
  const auto kind = [](const AsmInstruction& one) { return flow_kind(NormalTarget::aarch64, one); };
  const std::size_t last = function.instructions.size() - 1;
  for (std::size_t i = 0; i < last; ++i)
    if (kind(function.instructions[i]) != FlowKind::next &&
        kind(function.instructions[i]) != FlowKind::call)
      return false;
  const FlowKind end = kind(function.instructions[last]);
  return end == FlowKind::returns || end == FlowKind::jump || end == FlowKind::indirect;
}

/// The piece that `instruction` calls or jumps to; null if it does neither.
const AsmFunction* piece_of(const AsmInstruction& instruction, const Pieces& pieces) {
  if (instruction.name != "BL" && instruction.name != "B") return nullptr;
  const AsmOperand* const target = jump_operand(instruction);
  if (target == nullptr || target->value != 0) return nullptr;
  const auto found = pieces.find(target->symbol);
  return found == pieces.end() ? nullptr : found->second;
}

/// The one instruction that `text` is; `model` is where it stands.
std::optional<AsmInstruction> read_one(const std::string& text, const AsmInstruction& model) {
  const auto unit = read_assembly("\t.text\n\t.type f,@function\nf:\n\t" + text + "\n\tret\n",
                                  NormalTarget::aarch64, "an instruction");
  if (!unit || unit->functions.empty() || unit->functions[0].instructions.size() != 2)
    return std::nullopt;
  AsmInstruction read = unit->functions[0].instructions[0];
  read.line = model.line;
  return read;
}

/// True if x30 is put on the stack by `instruction`, or taken from there, by itself.
bool spills_link(const AsmInstruction& instruction, bool is_store) {
  return instruction.text == (is_store ? "str x30, [sp, #-16]!" : "ldr x30, [sp], #16");
}

/// Places on the stack in `body` as they are where x30 is not on top of it. False: they cannot be
/// told.
bool shift_places(std::vector<AsmInstruction>& body) {
  constexpr std::string_view k_place = "[sp, #";
  for (AsmInstruction& one : body) {
    const std::size_t at = one.text.find(k_place);
    if (at == std::string::npos) {
      const bool names_stack = std::ranges::any_of(
          one.operands, [](const AsmOperand& operand) { return operand.reg == "SP"; });
      if (names_stack) return false;
      continue;
    }
    const std::size_t begin = at + k_place.size();
    const std::size_t end = one.text.find(']', begin);
    long distance = 0;
    const auto [stop, error] =
        std::from_chars(one.text.data() + begin, one.text.data() + end, distance);
    const bool is_plain =
        error == std::errc() && stop == one.text.data() + end && end + 1 == one.text.size();
    auto moved =
        is_plain ? read_one(one.text.substr(0, begin) + std::to_string(distance - 16) + "]", one)
                 : std::nullopt;
    if (!moved) return false;
    one = std::move(*moved);
  }
  return true;
}

/// Takes off what a piece with calls does to keep x30 for itself: it is not needed in place.
void forget_own_spill(std::vector<AsmInstruction>& body) {
  if (body.size() < 3 || !spills_link(body.front(), true) || !spills_link(body.back(), false))
    return;
  std::vector<AsmInstruction> inner(body.begin() + 1, body.end() - 1);
  if (shift_places(inner)) body = std::move(inner);
}

/// The instructions of `piece` in the place of `call`, which calls or jumps to it; nothing if they
/// cannot be.
std::optional<std::vector<AsmInstruction>> in_place(const AsmFunction& piece,
                                                    const AsmInstruction& call) {
  std::vector<AsmInstruction> body = piece.instructions;
  const AsmInstruction last = body.back();
  body.pop_back();
  forget_own_spill(body);
  const FlowKind end = flow_kind(NormalTarget::aarch64, last);
  if (call.name == "B") {
    body.push_back(last);
  } else if (end == FlowKind::jump) {
    AsmInstruction made = call;
    made.operands = last.operands;
    made.text = "bl" + last.text.substr(1);
    body.push_back(std::move(made));
  } else if (end == FlowKind::indirect) {
    auto made = read_one("blr" + last.text.substr(2), last);
    if (!made) return std::nullopt;
    body.push_back(std::move(*made));
  }
  return body;
}

/// The register that `instruction` copies x30 to, or from.
std::string_view copy_of_link(const AsmInstruction& instruction, bool is_to_link) {
  const auto& operands = instruction.operands;
  const bool is_copy = instruction.name == "ORRXrs" && operands[1].reg == "XZR" &&
                       operands[3].value == 0 && operands[is_to_link ? 0 : 2].reg == "LR";
  return is_copy ? operands[is_to_link ? 2 : 0].reg : std::string_view();
}

/// One function rewritten.
class Rewriting {
 public:
  Rewriting(AsmFunction& function, const Pieces& pieces) : function_(function), pieces_(pieces) {
    for (const AsmLabel& label : function.labels) labelled_.insert(label.at);
  }

  /// True if there was anything to put back.
  bool run() {
    const auto& old = function_.instructions;
    std::vector<AsmInstruction> made;
    std::vector<std::size_t> places;  // of each old instruction
    bool changed = false;
    for (std::size_t at = 0; at < old.size(); ++at) {
      const AsmFunction* const piece = piece_of(old[at], pieces_);
      auto body = piece != nullptr ? in_place(*piece, old[at]) : std::nullopt;
      if (!body) {
        places.push_back(made.size());
        made.push_back(old[at]);
        continue;
      }
      changed = true;
      const bool is_kept = keeps_link(at, *body);
      if (is_kept) made.pop_back(), places.back() = made.size();
      places.push_back(made.size());
      made.insert(made.end(), body->begin(), body->end());
      if (is_kept) places.push_back(made.size()), ++at;
    }
    places.push_back(made.size());
    for (AsmLabel& label : function_.labels) label.at = places[label.at];
    function_.instructions = std::move(made);
    return changed;
  }

 private:
  /// True if x30 is kept in a register over the call at `at`, or on the stack; then places in
  /// `body` are changed as if it were not.
  [[nodiscard]] bool keeps_link(std::size_t at, std::vector<AsmInstruction>& body) const {
    const auto& instructions = function_.instructions;
    if (at == 0 || at + 1 >= instructions.size() || labelled_.contains(at) ||
        labelled_.contains(at + 1))
      return false;
    const AsmInstruction &before = instructions[at - 1], &after = instructions[at + 1];
    const std::string_view to = copy_of_link(before, false);
    if (!to.empty() && to == copy_of_link(after, true)) return true;
    std::vector<AsmInstruction> moved = body;
    if (!spills_link(before, true) || !spills_link(after, false) || !shift_places(moved))
      return false;
    body = std::move(moved);
    return true;
  }

  AsmFunction& function_;
  const Pieces& pieces_;
  std::set<std::size_t> labelled_;
};

bool refers_to(const AsmFunction& function, const std::string& name) {
  return std::ranges::any_of(function.instructions, [&](const AsmInstruction& instruction) {
    return std::ranges::any_of(instruction.operands, [&](const AsmOperand& operand) {
      return operand.kind == AsmOperand::Kind::symbol && operand.symbol == name;
    });
  });
}

}  // namespace

AsmUnit without_outlining(AsmUnit unit) {
  if (unit.target != NormalTarget::aarch64) return unit;
  std::vector<AsmFunction> taken_out;
  for (const AsmFunction& function : unit.functions)
    if (is_piece(function)) taken_out.push_back(function);
  Pieces pieces;
  for (const AsmFunction& function : taken_out) pieces.emplace(function.name, &function);
  for (AsmFunction& function : unit.functions)
    for (int depth = 0; depth < k_deepest && Rewriting(function, pieces).run(); ++depth) {
    }
  std::set<std::string> unused;
  for (const AsmFunction& piece : taken_out)
    if (std::ranges::none_of(unit.functions, [&](const AsmFunction& function) {
          return !pieces.contains(function.name) && refers_to(function, piece.name);
        }))
      unused.insert(piece.name);
  std::erase_if(unit.functions,
                [&](const AsmFunction& function) { return unused.contains(function.name); });
  return unit;
}

}  // namespace llmc
