#include "assembly/recorder.h"

#include <fmt/format.h>
#include <llvm/BinaryFormat/ELF.h>
#include <llvm/MC/MCDwarf.h>

namespace llmc {
namespace {

/// As much data as a unit may have; `.zero` can ask for any number.
constexpr std::uint64_t k_most_data = std::uint64_t{1} << 28;

}  // namespace

AsmRecorder::AsmRecorder(llvm::MCContext& context, const AsmMachine& machine,
                         std::function<unsigned(llvm::SMLoc)> line_of)
    : MCStreamer(context), machine_(machine), line_of_(std::move(line_of)) {}

unsigned AsmRecorder::line() {
  if (const unsigned line = line_of_(getStartTokLoc()); line != 0) last_line_ = line;
  return last_line_;
}

template <typename T>
void AsmRecorder::add(T content) {
  if (current_) record_.sections[*current_].items.push_back({line(), std::move(content)});
}

void AsmRecorder::add_problem(unsigned line, std::string what) {
  if (line == 0) line = last_line_;
  if (current_)
    record_.sections[*current_].items.push_back({line, RecordedProblem{std::move(what)}});
  else
    record_.problems.push_back(fmt::format("line {}: {}", line, what));
}

void AsmRecorder::changeSection(llvm::MCSection* section, std::uint32_t subsection) {
  MCStreamer::changeSection(section, subsection);
  const auto& elf = static_cast<const llvm::MCSectionELF&>(*section);
  current_.reset();
  if (is_skipped_section(elf.getName(), elf.getFlags())) return;
  const auto [found, is_new] = numbers_.emplace(section, record_.sections.size());
  if (is_new) record_.sections.push_back({&elf, {}});
  current_ = found->second;
  if (subsection != 0) add(RecordedProblem{"numbered subsections are not understood"});
}

void AsmRecorder::emitLabel(llvm::MCSymbol* symbol, llvm::SMLoc place) {
  MCStreamer::emitLabel(symbol, place);
  if (static_cast<const llvm::MCSymbolELF*>(symbol)->getType() == llvm::ELF::STT_SECTION) return;
  add(RecordedLabel{symbol, !place.isValid()});
}

void AsmRecorder::emitInstruction(const llvm::MCInst& instruction, const llvm::MCSubtargetInfo&) {
  AsmInstruction read = to_asm_instruction(machine_, instruction);
  if (const AsmPrefix prefix = lone_prefix(read.name); prefix != AsmPrefix::none) {
    prefix_ = prefix;
    return;
  }
  read.line = line();
  add_prefix(std::exchange(prefix_, AsmPrefix::none), read);
  add(std::move(read));
}

bool AsmRecorder::emitSymbolAttribute(llvm::MCSymbol* symbol, llvm::MCSymbolAttr attribute) {
  SymbolAttributes& attributes = record_.attributes[symbol];
  switch (attribute) {
    case llvm::MCSA_Global:
      if (attributes.linkage == AsmLinkage::local) attributes.linkage = AsmLinkage::global;
      break;
    case llvm::MCSA_Local:
      attributes.declared_local = true;
      break;
    case llvm::MCSA_Weak:
      attributes.linkage = AsmLinkage::weak;
      break;
    case llvm::MCSA_Hidden:
    case llvm::MCSA_Internal:
      attributes.visibility = AsmVisibility::hidden;
      break;
    case llvm::MCSA_Protected:
      attributes.visibility = AsmVisibility::protected_;
      break;
    case llvm::MCSA_ELF_TypeFunction:
      attributes.function = true;
      break;
    case llvm::MCSA_ELF_TypeObject:
    case llvm::MCSA_ELF_TypeTLS:
    case llvm::MCSA_ELF_TypeCommon:
      attributes.object = true;
      break;
    case llvm::MCSA_ELF_TypeIndFunction:
      attributes.function = true;
      record_.problems.push_back(fmt::format(
          "'{}' is chosen when the program starts (gnu_indirect_function), which is not understood",
          symbol->getName().str()));
      break;
    default:
      break;
  }
  return true;
}

void AsmRecorder::emitAssignment(llvm::MCSymbol* symbol, const llvm::MCExpr* value) {
  MCStreamer::emitAssignment(symbol, value);
  record_.assignments.emplace_back(symbol, value);
}

void AsmRecorder::emitELFSize(llvm::MCSymbol* symbol, const llvm::MCExpr*) {
  add(RecordedEnd{symbol});
}

void AsmRecorder::emitCommonSymbol(llvm::MCSymbol* symbol, std::uint64_t size, llvm::Align align) {
  SymbolAttributes& attributes = record_.attributes[symbol];
  if (!attributes.declared_local && attributes.linkage == AsmLinkage::local)
    attributes.linkage = AsmLinkage::global;
  written_ += std::min(size, k_most_data + 1);
  if (written_ > k_most_data)
    record_.problems.push_back(fmt::format("line {}: there is more data than 256 MiB", line()));
  else
    record_.commons.push_back({symbol, size, align.value()});
}

void AsmRecorder::emitLocalCommonSymbol(llvm::MCSymbol* symbol, std::uint64_t size,
                                        llvm::Align align) {
  emitCommonSymbol(symbol, size, align);
  record_.attributes[symbol].linkage = AsmLinkage::local;
}

void AsmRecorder::emitBytes(llvm::StringRef bytes) { add(RecordedBytes{bytes.str()}); }

void AsmRecorder::add_number(std::uint64_t value, unsigned size, std::uint64_t count) {
  written_ += count > k_most_data ? k_most_data + 1 : count * size;
  if (written_ > k_most_data) {
    add(RecordedProblem{"there is more data than 256 MiB"});
    return;
  }
  if (value == 0) {
    add(RecordedZeros{count * size});
    return;
  }
  std::string bytes;
  for (std::uint64_t i = 0; i < count; ++i)
    for (unsigned byte = 0; byte < size; ++byte)
      bytes += static_cast<char>(byte < 8 ? value >> (8 * byte) : 0);
  add(RecordedBytes{std::move(bytes)});
}

void AsmRecorder::emitValueImpl(const llvm::MCExpr* value, unsigned size, llvm::SMLoc) {
  const auto sum = sum_of(*value, *machine_.syntax);
  if (!sum)
    add(RecordedProblem{"this expression is not understood"});
  else if (!sum->plus && !sum->minus)
    add_number(static_cast<std::uint64_t>(sum->constant), size, 1);
  else
    add(RecordedValue{*sum, size});
}

void AsmRecorder::emitULEB128Value(const llvm::MCExpr*) {
  add(RecordedProblem{"numbers of variable length are not understood"});
}

void AsmRecorder::emitSLEB128Value(const llvm::MCExpr*) {
  add(RecordedProblem{"numbers of variable length are not understood"});
}

void AsmRecorder::emitFill(const llvm::MCExpr& count, std::uint64_t value, llvm::SMLoc place) {
  emitFill(count, 1, static_cast<std::int64_t>(value), place);
}

void AsmRecorder::emitFill(const llvm::MCExpr& count, std::int64_t size, std::int64_t value,
                           llvm::SMLoc) {
  const auto sum = sum_of(count, *machine_.syntax);
  if (!sum || sum->plus || sum->minus || sum->constant < 0 || size < 0)
    add(RecordedProblem{"the number of bytes to fill is not known here"});
  else if (sum->constant > 0 && size > 0)
    add_number(static_cast<std::uint64_t>(value), static_cast<unsigned>(size),
               static_cast<std::uint64_t>(sum->constant));
}

void AsmRecorder::emitNops(std::int64_t, std::int64_t, llvm::SMLoc, const llvm::MCSubtargetInfo&) {}

void AsmRecorder::emitValueToAlignment(llvm::Align alignment, std::int64_t, unsigned, unsigned) {
  add(RecordedAlignment{alignment.value()});
}

void AsmRecorder::emitCodeAlignment(llvm::Align alignment, const llvm::MCSubtargetInfo*, unsigned) {
  add(RecordedAlignment{alignment.value()});
}

void AsmRecorder::emitValueToOffset(const llvm::MCExpr*, unsigned char, llvm::SMLoc) {
  add(RecordedProblem{"the directive .org is not understood"});
}

std::optional<std::pair<bool, std::string>> AsmRecorder::emitRelocDirective(
    const llvm::MCExpr&, llvm::StringRef, const llvm::MCExpr*, llvm::SMLoc,
    const llvm::MCSubtargetInfo&) {
  add(RecordedProblem{"the directive .reloc is not understood"});
  return std::nullopt;
}

void AsmRecorder::emitCFIStartProcImpl(llvm::MCDwarfFrameInfo& frame) {
  MCStreamer::emitCFIStartProcImpl(frame);
  add(RecordedFrame{});
}

void AsmRecorder::emitCFIPersonality(const llvm::MCSymbol* symbol, unsigned encoding) {
  MCStreamer::emitCFIPersonality(symbol, encoding);
  add(RecordedFrame{personality_name(symbol->getName())});
}

}  // namespace llmc
