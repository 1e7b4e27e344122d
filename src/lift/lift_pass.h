// One pass over a function of assembly, block by block: what is the same for all processors.
// Included by the .cpp files of the lifter only.
#pragma once

#include <map>
#include <set>
#include <vector>

#include "assembly/flow.h"
#include "lift/lift_calls.h"
#include "lift/lift_function.h"
#include "lift/lift_machine.h"

namespace llmc {

/// Which flags an instruction reads and sets, as sets of the target's bits.
struct FlagUse {
  unsigned (*read)(const AsmInstruction& instruction);
  unsigned (*set)(const AsmInstruction& instruction);
};

/// Blocks are lifted in reverse post-order, so that most of what a block begins with is known; of
/// loops, the pass before says it.
class LiftPass {
 public:
  LiftPass(const LiftSource& source, FlagUse flag_use);
  virtual ~LiftPass() = default;
  LiftPass(const LiftPass&) = delete;
  LiftPass& operator=(const LiftPass&) = delete;

  /// `exits` are those of the round before, and become those of this one.
  Result<void> run(std::map<std::size_t, LiftRegisters>& exits);

  virtual LiftMachine& machine() = 0;
  virtual LiftCalls& calls() = 0;

 protected:
  /// Before the first block.
  virtual void begin() {}
  /// What the target keeps of its own at the ends of blocks: kept under the number of the block
  /// that ends, forgotten at the beginning of another, and taken back from one that leads to it.
  virtual void keep(std::size_t number) = 0;
  virtual void forget() = 0;
  virtual void take_up(std::size_t from) = 0;
  /// What `instruction` does, if it does not end a block.
  virtual void lift(const AsmInstruction& instruction) = 0;
  /// The index of a jump table, in the register of that name, as an integer of 64 bits.
  virtual llvm::Value* table_index(std::string_view reg) = 0;
  /// An i1 that says that the conditional `jump` does not go to its target: code generation jumps
  /// where the condition does not hold, and falls through where it does.
  virtual llvm::Value* falls_through(const AsmInstruction& jump) = 0;
  /// Ends `block` with a conditional jump.
  virtual void branch(const AsmBlock& block, const AsmInstruction& jump);
  /// Refuses a return that does more than return.
  virtual void check_return(const AsmInstruction& last) = 0;
  /// What an instruction that never ends does before that.
  virtual void trap(const AsmInstruction& last) = 0;

  /// Flags that blocks after `block` read and that several ways lead to become variables.
  void keep_flags(const AsmBlock& block);
  [[nodiscard]] llvm::BasicBlock* place(std::size_t number) { return places_.at(number); }
  [[nodiscard]] const LiftSource& source() const { return source_; }
  [[nodiscard]] const std::set<std::size_t>& predecessors(std::size_t number) const {
    return predecessors_[number];
  }

 private:
  /// What is known where a block ends.
  struct BlockExit {
    LiftRegisters registers;
    std::int64_t sp = 0;
    LiftFlags flags;
    bool fp_is_frame = false;
    std::int64_t fp_offset = 0;
  };
  Result<void> lift_block(std::size_t number);
  Result<void> enter(std::size_t number);
  void take_up_all(std::size_t number);
  void end(std::size_t number);
  void jump_by_table(const AsmBlock& block);
  void branch_away(const AsmBlock& block, const AsmInstruction& jump);

  const LiftSource& source_;
  std::vector<std::size_t> order_;
  std::vector<unsigned> live_;
  std::vector<std::set<std::size_t>> predecessors_;
  std::map<std::size_t, llvm::BasicBlock*> places_;
  std::set<std::size_t> reached_, lifted_;
  std::map<std::size_t, BlockExit> done_;  ///< without those that end by a call
  std::map<std::size_t, LiftRegisters>* before_ = nullptr;
  LiftRegisters entry_;
  llvm::Value* table_index_ = nullptr;
};

/// A pass over `source` for its target; see LiftCalls for `signature`. Refers to all of them.
std::unique_ptr<LiftPass> make_pass(const LiftSource& source, const LiftContext& context,
                                    llvm::Function& function, LiftFacts& facts,
                                    const LiftSignature* signature);

/// Those of each target.
std::unique_ptr<LiftPass> make_x86_pass(const LiftSource& source, const LiftContext& context,
                                        llvm::Function& function, LiftFacts& facts,
                                        const LiftSignature* signature);
std::unique_ptr<LiftPass> make_a64_pass(const LiftSource& source, const LiftContext& context,
                                        llvm::Function& function, LiftFacts& facts,
                                        const LiftSignature* signature);

}  // namespace llmc
