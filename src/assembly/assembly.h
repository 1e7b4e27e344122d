// Assembly as values: the functions and data of one file, be it text in AT&T or Intel syntax or an
// object. Registers and instructions carry LLVM's own names, so that nothing above needs LLVM to
// look at them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ir/normal_form.h"
#include "support/error.h"

namespace llmc {

/// An operand of an instruction, or the address part of one.
struct AsmOperand {
  enum class Kind {
    reg,     ///< `reg`; empty for "no register" in an address
    imm,     ///< `value`
    symbol,  ///< `symbol` + `value`, as `modifier` says
    other    ///< an expression that is none of these; `symbol` has its text
  };
  Kind kind = Kind::imm;
  std::string_view reg;    ///< LLVM's name, "EAX", "XMM0", "W0"; static storage
  std::int64_t value = 0;  ///< the number, or what is added to the symbol
  std::string symbol;
  std::string modifier;    ///< "PLT", "GOTPCREL", "lo12", …; empty: the symbol's address itself

  friend bool operator==(const AsmOperand&, const AsmOperand&) = default;
};

/// Prefixes that are not part of LLVM's opcode.
enum class AsmPrefix { none, lock, rep, repne };

/// One instruction.
struct AsmInstruction {
  unsigned opcode = 0;               ///< LLVM's number for it
  std::string_view name;             ///< LLVM's name for it, "ADD32rr"; static storage
  std::vector<AsmOperand> operands;  ///< in LLVM's order: what is defined, then what is used; an
                                     ///< x86 address is base, scale, index, displacement, segment
  AsmPrefix prefix = AsmPrefix::none;
  unsigned line = 0;  ///< in the text; 0 in an object
  std::string text;  ///< as LLVM prints it (AT&T), one blank after the mnemonic
};

enum class AsmLinkage { local, global, weak };
enum class AsmVisibility { standard, hidden, protected_ };

/// A position in a function that has a name: `at` is the number of the instruction that follows.
struct AsmLabel {
  std::string name;
  std::size_t at = 0;
};

/// One function. What cannot be read of it is said in `problem`, and then `instructions` is what
/// came before.
struct AsmFunction {
  std::string name;
  AsmLinkage linkage = AsmLinkage::local;
  AsmVisibility visibility = AsmVisibility::standard;
  std::string section;  ///< ".text", ".text.unlikely.", …
  std::string comdat;  ///< the section's group; empty: none
  std::uint64_t alignment = 1;
  bool unwinds = false;  ///< it has call frame information (.cfi_startproc)
  std::string personality;  ///< the routine for exceptions; empty: none
  std::vector<AsmInstruction> instructions;
  std::vector<AsmLabel> labels;  ///< in order of `at`; the function's own name is not among them
  unsigned line = 0;
  std::string problem;  ///< empty: all of it was understood
};

/// A place in a datum that the linker fills in: `symbol` + `addend`, less `minus` or the place
/// itself.
struct AsmReference {
  std::uint64_t offset = 0;
  unsigned size = 8;
  std::string symbol;
  std::int64_t addend = 0;
  std::string minus;  ///< a symbol that is subtracted, as in `.long .LBB0_1-.LJTI0_0`; or empty
  bool relative = false;  ///< less the address of the place itself
  unsigned shift = 0;  ///< the difference is shifted right by so many bits, as AArch64's tables
                       ///< have it: `.byte (.LBB0_2-.LBB0_1)>>2`
};

/// A further name for a place in a datum (`.set name, datum+offset`).
struct AsmInnerName {
  std::string name;
  std::uint64_t offset = 0;
  AsmLinkage linkage = AsmLinkage::local;
  AsmVisibility visibility = AsmVisibility::standard;
};

/// What sections are for, as far as it matters for the meaning of data.
enum class AsmSectionKind {
  code,
  read_only,
  mergeable,
  relocated_read_only,
  writable,
  zero,
  thread
};

/// One piece of data: from a label to the next label, or to the end of its section. What is before
/// the first label of a section has an empty name (`.init_array`). Neighbours of one section may
/// belong together: an object says only where names and references point to.
struct AsmDatum {
  std::string name;
  std::vector<std::string> other_names;  ///< further labels at the same place
  AsmLinkage linkage = AsmLinkage::local;
  AsmVisibility visibility = AsmVisibility::standard;
  AsmSectionKind kind = AsmSectionKind::writable;
  std::string section;
  std::string comdat;
  unsigned entry_size = 0;  ///< of a mergeable section
  bool strings = false;  ///< of a mergeable section: its entries are strings
  std::uint64_t alignment = 1;
  std::string bytes;  ///< zero where references stand; for `zero`: that many zeros
  std::vector<AsmReference> references;  ///< in order of offset
  std::vector<AsmInnerName> inner_names;  ///< in order of offset
  std::uint64_t padding = 0;  ///< in an object: so many of the last bytes may be padding
  std::string problem;  ///< empty: its content is known
};

/// All of one file. Names are as in the file (".LBB0_1", "main").
struct AsmUnit {
  NormalTarget target = NormalTarget::x86_64;
  std::vector<AsmFunction> functions;  ///< in order
  std::vector<AsmDatum> data;  ///< in order
  std::map<std::string, std::string> aliases;  ///< `.set a, b`: a means b
  std::map<std::string, AsmLinkage> alias_linkage;  ///< of those in `aliases`
  std::map<std::string, AsmLinkage> undefined;  ///< symbols that are used and not defined here
  std::vector<std::string> problems;  ///< what was skipped outside of functions, one sentence each

  /// Null if there is none of that name.
  [[nodiscard]] const AsmFunction* function(std::string_view name) const;
  /// The datum that `name` lies at the beginning of; null if there is none.
  [[nodiscard]] const AsmDatum* datum(std::string_view name) const;
};

/// How the text is written.
enum class AsmSyntax { detect, att, intel };

/// Reads assembly as clang, gcc and LLVM write it. Comments, debug information, unwind tables and
/// notes are skipped. What one function has that cannot be read (data in code, an unknown
/// instruction or directive) is that function's `problem`. Fails where nothing can be read at all:
/// `name` and the line are in the message. LLVM's parser may crash on hostile text: call it in a
/// child where the text comes from strangers.
Result<AsmUnit> read_assembly(std::string_view text, NormalTarget target, const std::string& name,
                              AsmSyntax syntax = AsmSyntax::detect);

/// Reads a relocatable ELF object of either target, with the symbols of its relocations in the
/// place of numbers, such that it says the same as `read_assembly` of the text that it was made
/// from, but for the names of local labels. Truncated and foreign objects are refused.
Result<AsmUnit> read_object(std::string_view bytes, const std::string& name);

/// `function` in the form that two functions have in common exactly when one is the other but for
/// the names of local labels and the order of data: an instruction a line as LLVM prints it, with
/// labels numbered in order (`L1:`), and constants and jump tables that only the function knows
/// (local, unnamed by the user: .LCPI, .LJTI, .L.str, .Lswitch) by their content, long content by
/// its hash. Writable data without a name are numbered, and their content follows at the end. Not
/// in it: alignment, instructions that do nothing (nop), directives, tables for exceptions, whether
/// a call goes by the PLT, and in constants of objects what may be padding.
std::string canonical_text(const AsmUnit& unit, const AsmFunction& function);

}  // namespace llmc
