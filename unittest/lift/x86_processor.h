// The same instructions twice: on the processor, and lifted and compiled. What differs is told.
//
// Both run on a state in memory. For the processor, a thunk loads all registers and flags from it,
// runs the instructions, and stores everything; for the lifter, a function is made that reads the
// state into the X86Machine, applies the templates, and writes what the machine then says.
#pragma once

#include <llvm/ExecutionEngine/Orc/LLJIT.h>
#include <llvm/ExecutionEngine/Orc/ThreadSafeModule.h>
#include <llvm/IR/InlineAsm.h>
#include <llvm/IR/Verifier.h>

#include <array>
#include <cstring>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "lift/processor_states.h"
#include "lift/x86_templates.h"
#include "testing.h"

namespace llmc::test {

/// All that instructions work on. `conditions` has a bit for each X86Condition that holds; for the
/// lifter, `known` has one for each that the machine can say.
struct alignas(64) ProcessorState {
  std::array<std::uint64_t, 16> general;
  std::array<std::array<std::uint8_t, 16>, 16> vector;
  std::array<std::uint8_t, 256> memory;
  std::uint64_t flags;
  std::uint64_t conditions;
  std::uint64_t known;
};

inline constexpr unsigned k_pointer_register = k_rsi;  ///< it points to the middle of the memory
inline constexpr unsigned k_index_register = k_rdi;    ///< -2, 0 or 2 where there is an address
inline constexpr std::size_t k_middle = 128;

/// Instructions that are run together, one a line, and what they are run on.
struct ProcessorCase {
  std::string text;
  Comparison comparison = Comparison::exact;
  bool is_refused = false;  ///< the templates know the instructions and cannot say what they do
  /// Changes a state such that the instructions do not trap and are defined.
  std::function<void(ProcessorState&, std::mt19937_64&)> prepare;
};

/// In the order of their numbers.
inline constexpr std::array<const char*, 16> k_general_names = {
    "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi",
    "r8",  "r9",  "r10", "r11", "r12", "r13", "r14", "r15"};

/// The thunk's text: a function of the state, in %rdi.
inline std::string thunk_text(const std::string& instructions) {
  std::string text = "pushq %rbx\npushq %rbp\npushq %r12\npushq %r13\npushq %r14\npushq %r15\n";
  const auto place = [](std::size_t offset) { return std::to_string(offset) + "(%rdi)"; };
  const std::size_t flags = offsetof(ProcessorState, flags);
  text += "pushq %rdi\npushq " + place(flags) + "\npopfq\n";
  for (std::size_t i = 0; i < 16; ++i)
    text += "movups " + place(offsetof(ProcessorState, vector) + i * 16) + ", %xmm" +
            std::to_string(i) + "\n";
  for (std::size_t i = 0; i < 16; ++i)
    if (i != k_rsp && i != k_rdi)
      text += "movq " + place(i * 8) + ", %" + k_general_names[i] + "\n";
  text += "movq " + place(k_rdi * 8) + ", %rdi\n" + instructions + "\n";
  text += "pushq %rdi\npushfq\nmovq 16(%rsp), %rdi\npopq " + place(flags) + "\npopq " +
          place(k_rdi * 8) + "\n";
  for (std::size_t i = 0; i < 16; ++i)
    if (i != k_rsp && i != k_rdi)
      text += std::string("movq %") + k_general_names[i] + ", " + place(i * 8) + "\n";
  for (std::size_t i = 0; i < 16; ++i)
    text += "movups %xmm" + std::to_string(i) + ", " +
            place(offsetof(ProcessorState, vector) + i * 16) + "\n";
  return text +
         "addq $8, %rsp\npopq %r15\npopq %r14\npopq %r13\npopq %r12\npopq %rbp\npopq %rbx\nretq\n";
}

/// A function `void(ptr)` that is the thunk.
inline void add_thunk(llvm::Module& module, const std::string& name,
                      const std::string& instructions) {
  llvm::LLVMContext& context = module.getContext();
  auto* const type = llvm::FunctionType::get(llvm::Type::getVoidTy(context),
                                             {llvm::PointerType::get(context, 0)}, false);
  auto* const function =
      llvm::Function::Create(type, llvm::GlobalValue::ExternalLinkage, name, module);
  function->addFnAttr(llvm::Attribute::Naked);
  function->addFnAttr(llvm::Attribute::NoInline);
  llvm::IRBuilder<> ir(llvm::BasicBlock::Create(context, "", function));
  std::string text;
  for (const char c : thunk_text(instructions))
    text += c == '$' ? std::string("$$") : std::string(1, c);
  auto* const plain = llvm::FunctionType::get(ir.getVoidTy(), false);
  ir.CreateCall(plain, llvm::InlineAsm::get(plain, text, "", /*hasSideEffects=*/true));
  ir.CreateUnreachable();
}

/// The conditions that the machine says to know.
inline unsigned known_conditions(const LiftFlags& flags) {
  using Kind = LiftFlags::Kind;
  unsigned known = k_carry | k_zero | k_sign | k_overflow | k_parity;
  if (flags.kind == Kind::unknown || flags.kind == Kind::result) {
    known = 0;
    if (flags.carry != nullptr) known |= k_carry;
    if (flags.overflow != nullptr) known |= k_overflow;
    if (flags.result != nullptr) known |= k_zero | k_sign | k_parity;
    if (flags.zero != nullptr) known |= k_zero;
  }
  unsigned conditions = 0;
  for (unsigned code = 0; code < 16; ++code) {
    const unsigned read = flags_of(static_cast<X86Condition>(code));
    if ((read & known) == read) conditions |= 1U << code;
  }
  return conditions;
}

/// Reads the state into the machine; the function's only argument is where it is.
class MachineState {
 public:
  MachineState(X86Machine& machine, llvm::Value* state) : m_(machine), state_(state) {}

  void read() {
    for (unsigned i = 0; i < 16; ++i)
      if (i != k_rsp) m_.write({i, 64}, load(m_.integer(64), i * 8));
    auto* const vector = llvm::FixedVectorType::get(m_.integer(64), 2);
    for (unsigned i = 0; i < 16; ++i)
      m_.write_vector(i, load(vector, offsetof(ProcessorState, vector) + i * 16));
    read_flags();
  }

  void write() {
    // Flags that were not touched need no more than one condition each.
    constexpr unsigned k_flag_conditions = 0x555 & ~(1U << 6);
    unsigned known = known_conditions(m_.flags);
    if (m_.flags.kind == LiftFlags::Kind::stored) known &= k_flag_conditions;
    llvm::Value* conditions = m_.ir.getInt64(0);
    for (unsigned code = 0; code < 16; ++code)
      if ((known >> code & 1) != 0)
        conditions = m_.ir.CreateOr(
            conditions,
            m_.ir.CreateShl(
                m_.ir.CreateZExt(m_.condition(static_cast<X86Condition>(code)), m_.integer(64)),
                code));
    store(conditions, offsetof(ProcessorState, conditions));
    store(m_.ir.getInt64(known), offsetof(ProcessorState, known));
    for (unsigned i = 0; i < 16; ++i)
      if (i != k_rsp) store(m_.read({i, 64}), i * 8);
    auto* const vector = llvm::FixedVectorType::get(m_.integer(64), 2);
    for (unsigned i = 0; i < 16; ++i)
      store(m_.read_vector(i, vector), offsetof(ProcessorState, vector) + i * 16);
    m_.ir.CreateRetVoid();
  }

 private:
  llvm::Value* place(std::size_t offset) {
    return m_.ir.CreateConstGEP1_64(m_.integer(8), state_, offset);
  }
  llvm::Value* load(llvm::Type* type, std::size_t offset) {
    return m_.ir.CreateAlignedLoad(type, place(offset), llvm::Align(8));
  }
  void store(llvm::Value* value, std::size_t offset) {
    m_.ir.CreateAlignedStore(value, place(offset), llvm::Align(8));
  }

  void read_flags() {
    llvm::Value* const flags = load(m_.integer(64), offsetof(ProcessorState, flags));
    const auto bit = [&](unsigned place) {
      return m_.ir.CreateTrunc(m_.ir.CreateLShr(flags, place), m_.ir.getInt1Ty());
    };
    // A result with this sign and this parity, which are independent otherwise.
    llvm::Value* const sign = m_.ir.CreateZExt(bit(7), m_.integer(8));
    llvm::Value* const odd = m_.ir.CreateZExt(m_.ir.CreateNot(bit(2)), m_.integer(8));
    llvm::Value* const result =
        m_.ir.CreateOr(m_.ir.CreateShl(sign, 7), m_.ir.CreateXor(sign, odd));
    m_.flags = {LiftFlags::Kind::result, nullptr, nullptr, result, bit(0), bit(11), bit(6)};
    m_.store_flags(k_carry | k_zero | k_sign | k_overflow | k_parity);
    m_.load_flags();
  }

  X86Machine& m_;
  llvm::Value* state_;
};

/// A function `void(ptr)` that does what the templates of `instructions` say. The reason why there
/// is none; empty: there is.
inline std::string add_lifted(llvm::Module& module, const std::string& name, const AsmUnit& unit,
                              std::span<const AsmInstruction> instructions) {
  llvm::LLVMContext& context = module.getContext();
  auto* const type = llvm::FunctionType::get(llvm::Type::getVoidTy(context),
                                             {llvm::PointerType::get(context, 0)}, false);
  auto* const function =
      llvm::Function::Create(type, llvm::GlobalValue::ExternalLinkage, name, module);
  llvm::BasicBlock::Create(context, "", function);
  LiftFacts facts;
  X86Machine machine(unit, *function, facts);
  MachineState state(machine, function->getArg(0));
  state.read();
  std::string reason;
  for (const AsmInstruction& instruction : instructions)
    if (!lift_vector(machine, instruction) && !lift_string(machine, instruction) &&
        !lift_integer(machine, instruction))
      reason = "no template knows " + std::string(instruction.name);
  state.write();
  if (reason.empty()) reason = machine.refusal();
  if (!reason.empty()) function->eraseFromParent();
  return reason;
}

/// The conditions that flags, as the processor has them, fulfil.
inline std::uint64_t conditions_of(std::uint64_t flags) {
  const bool carry = flags & 1, parity = flags >> 2 & 1, zero = flags >> 6 & 1;
  const bool sign = flags >> 7 & 1, overflow = flags >> 11 & 1;
  const std::array<bool, 8> even = {overflow,
                                    carry,
                                    zero,
                                    carry || zero,
                                    sign,
                                    parity,
                                    sign != overflow,
                                    zero || sign != overflow};
  std::uint64_t conditions = 0;
  for (unsigned code = 0; code < 16; ++code)
    if (even[code / 2] != (code % 2 == 1)) conditions |= std::uint64_t{1} << code;
  return conditions;
}

/// Compiles and runs cases, and compares.
class ProcessorBench {
 public:
  explicit ProcessorBench(unsigned inputs) {
    std::mt19937_64 random(1);
    while (inputs_.size() < inputs) inputs_.push_back(random_state(random));
  }

  /// Every case on all inputs; a failure tells the first one that differs.
  void check(const std::vector<ProcessorCase>& cases) {
    const AsmUnit unit = take(read_assembly(unit_text(cases), NormalTarget::x86_64, "cases"));
    ASSERT_EQ(unit.functions.size(), cases.size());
    constexpr std::size_t k_batch = 256;
    for (std::size_t first = 0; first < cases.size(); first += k_batch)
      check_batch(unit, cases, first, std::min(cases.size(), first + k_batch));
  }

  /// One function for each case, as the lifter reads them.
  static std::string unit_text(const std::vector<ProcessorCase>& cases) {
    std::string text = ".text\n";
    for (std::size_t i = 0; i < cases.size(); ++i) {
      const std::string name = "case" + std::to_string(i);
      text += ".globl " + name + "\n.type " + name + ",@function\n" + name + ":\n" + cases[i].text +
              "\nretq\n.size " + name + ", .-" + name + "\n";
    }
    return text;
  }

 private:
  using Thunk = void (*)(ProcessorState*);

  void check_batch(const AsmUnit& unit, const std::vector<ProcessorCase>& cases, std::size_t first,
                   std::size_t end) {
    auto context = std::make_unique<llvm::LLVMContext>();
    auto module = std::make_unique<llvm::Module>("cases", *context);
    auto jit = make_jit();
    ASSERT_TRUE(jit);
    module->setDataLayout(jit->getDataLayout());
    module->setTargetTriple("x86_64-unknown-linux-gnu");
    std::vector<std::size_t> compiled;
    for (std::size_t i = first; i < end; ++i) {
      const AsmFunction& function = unit.functions[i];
      ASSERT_EQ(function.problem, "") << cases[i].text;
      const auto instructions =
          std::span(function.instructions).first(function.instructions.size() - 1);
      const std::string reason =
          add_lifted(*module, "lifted" + std::to_string(i), unit, instructions);
      EXPECT_EQ(!reason.empty(), cases[i].is_refused) << cases[i].text << ": " << reason;
      if (!reason.empty()) continue;
      add_thunk(*module, "native" + std::to_string(i), cases[i].text);
      compiled.push_back(i);
    }
    std::string message;
    llvm::raw_string_ostream stream(message);
    ASSERT_FALSE(llvm::verifyModule(*module, &stream)) << message;
    clean_up(*module);
    llvm::cantFail(jit->addIRModule({std::move(module), std::move(context)}));
    for (const std::size_t i : compiled)
      run(cases[i], lookup(*jit, "native" + std::to_string(i)),
          lookup(*jit, "lifted" + std::to_string(i)));
  }

  static std::unique_ptr<llvm::orc::LLJIT> make_jit() {
    llvm::orc::JITTargetMachineBuilder machine(llvm::Triple("x86_64-unknown-linux-gnu"));
    machine.setCPU("x86-64");
    machine.setCodeGenOptLevel(llvm::CodeGenOptLevel::None);
    return llvm::cantFail(
        llvm::orc::LLJITBuilder().setJITTargetMachineBuilder(std::move(machine)).create());
  }

  static Thunk lookup(llvm::orc::LLJIT& jit, const std::string& name) {
    return llvm::cantFail(jit.lookup(name)).toPtr<Thunk>();
  }

  void run(const ProcessorCase& test, Thunk native, Thunk lifted) {
    std::mt19937_64 random(2);
    static ProcessorState work, wanted;
    for (std::size_t k = 0; k < inputs_.size(); ++k) {
      ProcessorState input = inputs_[k];
      if (test.text.find('(') != std::string::npos) {
        input.general[k_pointer_register] =
            reinterpret_cast<std::uint64_t>(work.memory.data()) + k_middle;
        input.general[k_index_register] = (k % 3 - 1) * 2;
      }
      if (test.prepare) test.prepare(input, random);
      work = input;
      native(&work);
      wanted = work;
      wanted.conditions = conditions_of(work.flags);
      work = input;
      lifted(&work);
      const std::string difference = differences(input, wanted, work, test.comparison);
      if (!difference.empty()) {
        ADD_FAILURE() << test.text << " does something else on input " << k << difference;
        return;
      }
    }
  }

  static std::string differences(const ProcessorState& input, const ProcessorState& wanted,
                                 const ProcessorState& got, Comparison comparison);
  static ProcessorState random_state(std::mt19937_64& random);

  std::vector<ProcessorState> inputs_;
};

inline ProcessorState ProcessorBench::random_state(std::mt19937_64& random) {
  ProcessorState state{};
  for (std::uint64_t& reg : state.general) reg = any_integer(random);
  const auto sort = sorts_of_lanes(random);
  for (auto& reg : state.vector) fill_lanes(reg.data(), sort(), random);
  for (std::size_t i = 0; i < state.memory.size(); i += 16)
    fill_lanes(state.memory.data() + i, sort(), random);
  constexpr std::uint64_t k_arithmetic_flags = 0x8d5, k_always = 0x202;
  state.flags = (random() & k_arithmetic_flags) | k_always;
  return state;
}

inline std::string ProcessorBench::differences(const ProcessorState& input,
                                               const ProcessorState& wanted,
                                               const ProcessorState& got, Comparison comparison) {
  std::string text;
  for (unsigned i = 0; i < 16; ++i)
    if (wanted.general[i] != got.general[i])
      text +=
          difference(k_general_names[i], &input.general[i], &wanted.general[i], &got.general[i], 8);
  for (unsigned i = 0; i < 16; ++i) {
    const std::uint8_t *a = wanted.vector[i].data(), *b = got.vector[i].data();
    const bool same = same_vectors(a, b, comparison);
    if (!same) text += difference("xmm" + std::to_string(i), input.vector[i].data(), a, b, 16);
  }
  if (wanted.memory != got.memory)
    for (std::size_t i = 0; i < wanted.memory.size(); i += 16)
      if (std::memcmp(&wanted.memory[i], &got.memory[i], 16) != 0)
        text += difference("memory at " + std::to_string(i), &input.memory[i], &wanted.memory[i],
                           &got.memory[i], 16);
  const std::uint64_t want = wanted.conditions & got.known;
  if (want != got.conditions)
    text += difference("conditions", &input.flags, &want, &got.conditions, 2);
  if (text.empty()) return text;
  for (const unsigned i : {k_rax, k_rcx, k_rdx, k_rbx})
    text += std::string("\n  with ") + k_general_names[i] + " " +
            hexadecimal(reinterpret_cast<const std::uint8_t*>(&input.general[i]), 8);
  return text + "\n  with xmm0 " + hexadecimal(input.vector[0].data(), 16) + ", xmm1 " +
         hexadecimal(input.vector[1].data(), 16) + ", memory " +
         hexadecimal(&input.memory[k_middle], 16);
}

}  // namespace llmc::test
