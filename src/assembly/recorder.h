// What LLVM's assembly parser says while it reads, kept in the order of each section. Internal to
// this folder.
#pragma once

#include <llvm/MC/MCSectionELF.h>
#include <llvm/MC/MCStreamer.h>
#include <llvm/MC/MCSymbolELF.h>

#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "assembly/machine.h"

namespace llmc {

/// A label; `anonymous` if the text has no name for it (the place of a `.`).
struct RecordedLabel {
  const llvm::MCSymbol* symbol = nullptr;
  bool anonymous = false;
};
struct RecordedBytes {
  std::string bytes;
};
struct RecordedZeros {
  std::uint64_t count = 0;
};
struct RecordedValue {
  AsmSum sum;
  unsigned size = 0;
};
struct RecordedAlignment {
  std::uint64_t alignment = 1;
};
/// `.size symbol, …`
struct RecordedEnd {
  const llvm::MCSymbol* symbol = nullptr;
};
/// `.cfi_startproc`, or `.cfi_personality` with the routine.
struct RecordedFrame {
  std::string personality;
};
/// What could not be read.
struct RecordedProblem {
  std::string what;
};

struct RecordedItem {
  unsigned line = 0;
  std::variant<RecordedLabel, AsmInstruction, RecordedBytes, RecordedZeros, RecordedValue,
               RecordedAlignment, RecordedEnd, RecordedFrame, RecordedProblem>
      content;
};

struct RecordedSection {
  const llvm::MCSectionELF* section = nullptr;
  std::vector<RecordedItem> items;
};

struct RecordedCommon {
  const llvm::MCSymbol* symbol = nullptr;
  std::uint64_t size = 0;
  std::uint64_t alignment = 1;
};

struct SymbolAttributes {
  AsmLinkage linkage = AsmLinkage::local;
  AsmVisibility visibility = AsmVisibility::standard;
  bool function = false;
  bool object = false;
  bool declared_local = false;  ///< `.local`
};

/// All of one text. Sections are in the order in which they began, without those that are skipped.
struct AsmRecord {
  std::vector<RecordedSection> sections;
  std::vector<RecordedCommon> commons;
  std::vector<std::pair<const llvm::MCSymbol*, const llvm::MCExpr*>> assignments;
  std::map<const llvm::MCSymbol*, SymbolAttributes> attributes;
  std::vector<std::string> problems;  ///< outside of all sections that count
};

/// The streamer that fills a record. It never prints and never fails.
class AsmRecorder final : public llvm::MCStreamer {
 public:
  /// `line_of` says where in the text a place is.
  AsmRecorder(llvm::MCContext& context, const AsmMachine& machine,
              std::function<unsigned(llvm::SMLoc)> line_of);

  /// A complaint about line `line`, which belongs to what is being read.
  void add_problem(unsigned line, std::string what);

  [[nodiscard]] const AsmRecord& record() const { return record_; }

  void changeSection(llvm::MCSection* section, std::uint32_t subsection) override;
  void emitLabel(llvm::MCSymbol* symbol, llvm::SMLoc place) override;
  void emitInstruction(const llvm::MCInst& instruction, const llvm::MCSubtargetInfo&) override;
  bool emitSymbolAttribute(llvm::MCSymbol* symbol, llvm::MCSymbolAttr attribute) override;
  void emitAssignment(llvm::MCSymbol* symbol, const llvm::MCExpr* value) override;
  void emitELFSize(llvm::MCSymbol* symbol, const llvm::MCExpr* value) override;
  void emitCommonSymbol(llvm::MCSymbol* symbol, std::uint64_t size, llvm::Align align) override;
  void emitLocalCommonSymbol(llvm::MCSymbol* symbol, std::uint64_t size,
                             llvm::Align align) override;
  void emitZerofill(llvm::MCSection*, llvm::MCSymbol*, std::uint64_t, llvm::Align,
                    llvm::SMLoc) override {}
  void emitBytes(llvm::StringRef bytes) override;
  void emitValueImpl(const llvm::MCExpr* value, unsigned size, llvm::SMLoc place) override;
  void emitULEB128Value(const llvm::MCExpr* value) override;
  void emitSLEB128Value(const llvm::MCExpr* value) override;
  void emitFill(const llvm::MCExpr& count, std::uint64_t value, llvm::SMLoc place) override;
  void emitFill(const llvm::MCExpr& count, std::int64_t size, std::int64_t value,
                llvm::SMLoc place) override;
  void emitNops(std::int64_t count, std::int64_t controlled, llvm::SMLoc place,
                const llvm::MCSubtargetInfo&) override;
  void emitValueToAlignment(llvm::Align alignment, std::int64_t value, unsigned size,
                            unsigned most) override;
  void emitCodeAlignment(llvm::Align alignment, const llvm::MCSubtargetInfo*,
                         unsigned most) override;
  void emitValueToOffset(const llvm::MCExpr* offset, unsigned char value,
                         llvm::SMLoc place) override;
  std::optional<std::pair<bool, std::string>> emitRelocDirective(
      const llvm::MCExpr& offset, llvm::StringRef name, const llvm::MCExpr* expression,
      llvm::SMLoc place, const llvm::MCSubtargetInfo&) override;
  void emitCFIStartProcImpl(llvm::MCDwarfFrameInfo& frame) override;
  void emitCFIPersonality(const llvm::MCSymbol* symbol, unsigned encoding) override;
  void emitDwarfLocDirective(unsigned, unsigned, unsigned, unsigned, unsigned, unsigned,
                             llvm::StringRef) override {}

 private:
  /// The line that is being read; in a macro, the last line before its use that said something.
  unsigned line();
  template <typename T>
  void add(T content);
  void add_number(std::uint64_t value, unsigned size, std::uint64_t count);

  const AsmMachine& machine_;
  std::function<unsigned(llvm::SMLoc)> line_of_;
  AsmRecord record_;
  std::map<const llvm::MCSection*, std::size_t> numbers_;  ///< of the sections in the record
  std::optional<std::size_t> current_;                     ///< none while a section is skipped
  AsmPrefix prefix_ = AsmPrefix::none;
  unsigned last_line_ = 0;
  std::uint64_t written_ = 0;  ///< bytes of data so far
};

}  // namespace llmc
