#include "lift/x86_function.h"

#include <fmt/format.h>
#include <llvm/IR/Intrinsics.h>

#include <algorithm>
#include <map>
#include <utility>

#include "lift/x86_calls.h"
#include "lift/x86_machine.h"
#include "lift/x86_templates.h"

namespace llmc {
namespace {

constexpr unsigned k_most_rounds = 12;
constexpr unsigned k_all_flags = k_carry | k_zero | k_sign | k_overflow | k_parity;

/// What is known where a block ends.
struct BlockExit {
  LiftRegisters registers;
  std::int64_t sp = 0;
  X86Flags flags;
  std::map<std::int64_t, bool> garbage;  ///< as X86Machine::pushes
  std::set<std::int64_t> numbers;        ///< stack slots that a constant was pushed into
  bool rbp_is_frame = false;
};

unsigned flags_set_by(const AsmInstruction& instruction) {
  const std::string_view stem = x86_name(instruction.name).stem;
  if (stem == "INC" || stem == "DEC") return k_all_flags & ~k_carry;
  return sets_flags(instruction) ? k_all_flags : 0;
}

/// Blocks in reverse post-order from the first; those that nothing reaches are left out.
std::vector<std::size_t> reverse_post_order(const std::vector<AsmBlock>& blocks) {
  std::vector<std::size_t> order;
  std::vector<char> seen(blocks.size(), 0);
  std::vector<std::pair<std::size_t, std::size_t>> path = {{0, 0}};
  seen[0] = 1;
  while (!path.empty()) {
    auto& [block, next] = path.back();
    if (next < blocks[block].successors.size()) {
      const std::size_t successor = blocks[block].successors[next++];
      if (seen[successor] == 0) {
        seen[successor] = 1;
        path.emplace_back(successor, 0);
      }
    } else {
      order.push_back(block);
      path.pop_back();
    }
  }
  std::ranges::reverse(order);
  return order;
}

/// The flags that are alive at the beginning of each block.
std::vector<unsigned> live_flags(const X86Source& source) {
  const auto& blocks = source.blocks;
  std::vector<unsigned> live(blocks.size(), 0);
  for (bool changed = true; changed;) {
    changed = false;
    for (std::size_t number = blocks.size(); number-- > 0;) {
      unsigned alive = 0;
      for (const std::size_t successor : blocks[number].successors) alive |= live[successor];
      for (std::size_t at = blocks[number].end; at-- > blocks[number].first;) {
        const AsmInstruction& instruction = source.function->instructions[at];
        alive = (alive & ~flags_set_by(instruction)) | flags_read_by(instruction);
      }
      changed = changed || alive != live[number];
      live[number] = alive;
    }
  }
  return live;
}

/// One pass over a function.
class X86Pass {
 public:
  X86Pass(const X86Source& source, const X86Context& context, llvm::Function& function,
          LiftFacts& facts, const LiftSignature* signature)
      : source_(source),
        context_(context),
        machine_(*source.unit, function, facts),
        calls_(machine_, *context.signatures, signature, source.function->instructions.size()),
        signature_(signature),
        order_(reverse_post_order(source.blocks)),
        live_(live_flags(source)),
        predecessors_(source.blocks.size()) {
    for (const std::size_t block : order_)
      for (const std::size_t successor : source.blocks[block].successors)
        predecessors_[successor].insert(block);
  }

  /// `exits` are those of the round before, and become those of this one.
  Result<void> run(std::map<std::size_t, LiftRegisters>& exits);

  X86Machine& machine() { return machine_; }
  X86Calls& calls() { return calls_; }

 private:
  Result<void> lift_block(std::size_t number);
  Result<void> enter(std::size_t number);
  void lift(const AsmInstruction& instruction);
  bool lift_stack(const AsmInstruction& instruction);
  void push(const AsmInstruction& instruction);
  void pop(const AsmInstruction& instruction);
  void end(std::size_t number);
  void branch(const AsmBlock& block, const AsmInstruction& jump);
  void branch_away(const AsmBlock& block, const AsmInstruction& jump);
  void keep_flags(const AsmBlock& block);
  std::optional<X86Condition> second_float_branch(const AsmBlock& block, std::size_t& taken,
                                                  std::size_t& otherwise);
  void find_frame_register();
  llvm::BasicBlock* place(std::size_t number) { return places_.at(number); }

  const X86Source& source_;
  const X86Context& context_;
  X86Machine machine_;
  X86Calls calls_;
  const LiftSignature* signature_;
  std::vector<std::size_t> order_;
  std::vector<unsigned> live_;
  std::vector<std::set<std::size_t>> predecessors_;
  std::map<std::size_t, llvm::BasicBlock*> places_;
  std::map<std::size_t, BlockExit> done_;
  std::map<std::size_t, LiftRegisters>* before_ = nullptr;
  std::set<std::int64_t> numbers_;
  bool has_frame_register_ = false;
  std::optional<std::int64_t> just_pushed_;  ///< the constant that the last instruction pushed
  LiftRegisters entry_;
  llvm::Value* table_index_ = nullptr;
};

Result<void> X86Pass::run(std::map<std::size_t, LiftRegisters>& exits) {
  before_ = &exits;
  entry_ = machine_.registers;
  find_frame_register();
  // Blocks stand in the order of the text: code generation keeps to it where it can.
  std::vector<std::size_t> in_text = order_;
  std::ranges::sort(in_text);
  for (const std::size_t number : in_text)
    places_[number] = llvm::BasicBlock::Create(machine_.ir.getContext(), "", &machine_.function());
  machine_.ir.CreateBr(place(0));
  for (const std::size_t number : order_) LLMC_CHECK(lift_block(number));
  calls_.finish();
  for (const auto& [number, exit] : done_) {
    exits[number] = exit.registers;
    for (const std::size_t successor : source_.blocks[number].successors)
      if (done_.contains(successor) && predecessors_[successor].size() > 1)
        LLMC_CHECK(enter(successor));
  }
  return {};
}

/// %rbp is the frame's base where it is set from the stack pointer once, before anything else.
void X86Pass::find_frame_register() {
  std::int64_t sp = 0;
  bool is_set = false;
  const AsmBlock& first = source_.blocks[0];
  for (std::size_t at = 0; at < source_.function->instructions.size(); ++at) {
    const AsmInstruction& instruction = source_.function->instructions[at];
    const X86Name name = x86_name(instruction.name);
    const bool names_rbp =
        !instruction.operands.empty() && instruction.operands[0].reg == "RBP" &&
        name.stem != "PUSH" && name.stem != "POP" && name.stem != "CMP" && name.stem != "TEST" &&
        X86Machine::address_of(instruction).data() != instruction.operands.data();
    if (at < first.end && name.stem == "PUSH") sp -= 8;
    if (!names_rbp) continue;
    const bool is_copy = name.stem == "MOV" && name.form == "rr" &&
                         instruction.operands[1].reg == "RSP" && at < first.end;
    if (!is_copy || is_set) return;
    is_set = true;
    machine_.rbp_offset = sp;
  }
  has_frame_register_ = is_set;
}

Result<void> X86Pass::enter(std::size_t number) {
  bool is_first = true;
  std::optional<std::int64_t> sp;
  LiftRegisters registers;
  if (number == 0) {
    registers = entry_;
    sp = 0;
    is_first = false;
  }
  for (const std::size_t from : predecessors_[number]) {
    const auto known = done_.find(from);
    const auto earlier = before_->find(from);
    if (known != done_.end()) {
      if (sp && *sp != known->second.sp)
        return fail("its stack pointer depends on the way that is taken");
      sp = known->second.sp;
    }
    if (known == done_.end() && earlier == before_->end()) continue;
    const LiftRegisters& exit = known != done_.end() ? known->second.registers : earlier->second;
    registers = is_first ? exit : merged(registers, exit);
    is_first = false;
  }
  machine_.sp = sp.value_or(0);
  machine_.registers = std::move(registers);
  return {};
}

Result<void> X86Pass::lift_block(std::size_t number) {
  const AsmBlock& block = source_.blocks[number];
  machine_.ir.SetInsertPoint(place(number));
  LLMC_CHECK(enter(number));
  machine_.set_rdx_is_sign(0);
  machine_.flags = {};
  machine_.pushes.clear();
  numbers_.clear();
  just_pushed_.reset();
  machine_.rbp_is_frame = false;
  for (const std::size_t from : predecessors_[number])
    if (const auto known = done_.find(from); known != done_.end()) {
      machine_.pushes = known->second.garbage;
      numbers_ = known->second.numbers;
      machine_.rbp_is_frame = known->second.rbp_is_frame;
    }
  if (predecessors_[number].size() == 1 && number != 0)
    machine_.flags = done_.at(*predecessors_[number].begin()).flags;
  else if (live_[number] != 0 && number != 0)
    machine_.load_flags();
  table_index_ = nullptr;
  for (std::size_t at = block.first; at < block.end; ++at) {
    const AsmInstruction& instruction = source_.function->instructions[at];
    if (block.ending == BlockEnd::table && at == block.table.load)
      if (const auto index = x86_register(block.table.index))
        table_index_ = machine_.read({index->number, 64});
    lift(instruction);
    if (!machine_.refusal().empty())
      return fail(
          fmt::format("line {}: '{}': {}", instruction.line, instruction.text, machine_.refusal()));
  }
  end(number);
  if (!machine_.refusal().empty()) return fail(machine_.refusal());
  done_[number] = {machine_.registers, machine_.sp, machine_.flags,
                   machine_.pushes,    numbers_,    machine_.rbp_is_frame};
  return {};
}

void X86Pass::push(const AsmInstruction& instruction) {
  const X86Name name = x86_name(instruction.name);
  const AsmOperand& operand = instruction.operands.front();
  bool is_garbage = false;
  llvm::Value* value = nullptr;
  if (name.form.starts_with("i")) {
    value = machine_.ir.getInt64(static_cast<std::uint64_t>(operand.value));
    if (operand.kind != AsmOperand::Kind::imm) machine_.refuse("it pushes an address");
  } else if (const auto reg = x86_register(operand.reg);
             reg && X86Machine::address_of(instruction).empty()) {
    const RegisterOrigin before = machine_.registers.general[reg->number];
    const bool may_be_argument = is_argument_register(reg->number);
    is_garbage = !may_be_argument && (before.kind == RegisterOrigin::Kind::entry ||
                                      before.kind == RegisterOrigin::Kind::clobbered);
    machine_.reads_for_keeping = is_garbage;
    value = machine_.read({reg->number, 64});
    machine_.reads_for_keeping = false;
    if (is_garbage) machine_.registers.general[reg->number] = before;
  } else {
    value = machine_.load(machine_.ir.getInt64Ty(), X86Machine::address_of(instruction));
  }
  machine_.push(value);
  machine_.pushes[machine_.sp] = is_garbage;
  if (is_garbage) machine_.facts().saves.insert(machine_.sp);
  numbers_.erase(machine_.sp);
  if (name.form.starts_with("i")) {
    just_pushed_ = operand.value;
    numbers_.insert(machine_.sp);
  }
}

void X86Pass::pop(const AsmInstruction& instruction) {
  const bool is_garbage = machine_.pushes[machine_.sp];
  const bool is_number = numbers_.contains(machine_.sp);
  const std::optional<std::int64_t> constant = std::exchange(just_pushed_, std::nullopt);
  llvm::Value* const value = machine_.pop();
  const auto reg = x86_register(instruction.operands.front().reg);
  if (!reg || !X86Machine::address_of(instruction).empty())
    return machine_.refuse("it pops into memory");
  if (reg->number == k_rbp) machine_.rbp_is_frame = false;
  machine_.write(*reg, value);
  if (is_garbage && reg->number == k_rcx) machine_.facts().pops_beside_result = true;
  if (is_garbage && reg->number == k_rax) machine_.facts().pops_into_result = true;
  // Compilers push and pop small numbers of any type.
  machine_.registers.general[reg->number].is_number = is_number;
  machine_.registers.general[reg->number].is_garbage = is_garbage;
  machine_.registers.general[reg->number].constant = constant;
}

/// What moves the stack pointer. False: it is some other instruction.
bool X86Pass::lift_stack(const AsmInstruction& instruction) {
  const X86Name name = x86_name(instruction.name);
  if (name.stem == "PUSH" && name.width == 64) return push(instruction), true;
  if (name.stem == "POP" && name.width == 64) return pop(instruction), true;
  if (name.stem == "LEAVE") {
    if (!machine_.rbp_is_frame) return machine_.refuse("%rbp is not its frame"), true;
    machine_.sp = machine_.rbp_offset;
    machine_.rbp_is_frame = false;
    machine_.write({k_rbp, 64}, machine_.pop());
    return true;
  }
  const auto& operands = instruction.operands;
  const bool copies_sp = name.stem == "MOV" && name.form == "rr" && operands[1].reg == "RSP";
  if (copies_sp && operands[0].reg == "RBP" && has_frame_register_) {
    machine_.rbp_is_frame = true;
    machine_.rbp_offset = machine_.sp;
    return true;
  }
  if (name.form == "i32" && name.width == 64) return false;
  if (operands.empty() || operands[0].reg != "RSP" ||
      X86Machine::address_of(instruction).data() == operands.data())
    return false;
  const AsmOperand& last = operands.back();
  if ((name.stem == "ADD" || name.stem == "SUB") && last.kind == AsmOperand::Kind::imm) {
    machine_.sp += name.stem == "ADD" ? last.value : -last.value;
    machine_.flags = {};
    return true;
  }
  const auto address = X86Machine::address_of(instruction);
  const bool is_lea = name.stem == "LEA" && !address.empty() && address[2].reg.empty() &&
                      address[3].kind == AsmOperand::Kind::imm;
  if (is_lea && address[0].reg == "RSP") return machine_.sp += address[3].value, true;
  if (is_lea && address[0].reg == "RBP" && machine_.rbp_is_frame)
    return machine_.sp = machine_.rbp_offset + address[3].value, true;
  if (name.stem == "MOV" && last.reg == "RBP" && machine_.rbp_is_frame)
    return machine_.sp = machine_.rbp_offset, true;
  if (name.stem == "CMP" || name.stem == "TEST") return false;
  machine_.refuse("it moves the stack pointer by what is not a constant");
  return true;
}

void X86Pass::lift(const AsmInstruction& instruction) {
  const std::string_view stem = x86_name(instruction.name).stem;
  const bool is_control = stem.starts_with("JCC_") || stem.starts_with("JMP") ||
                          stem.starts_with("RET") || stem == "TRAP" || stem == "UD" ||
                          stem == "HLT" || stem == "INT";
  if (is_control) return;  // the block's end
  if (stem != "PUSH" && stem != "POP") just_pushed_.reset();
  if (stem == "CALL") return calls_.call(instruction);
  if (lift_stack(instruction)) {
    machine_.pushes.erase(machine_.pushes.begin(), machine_.pushes.lower_bound(machine_.sp));
    return;
  }
  static const std::set<std::string_view> copies = {"MOVAPSrr", "MOVAPDrr", "MOVDQArr",
                                                    "MOVUPSrr", "MOVUPDrr", "MOVDQUrr"};
  if (copies.contains(instruction.name)) {
    const auto to = xmm_register(instruction.operands[0].reg);
    const auto from = xmm_register(instruction.operands[1].reg);
    if (to && from) return machine_.copy_vector(*to, *from);
  }
  if (lift_vector(machine_, instruction) || lift_string(machine_, instruction) ||
      lift_integer(machine_, instruction)) {
    // What division and widening leave in %rdx beside what was wanted is no sign of a result.
    if (stem == "DIV" || stem == "IDIV" || stem == "MUL" || stem == "CDQ" || stem == "CQO" ||
        stem == "CWD")
      machine_.registers.general[k_rdx].is_read = true;
    return;
  }
  machine_.refuse("this instruction is not modelled");
}

void X86Pass::keep_flags(const AsmBlock& block) {
  unsigned wanted = 0;
  for (const std::size_t successor : block.successors)
    if (predecessors_[successor].size() > 1) wanted |= live_[successor];
  if (wanted != 0) machine_.store_flags(wanted);
}

/// ucomis says "not equal" in two flags, and compilers make two jumps of it: `jne A; jp A; B` is
/// une, `jne A; jnp B; A` is oeq. If `block` and the next one are such a pair, the condition as a
/// jump to `taken`, else to `otherwise`, in terms of fcmp.
std::optional<X86Condition> X86Pass::second_float_branch(const AsmBlock& block, std::size_t& taken,
                                                         std::size_t& otherwise) {
  const auto& instructions = source_.function->instructions;
  const auto code = [&](const AsmBlock& of) {
    return static_cast<X86Condition>(instructions[of.end - 1].operands.back().value & 15);
  };
  if (machine_.flags.kind != X86Flags::Kind::compare_floats || code(block) != X86Condition::ne)
    return std::nullopt;
  const std::size_t next = block.successors[1];
  const AsmBlock& second = source_.blocks[next];
  const bool is_bare = second.end - second.first == 1 && second.ending == BlockEnd::branches &&
                       predecessors_[next].size() == 1;
  if (!is_bare) return std::nullopt;
  const X86Condition other = code(second);
  if (other == X86Condition::p && second.successors[0] == block.successors[0]) {
    taken = second.successors[0];
    otherwise = second.successors[1];
    return X86Condition::ne;
  }
  if (other == X86Condition::np && second.successors[1] == block.successors[0]) {
    taken = second.successors[0];
    otherwise = second.successors[1];
    return X86Condition::e;
  }
  return std::nullopt;
}

void X86Pass::branch(const AsmBlock& block, const AsmInstruction& jump) {
  std::size_t taken = block.successors[0], otherwise = block.successors[1];
  llvm::Value* condition = nullptr;
  if (const auto both = second_float_branch(block, taken, otherwise)) {
    condition = *both == X86Condition::ne
                    ? machine_.ir.CreateFCmpUNE(machine_.flags.a, machine_.flags.b)
                    : machine_.ir.CreateFCmpOEQ(machine_.flags.a, machine_.flags.b);
    // The second jump's block is still there for who else asks; nothing leads to it from here.
    AsmBlock joined = block;
    joined.successors = {taken, otherwise};
    keep_flags(joined);
  } else {
    // Code generation jumps where the condition does not hold, and falls through where it does.
    const auto code = static_cast<unsigned>(jump.operands.back().value & 15) ^ 1;
    condition = machine_.condition(static_cast<X86Condition>(code));
    keep_flags(block);
    std::swap(taken, otherwise);
  }
  machine_.ir.CreateCondBr(condition, place(taken), place(otherwise));
}

/// A call in tail position that is made if a condition holds.
void X86Pass::branch_away(const AsmBlock& block, const AsmInstruction& jump) {
  const auto code = static_cast<unsigned>(jump.operands.back().value & 15) ^ 1;
  llvm::Value* const stays = machine_.condition(static_cast<X86Condition>(code));
  keep_flags(block);
  auto* const away = llvm::BasicBlock::Create(machine_.ir.getContext(), "", &machine_.function());
  machine_.ir.CreateCondBr(stays, place(block.successors.front()), away);
  machine_.ir.SetInsertPoint(away);
  const LiftRegisters registers = machine_.registers;
  const X86Flags flags = machine_.flags;
  calls_.tail_call(jump);
  machine_.registers = registers;
  machine_.flags = flags;
}

void X86Pass::end(std::size_t number) {
  const AsmBlock& block = source_.blocks[number];
  const AsmInstruction& last = source_.function->instructions[block.end - 1];
  switch (block.ending) {
    case BlockEnd::falls:
    case BlockEnd::jumps:
      keep_flags(block);
      machine_.ir.CreateBr(place(block.successors.front()));
      break;
    case BlockEnd::branches:
      branch(block, last);
      break;
    case BlockEnd::branches_away:
      branch_away(block, last);
      break;
    case BlockEnd::table: {
      keep_flags(block);
      if (table_index_ == nullptr)
        return machine_.refuse("the index of its jump table is not known");
      auto* const nowhere =
          llvm::BasicBlock::Create(machine_.ir.getContext(), "", &machine_.function());
      new llvm::UnreachableInst(machine_.ir.getContext(), nowhere);
      auto* const jump = machine_.ir.CreateSwitch(table_index_, nowhere);
      for (std::size_t i = 0; i < block.successors.size(); ++i)
        jump->addCase(machine_.ir.getInt64(i), place(block.successors[i]));
      break;
    }
    case BlockEnd::returns:
      if (x86_name(last.name).stem == "RETI") machine_.refuse("it removes its caller's arguments");
      calls_.give_back();
      break;
    case BlockEnd::tail_call:
      calls_.tail_call(last);
      break;
    case BlockEnd::traps: {
      if (x86_name(last.name).stem == "TRAP")
        machine_.ir.CreateIntrinsic(llvm::Intrinsic::trap, {}, {});
      calls_.note_no_return(last);
      machine_.ir.CreateUnreachable();
      break;
    }
  }
}

/// The stack pointer is 8 more than a multiple of 16 at entry.
llvm::Align alignment_of(const FramePart& part) {
  std::uint64_t alignment = 16;
  while (alignment > 1 && ((part.begin + 8) % static_cast<std::int64_t>(alignment) != 0 ||
                           static_cast<std::uint64_t>(part.end - part.begin) < alignment))
    alignment /= 2;
  return llvm::Align(alignment);
}

llvm::Function* make_function(const X86Source& source, const LiftSignature* signature,
                              llvm::Module& module) {
  llvm::LLVMContext& context = module.getContext();
  llvm::Function* const function =
      llvm::Function::Create(llvm::FunctionType::get(llvm::Type::getVoidTy(context), false),
                             llvm::GlobalValue::ExternalLinkage, source.function->name, &module);
  llvm::BasicBlock::Create(context, "", function);
  if (signature == nullptr) return function;
  LiftFacts ignored;
  X86Machine types(*source.unit, *function, ignored);
  llvm::FunctionType* const type = types.function_type(*signature);
  function->eraseFromParent();
  llvm::Function* const made = llvm::Function::Create(type, llvm::GlobalValue::ExternalLinkage,
                                                      source.function->name, &module);
  llvm::BasicBlock::Create(context, "", made);
  return made;
}

}  // namespace

Result<LiftFacts> study(const X86Source& source, const X86Context& context) {
  std::map<std::size_t, LiftRegisters> exits;
  for (unsigned round = 0; round < k_most_rounds; ++round) {
    llvm::LLVMContext llvm_context;
    llvm::Module module("", llvm_context);
    module.setDataLayout(llvm::StringRef(data_layout_of(NormalTarget::x86_64)));
    LiftFacts facts;
    X86Pass pass(source, context, *make_function(source, nullptr, module), facts, nullptr);
    const auto before = exits;
    LLMC_CHECK(pass.run(exits));
    if (round > 0 && exits == before) {
      facts.exits = std::move(exits);
      return facts;
    }
  }
  return fail("what its registers hold is not settled after " + std::to_string(k_most_rounds) +
              " rounds");
}

Result<void> write(const X86Source& source, const X86Context& context, LiftFacts facts,
                   const LiftSignature& signature, llvm::Module& module) {
  llvm::Function* const function = make_function(source, &signature, module);
  const std::vector<FramePart> parts = frame_parts(facts, context.cut);
  LiftFacts again;
  X86Pass pass(source, context, *function, again, &signature);
  X86Machine& machine = pass.machine();
  std::vector<FrameObject> objects;
  for (const FramePart& part : parts) {
    const auto size = static_cast<std::uint64_t>(part.end - part.begin);
    auto* const alloca =
        machine.ir.CreateAlloca(llvm::ArrayType::get(machine.ir.getInt8Ty(), size));
    alloca->setAlignment(alignment_of(part));
    objects.push_back({part.begin, part.end, alloca});
  }
  machine.lay_out(std::move(objects));
  pass.calls().bind_parameters();
  std::map<std::size_t, LiftRegisters> exits = std::move(facts.exits);
  pass.calls().use_sites(std::move(facts.calls));
  return pass.run(exits);
}

}  // namespace llmc
