// The same instructions twice: by qemu-aarch64, which knows nothing of LLVM, and lifted and
// compiled for this machine. What differs is told.
//
// One program runs all cases: it reads states from its input, and for each loads all registers and
// flags from it, runs the case that the state names, and writes the state that comes out. For the
// lifter, a function is made of each case that reads the state into the A64Machine, applies the
// templates, and writes what the machine then says.
#pragma once

#include <llvm/ExecutionEngine/Orc/LLJIT.h>
#include <llvm/ExecutionEngine/Orc/ThreadSafeModule.h>
#include <llvm/IR/Verifier.h>

#include <memory>
#include <vector>

#include "lift/a64_templates.h"
#include "lift/processor_states.h"
#include "testing.h"

namespace llmc::test {

/// All that instructions work on. x1 points to the middle of the memory if `is_address` is 1: in
/// the state it is the distance from there. x17 and x30 belong to the program that runs the cases.
struct A64State {
  std::array<std::uint64_t, 32> general;
  std::array<std::array<std::uint8_t, 16>, 32> vector;
  std::uint64_t flags;  ///< as A64FlagBits, from bit 28
  std::uint64_t is_address;
  std::uint64_t which;  ///< case
  std::uint64_t conditions;  ///< of the lifter: a bit for each A64Condition that holds
  std::array<std::uint8_t, 256> memory;
};
static_assert(sizeof(A64State) == 1056);

inline constexpr unsigned k_a64_pointer = 1;  ///< it points to the middle of the memory
inline constexpr unsigned k_a64_index = 2;    ///< -2, 0 or 2 where there is an address
inline constexpr std::size_t k_a64_middle = 128;

/// Instructions that are run together, one a line, and what they are run on.
struct A64Case {
  std::string text;
  Comparison comparison = Comparison::exact;
  bool is_refused = false;  ///< the templates know the instructions and cannot say what they do
  /// Changes a state such that the instructions are defined.
  std::function<void(A64State&, std::mt19937_64&)> prepare;

  [[nodiscard]] bool has_address() const { return text.find('[') != std::string::npos; }
};

/// True if x`number` is compared.
inline bool is_compared(unsigned number) { return number != 17 && number < 30; }

/// The program's text.
inline std::string a64_program(const std::vector<A64Case>& cases) {
  const auto at = [](std::size_t offset) { return "[x17, #" + std::to_string(offset) + "]\n"; };
  const std::string size = std::to_string(sizeof(A64State));
  const std::string state = "adrp x17, state\nadd x17, x17, :lo12:state\n";
  const std::string middle = std::to_string(offsetof(A64State, memory) + k_a64_middle);
  // A pipe gives a state in pieces.
  std::string text = ".text\n.globl _start\n_start:\n" + state + "mov x19, #0\n3:\nmov x0, #0\n" +
                     "add x1, x17, x19\nmov x2, #" + size +
                     "\nsub x2, x2, x19\nmov x8, #63\nsvc #0\ncmp x0, #1\nb.lt finish\n" +
                     "add x19, x19, x0\ncmp x19, #" + size + "\nb.ne 3b\n" + state;
  for (unsigned i = 0; i < 32; ++i)
    text += "ldr q" + std::to_string(i) + ", " + at(offsetof(A64State, vector) + i * 16);
  text += "ldr x16, " + at(offsetof(A64State, flags)) + "msr nzcv, x16\n";
  for (unsigned i = 0; i < 30; ++i)
    if (i != 17) text += "ldr x" + std::to_string(i) + ", " + at(i * 8);
  text += "ldr x30, " + at(offsetof(A64State, is_address)) + "cbz x30, 1f\nadd x30, x17, #" +
          middle + "\nadd x1, x1, x30\n1:\nldr x30, " + at(offsetof(A64State, which)) +
          "adrp x17, table\nadd x17, x17, :lo12:table\nldr x17, [x17, x30, lsl #3]\nblr x17\n" +
          state;
  for (unsigned i = 0; i < 30; ++i)
    if (i != 17) text += "str x" + std::to_string(i) + ", " + at(i * 8);
  for (unsigned i = 0; i < 32; ++i)
    text += "str q" + std::to_string(i) + ", " + at(offsetof(A64State, vector) + i * 16);
  text += "mrs x16, nzcv\nstr x16, " + at(offsetof(A64State, flags)) + "ldr x30, " +
          at(offsetof(A64State, is_address)) + "cbz x30, 2f\nadd x30, x17, #" + middle +
          "\nsub x1, x1, x30\nstr x1, " + at(8) + "2:\nmov x0, #1\nmov x1, x17\nmov x2, #" + size +
          "\nmov x8, #64\nsvc #0\nb _start\nfinish:\nmov x0, #0\nmov x8, #93\nsvc #0\n";
  std::string table = ".data\n.p2align 4\ntable:\n";
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const std::string name = "case" + std::to_string(i);
    text += name + ":\n" + cases[i].text + "\nret\n";
    table += ".quad " + name + "\n";
  }
  return text + table + ".bss\n.p2align 4\nstate: .zero " + size + "\n";
}

/// Reads the state into the machine and writes it back; the function's only argument is where it
/// is.
class A64MachineState {
 public:
  A64MachineState(A64Machine& machine, llvm::Value* state) : m_(machine), state_(state) {}

  void read(bool is_address) {
    for (unsigned i = 0; i < 31; ++i) m_.write_general(i, load(m_.integer(64), i * 8));
    if (is_address) m_.write_general(k_a64_pointer, m_.ir.CreateAdd(pointer(), middle()));
    auto* const vector = llvm::FixedVectorType::get(m_.integer(64), 2);
    for (unsigned i = 0; i < 32; ++i)
      m_.write_vector(i, load(vector, offsetof(A64State, vector) + i * 16));
    read_flags();
  }

  void write(bool is_address) {
    llvm::Value* conditions = m_.ir.getInt64(0);
    for (unsigned code = 0; code < 14; ++code)
      conditions = m_.ir.CreateOr(
          conditions,
          m_.ir.CreateShl(
              m_.ir.CreateZExt(m_.condition(static_cast<A64Condition>(code)), m_.integer(64)),
              code));
    store(conditions, offsetof(A64State, conditions));
    for (unsigned i = 0; i < 31; ++i)
      if (i != k_a64_pointer || !is_address) store(m_.read_general(i, 64), i * 8);
    if (is_address) store(m_.ir.CreateSub(pointer(), middle()), k_a64_pointer * 8);
    auto* const vector = llvm::FixedVectorType::get(m_.integer(64), 2);
    for (unsigned i = 0; i < 32; ++i)
      store(m_.read_vector(i, vector), offsetof(A64State, vector) + i * 16);
    m_.ir.CreateRetVoid();
  }

 private:
  llvm::Value* pointer() { return m_.read_general(k_a64_pointer, 64); }
  llvm::Value* middle() {
    return m_.ir.CreatePtrToInt(place(offsetof(A64State, memory) + k_a64_middle), m_.integer(64));
  }
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
    llvm::Value* const flags = load(m_.integer(64), offsetof(A64State, flags));
    const auto bit = [&](unsigned number) {
      return m_.ir.CreateTrunc(m_.ir.CreateLShr(flags, number), m_.ir.getInt1Ty());
    };
    m_.flags = {LiftFlags::Kind::result};
    m_.flags.overflow = bit(28);
    m_.flags.carry = bit(29);
    m_.flags.zero = bit(30);
    m_.flags.result = m_.ir.CreateSExt(bit(31), m_.integer(8));
    m_.store_flags(k_a64_overflow | k_a64_carry | k_a64_zero | k_a64_sign);
    m_.load_flags();
  }

  A64Machine& m_;
  llvm::Value* state_;
};

/// A function `void(ptr)` that does what the templates of `instructions` say. The reason why there
/// is none; empty: there is.
inline std::string add_a64_lifted(llvm::Module& module, const std::string& name,
                                  const AsmUnit& unit, const A64Case& test,
                                  std::span<const AsmInstruction> instructions) {
  llvm::LLVMContext& context = module.getContext();
  auto* const type = llvm::FunctionType::get(llvm::Type::getVoidTy(context),
                                             {llvm::PointerType::get(context, 0)}, false);
  auto* const function =
      llvm::Function::Create(type, llvm::GlobalValue::ExternalLinkage, name, module);
  llvm::BasicBlock::Create(context, "", function);
  LiftFacts facts;
  A64Machine machine(unit, *function, facts);
  A64MachineState state(machine, function->getArg(0));
  state.read(test.has_address());
  std::string reason;
  for (const AsmInstruction& instruction : instructions)
    if (!lift_a64(machine, instruction))
      reason = "no template knows " + std::string(instruction.name);
  state.write(test.has_address());
  if (reason.empty()) reason = machine.refusal();
  if (!reason.empty()) function->eraseFromParent();
  return reason;
}

/// Compiles and runs cases, and compares.
class A64Bench {
 public:
  explicit A64Bench(unsigned inputs) : inputs_(inputs) {}

  /// True if this machine can run AArch64 programs; tests are skipped where it cannot.
  static bool can_run() { return find_program("qemu-aarch64").has_value(); }

  /// Every case on all inputs; a failure tells the first one that differs.
  void check(const std::vector<A64Case>& cases) {
    const AsmUnit unit = take(read_assembly(unit_text(cases), NormalTarget::aarch64, "cases"));
    ASSERT_EQ(unit.functions.size(), cases.size());
    const std::vector<A64State> states = make_states(cases);
    std::vector<A64State> wanted;
    run_program(cases, states, wanted);
    ASSERT_EQ(wanted.size(), states.size()) << "the program has stopped early";
    constexpr std::size_t k_batch = 256;
    for (std::size_t first = 0; first < cases.size(); first += k_batch)
      check_batch(unit, cases, first, std::min(cases.size(), first + k_batch), states, wanted);
  }

  /// One function for each case, as the lifter reads them.
  static std::string unit_text(const std::vector<A64Case>& cases) {
    std::string text = ".text\n";
    for (std::size_t i = 0; i < cases.size(); ++i) {
      const std::string name = "case" + std::to_string(i);
      text += ".type " + name + ",@function\n" + name + ":\n" + cases[i].text + "\nret\n.size " +
              name + ", .-" + name + "\n";
    }
    return text;
  }

 private:
  using Function = void (*)(A64State*);

  std::vector<A64State> make_states(const std::vector<A64Case>& cases) {
    std::vector<A64State> states;
    for (std::size_t i = 0; i < cases.size(); ++i) {
      std::mt19937_64 random(i + 1);
      for (unsigned k = 0; k < inputs_; ++k) {
        A64State state = random_state(random);
        state.which = i;
        if (cases[i].has_address()) {
          state.is_address = 1;
          state.general[k_a64_pointer] = 0;
          state.general[k_a64_index] = (std::uint64_t{k} % 3 - 1) * 2;
        }
        if (cases[i].prepare) cases[i].prepare(state, random);
        states.push_back(state);
      }
    }
    return states;
  }

  static A64State random_state(std::mt19937_64& random) {
    A64State state{};
    for (unsigned i = 0; i < 30; ++i) state.general[i] = any_integer(random);
    const auto sort = sorts_of_lanes(random);
    for (auto& reg : state.vector) fill_lanes(reg.data(), sort(), random);
    for (std::size_t i = 0; i < state.memory.size(); i += 16)
      fill_lanes(state.memory.data() + i, sort(), random);
    state.flags = (random() & 15) << 28;
    return state;
  }

  static void run_program(const std::vector<A64Case>& cases, const std::vector<A64State>& states,
                          std::vector<A64State>& wanted) {
    const TemporaryFolder folder = temporary_folder();
    const std::string text = (folder.path() / "cases.s").string();
    const std::string program = (folder.path() / "cases").string();
    ASSERT_TRUE(write_file(text, a64_program(cases)));
    output_of({llvm_tool("clang"), "--target=aarch64-linux-gnu", "-nostdlib", "-static",
               "-fuse-ld=lld", text, "-o", program});
    SubprocessOptions options;
    options.limit = std::chrono::seconds(100);
    options.input =
        std::string(reinterpret_cast<const char*>(states.data()), states.size() * sizeof(A64State));
    const SubprocessResult result = take(run_subprocess({"qemu-aarch64", program}, options));
    ASSERT_EQ(result.exit_status, 0) << result.errors;
    const std::string& out = result.output;
    wanted.resize(out.size() / sizeof(A64State));
    std::memcpy(wanted.data(), out.data(), wanted.size() * sizeof(A64State));
  }

  void check_batch(const AsmUnit& unit, const std::vector<A64Case>& cases, std::size_t first,
                   std::size_t end, const std::vector<A64State>& states,
                   const std::vector<A64State>& wanted) {
    auto context = std::make_unique<llvm::LLVMContext>();
    auto module = std::make_unique<llvm::Module>("cases", *context);
    auto jit = llvm::cantFail(llvm::orc::LLJITBuilder().create());
    module->setDataLayout(jit->getDataLayout());
    std::vector<std::size_t> compiled;
    for (std::size_t i = first; i < end; ++i) {
      const AsmFunction& function = unit.functions[i];
      ASSERT_EQ(function.problem, "") << cases[i].text;
      const auto instructions =
          std::span(function.instructions).first(function.instructions.size() - 1);
      const std::string reason =
          add_a64_lifted(*module, "lifted" + std::to_string(i), unit, cases[i], instructions);
      EXPECT_EQ(!reason.empty(), cases[i].is_refused) << cases[i].text << ": " << reason;
      if (reason.empty()) compiled.push_back(i);
    }
    std::string message;
    llvm::raw_string_ostream stream(message);
    ASSERT_FALSE(llvm::verifyModule(*module, &stream)) << message;
    clean_up(*module);
    llvm::cantFail(jit->addIRModule({std::move(module), std::move(context)}));
    for (const std::size_t i : compiled) {
      const auto lifted =
          llvm::cantFail(jit->lookup("lifted" + std::to_string(i))).toPtr<Function>();
      compare(cases[i], lifted, std::span(states).subspan(i * inputs_, inputs_),
              std::span(wanted).subspan(i * inputs_, inputs_));
    }
  }

  static void compare(const A64Case& test, Function lifted, std::span<const A64State> states,
                      std::span<const A64State> wanted) {
    for (std::size_t k = 0; k < states.size(); ++k) {
      static A64State work;
      work = states[k];
      lifted(&work);
      const std::string text = differences(states[k], wanted[k], work, test.comparison);
      if (text.empty()) continue;
      ADD_FAILURE() << test.text << " does something else on input " << k << text;
      return;
    }
  }

  static std::string differences(const A64State& input, const A64State& wanted, const A64State& got,
                                 Comparison comparison) {
    std::string text;
    for (unsigned i = 0; i < 30; ++i)
      if (is_compared(i) && wanted.general[i] != got.general[i])
        text += difference("x" + std::to_string(i), &input.general[i], &wanted.general[i],
                           &got.general[i], 8);
    for (unsigned i = 0; i < 32; ++i) {
      const std::uint8_t *a = wanted.vector[i].data(), *b = got.vector[i].data();
      if (!same_vectors(a, b, comparison))
        text += difference("v" + std::to_string(i), input.vector[i].data(), a, b, 16);
    }
    if (std::memcmp(wanted.memory.data(), got.memory.data(), wanted.memory.size()) != 0)
      for (std::size_t i = 0; i < wanted.memory.size(); i += 16)
        if (std::memcmp(&wanted.memory[i], &got.memory[i], 16) != 0)
          text += difference("memory at " + std::to_string(i), &input.memory[i], &wanted.memory[i],
                             &got.memory[i], 16);
    std::uint64_t conditions = 0;
    for (unsigned code = 0; code < 14; ++code)
      if (holds(static_cast<A64Condition>(code), static_cast<unsigned>(wanted.flags >> 28)))
        conditions |= std::uint64_t{1} << code;
    if (conditions != got.conditions)
      text += difference("conditions", &input.flags, &conditions, &got.conditions, 4);
    if (text.empty()) return text;
    for (unsigned i = 0; i < 4; ++i)
      text += "\n  with x" + std::to_string(i) + " " +
              hexadecimal(reinterpret_cast<const std::uint8_t*>(&input.general[i]), 8) + ", v" +
              std::to_string(i) + " " + hexadecimal(input.vector[i].data(), 16);
    return text;
  }

  unsigned inputs_;
};

}  // namespace llmc::test
