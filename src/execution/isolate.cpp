#include "execution/isolate.h"

#include <fmt/format.h>
#include <llvm/BinaryFormat/ELF.h>
#include <llvm/MC/MCAsmBackend.h>
#include <llvm/MC/MCAsmInfo.h>
#include <llvm/MC/MCCodeEmitter.h>
#include <llvm/MC/MCContext.h>
#include <llvm/MC/MCELFStreamer.h>
#include <llvm/MC/MCExpr.h>
#include <llvm/MC/MCInst.h>
#include <llvm/MC/MCInstrInfo.h>
#include <llvm/MC/MCObjectFileInfo.h>
#include <llvm/MC/MCObjectWriter.h>
#include <llvm/MC/MCParser/MCAsmParser.h>
#include <llvm/MC/MCParser/MCTargetAsmParser.h>
#include <llvm/MC/MCRegisterInfo.h>
#include <llvm/MC/MCSectionELF.h>
#include <llvm/MC/MCSubtargetInfo.h>
#include <llvm/MC/MCSymbolELF.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Support/SourceMgr.h>
#include <llvm/Support/raw_ostream.h>

#include <array>
#include <set>

namespace llmc {
namespace {

/// Instructions of x86-64 that reach beyond the process, or that no process may use. (Those of
/// AArch64 are told in linked code, see link.h.)
constexpr std::array<std::string_view, 10> k_refused = {
    "SYSCALL", "SYSENTER", "INT", "HLT", "SYSCALL64", "SYSRET", "SYSEXIT", "CLI", "STI", "INTO"};

/// What LLVM names the pieces of functions that several have in common. They are no functions: they
/// keep to no rules of calls.
constexpr std::string_view k_outlined = "OUTLINED_FUNCTION_";

/// How gcc names a place that it addresses variables from.
constexpr llvm::StringRef k_anchor = ".LANCHOR";

/// Puts every function and every datum into a section of its own, and gives the bodies of all
/// functions but one another name, so that references to them become undefined.
class IsolatingStreamer final : public llvm::MCELFStreamer {
 public:
  IsolatingStreamer(llvm::MCContext& context, std::unique_ptr<llvm::MCAsmBackend> backend,
                    std::unique_ptr<llvm::MCObjectWriter> writer,
                    std::unique_ptr<llvm::MCCodeEmitter> emitter, const llvm::MCInstrInfo& names,
                    const std::string& function)
      : MCELFStreamer(context, std::move(backend), std::move(writer), std::move(emitter)),
        names_(names),
        function_(function) {}

  void changeSection(llvm::MCSection* section, uint32_t) override {
    logical_ = static_cast<llvm::MCSectionELF*>(section);
    alignment_ = llvm::Align(1);
    if ((logical_->getFlags() & llvm::ELF::SHF_ALLOC) == 0) {
      MCELFStreamer::changeSection(section, 0);
      return;
    }
    Piece& piece = current_[logical_];
    if (piece.section == nullptr) piece = new_piece();
    MCELFStreamer::changeSection(piece.section, 0);
  }

  void emitLabel(llvm::MCSymbol* symbol, llvm::SMLoc location) override {
    const std::string name = symbol->getName().str();
    if ((logical_->getFlags() & llvm::ELF::SHF_ALLOC) == 0) {
      MCELFStreamer::emitLabel(symbol, location);
      return;
    }
    if (in_data()) {
      if (current_[logical_].filled) start_piece();
      current_[logical_].section->ensureMinAlignment(alignment_);
      alignment_ = llvm::Align(1);
      name_piece(*symbol);
      MCELFStreamer::emitLabel(symbol, location);
      return;
    }
    if (!starts_function(*symbol)) {
      MCELFStreamer::emitLabel(symbol, location);
      return;
    }
    if (current_[logical_].filled) start_piece();
    in_function_ =
        name == function_ || name.starts_with(function_ + ".cold") || name.starts_with(k_outlined);
    if (in_function_) {
      if (name == function_)
        MCELFStreamer::emitLabel(getContext().getOrCreateSymbol(k_entry_symbol), location);
      MCELFStreamer::emitLabel(symbol, location);
      return;
    }
    object_.functions[name] = true;  // until `take_object` knows better
    MCELFStreamer::emitLabel(body_of(name), location);
  }

  void emitAssignment(llvm::MCSymbol* symbol, const llvm::MCExpr* value) override {
    note_merged(symbol->getName().str(), *value);
    if (symbol->getName().starts_with(k_anchor))
      object_.problem =
          "it may reach variables by their distance to others; compile with -fno-section-anchors";
    const auto* reference = llvm::dyn_cast<llvm::MCSymbolRefExpr>(value);
    if (reference != nullptr) {
      const std::string target = reference->getSymbol().getName().str();
      if (object_.functions.contains(target) && symbol->getName() == function_) {
        value = llvm::MCSymbolRefExpr::create(body_of(target), getContext());
        MCELFStreamer::emitAssignment(getContext().getOrCreateSymbol(k_entry_symbol), value);
      } else if (object_.functions.contains(target)) {
        object_.functions[symbol->getName().str()] = true;
        return;
      }
    }
    MCELFStreamer::emitAssignment(symbol, value);
  }

  bool emitSymbolAttribute(llvm::MCSymbol* symbol, llvm::MCSymbolAttr attribute) override {
    const std::string name = symbol->getName().str();
    if (attribute == llvm::MCSA_ELF_TypeFunction) typed_.insert(name);
    if (attribute == llvm::MCSA_Global || attribute == llvm::MCSA_Weak) global_.insert(name);
    return MCELFStreamer::emitSymbolAttribute(symbol, attribute);
  }

  void emitInstruction(const llvm::MCInst& instruction, const llvm::MCSubtargetInfo& sti) override {
    if (in_function_ && is_code()) look_at(instruction);
    fill();
    MCELFStreamer::emitInstruction(instruction, sti);
  }

  void emitBytes(llvm::StringRef data) override {
    fill();
    MCELFStreamer::emitBytes(data);
  }
  void emitValueImpl(const llvm::MCExpr* value, unsigned size, llvm::SMLoc location) override {
    fill();
    MCELFStreamer::emitValueImpl(value, size, location);
  }
  void emitFill(const llvm::MCExpr& count, uint64_t value, llvm::SMLoc location) override {
    fill();
    MCELFStreamer::emitFill(count, value, location);
  }
  void emitFill(const llvm::MCExpr& count, int64_t size, int64_t value,
                llvm::SMLoc location) override {
    fill();
    MCELFStreamer::emitFill(count, size, value, location);
  }
  void emitValueToAlignment(llvm::Align alignment, int64_t value, unsigned size,
                            unsigned most) override {
    // Of data it belongs to what follows: to the next label, or to the next bytes.
    if (!in_data()) return MCELFStreamer::emitValueToAlignment(alignment, value, size, most);
    alignment_ = std::max(alignment_, alignment);
  }

  void emitCommonSymbol(llvm::MCSymbol* symbol, uint64_t size, llvm::Align alignment) override {
    zero_datum(symbol, size, alignment);
  }
  void emitLocalCommonSymbol(llvm::MCSymbol* symbol, uint64_t size,
                             llvm::Align alignment) override {
    zero_datum(symbol, size, alignment);
  }

  // Sizes and hints to linkers name symbols that are undefined by now, and nothing needs them.
  void emitELFSize(llvm::MCSymbol* symbol, const llvm::MCExpr* value) override {
    if (const auto* size = llvm::dyn_cast<llvm::MCConstantExpr>(value))
      sizes_[symbol->getName().str()] = static_cast<std::uint64_t>(size->getValue());
  }
  void emitCGProfileEntry(const llvm::MCSymbolRefExpr*, const llvm::MCSymbolRefExpr*,
                          uint64_t) override {}
  void emitAddrsig() override {}
  void emitAddrsigSym(const llvm::MCSymbol*) override {}

  // Nothing is unwound.
  void emitCFISections(bool, bool) override { MCELFStreamer::emitCFISections(false, false); }

  /// What was found, once the text is at its end.
  IsolatedObject take_object() {
    for (auto& [name, local] : object_.functions) local = !global_.contains(name);
    for (auto& [section, piece] : object_.pieces) {
      piece.local = !global_.contains(piece.name);
      for (MergedVariable& variable : piece.merged) {
        variable.local = !global_.contains(variable.name);
        variable.size = sizes_[variable.name];
      }
    }
    return std::move(object_);
  }

 private:
  struct Piece {
    llvm::MCSectionELF* section = nullptr;
    bool filled = false;  ///< it has content
  };

  [[nodiscard]] bool is_code() const {
    return (logical_->getFlags() & llvm::ELF::SHF_EXECINSTR) != 0;
  }

  [[nodiscard]] bool in_data() const {
    return (logical_->getFlags() & llvm::ELF::SHF_ALLOC) != 0 && !is_code();
  }

  [[nodiscard]] bool starts_function(const llvm::MCSymbol& symbol) const {
    const std::string name = symbol.getName().str();
    if (symbol.isTemporary()) return false;
    return name == function_ || typed_.contains(name) || global_.contains(name);
  }

  llvm::MCSymbol* body_of(const std::string& name) {
    return getContext().getOrCreateSymbol(name + "$body");
  }

  Piece new_piece() {
    const std::string name = fmt::format(".llmc.{}", object_.pieces.size());
    ObjectPiece& piece = object_.pieces[name];
    const unsigned flags = logical_->getFlags();
    if ((flags & llvm::ELF::SHF_TLS) != 0)
      piece.kind = ObjectPiece::Kind::other;
    else if (is_code())
      piece.kind = ObjectPiece::Kind::code;
    else if ((flags & llvm::ELF::SHF_WRITE) == 0 || logical_->getName().starts_with(".data.rel.ro"))
      piece.kind = ObjectPiece::Kind::constant;
    else
      piece.kind = ObjectPiece::Kind::variable;
    const unsigned kept = flags & (llvm::ELF::SHF_ALLOC | llvm::ELF::SHF_WRITE |
                                   llvm::ELF::SHF_EXECINSTR | llvm::ELF::SHF_TLS);
    const unsigned type = logical_->getType() == llvm::ELF::SHT_NOBITS ? llvm::ELF::SHT_NOBITS
                                                                       : llvm::ELF::SHT_PROGBITS;
    llvm::MCSectionELF* section = getContext().getELFSection(name, type, kept);
    section->ensureMinAlignment(llvm::Align(16));
    return {section, false};
  }

  void start_piece() {
    Piece& piece = current_[logical_];
    piece = new_piece();
    MCELFStreamer::changeSection(piece.section, 0);
  }

  void name_piece(const llvm::MCSymbol& symbol) {
    const std::string section = current_[logical_].section->getName().str();
    ObjectPiece& piece = object_.pieces[section];
    if (piece.name.empty() && !symbol.isTemporary()) piece.name = symbol.getName().str();
    if (symbol.isTemporary()) private_pieces_[symbol.getName().str()] = section;
  }

  /// `name` is another name for a place in a private variable: what LLVM says of those it merges.
  void note_merged(const std::string& name, const llvm::MCExpr& value) {
    const llvm::MCExpr* base = &value;
    std::int64_t offset = 0;
    if (const auto* sum = llvm::dyn_cast<llvm::MCBinaryExpr>(base)) {
      const auto* addend = llvm::dyn_cast<llvm::MCConstantExpr>(sum->getRHS());
      if (addend == nullptr || sum->getOpcode() != llvm::MCBinaryExpr::Add) return;
      offset = addend->getValue();
      base = sum->getLHS();
    }
    const auto* reference = llvm::dyn_cast<llvm::MCSymbolRefExpr>(base);
    if (reference == nullptr) return;
    const auto piece = private_pieces_.find(reference->getSymbol().getName().str());
    if (piece != private_pieces_.end())
      object_.pieces[piece->second].merged.push_back(
          {name, static_cast<std::uint64_t>(offset), 0, true});
  }

  /// Before bytes are added.
  void fill() {
    if (in_data() && alignment_ > llvm::Align(1))
      MCELFStreamer::emitValueToAlignment(alignment_, 0, 1, 0);
    alignment_ = llvm::Align(1);
    current_[logical_].filled = true;
  }

  void zero_datum(llvm::MCSymbol* symbol, uint64_t size, llvm::Align alignment) {
    pushSection();
    switchSection(getContext().getELFSection(".bss", llvm::ELF::SHT_NOBITS,
                                             llvm::ELF::SHF_ALLOC | llvm::ELF::SHF_WRITE));
    alignment_ = alignment;
    start_piece();
    emitLabel(symbol, llvm::SMLoc());
    emitZeros(size);
    popSection();
  }

  void look_at(const llvm::MCInst& instruction) {
    const std::string_view name = names_.getName(instruction.getOpcode());
    if (std::ranges::find(k_refused, name) != k_refused.end())
      object_.problem = fmt::format("it makes system calls by itself ({})", name);
    for (const llvm::MCOperand& operand : instruction)
      if (operand.isExpr()) look_at(*operand.getExpr());
  }

  void look_at(const llvm::MCExpr& expression) {
    if (const auto* binary = llvm::dyn_cast<llvm::MCBinaryExpr>(&expression)) {
      look_at(*binary->getLHS());
      look_at(*binary->getRHS());
    } else if (const auto* reference = llvm::dyn_cast<llvm::MCSymbolRefExpr>(&expression)) {
      const llvm::StringRef kind = llvm::MCSymbolRefExpr::getVariantKindName(reference->getKind());
      if (kind.contains_insensitive("tpoff") || kind.contains_insensitive("tls"))
        object_.problem = "it uses thread-local data";
    }
  }

  IsolatedObject object_;
  const llvm::MCInstrInfo& names_;
  std::string function_;
  llvm::MCSectionELF* logical_ = nullptr;  ///< the section that the text is in
  std::map<llvm::MCSectionELF*, Piece> current_;
  llvm::Align alignment_{1};  ///< asked for since the last label
  std::set<std::string> typed_, global_;
  std::map<std::string, std::uint64_t> sizes_;  ///< as the text says
  std::map<std::string, std::string> private_pieces_;  ///< sections, by temporary label
  bool in_function_ = false;
};

/// LLVM's objects for one file of assembly; they point to each other, so they stay where they are.
class Assembler {
 public:
  Result<IsolatedObject> run(std::string_view text, NormalTarget kind, const std::string& function,
                             const std::string& name) {
    const std::string triple(triple_of(kind));
    std::string message;
    const llvm::Target* target = llvm::TargetRegistry::lookupTarget(triple, message);
    if (target == nullptr) return fail(fmt::format("{}: {}", name, message));
    registers_.reset(target->createMCRegInfo(triple));
    info_.reset(target->createMCAsmInfo(*registers_, triple, options_));
    instructions_.reset(target->createMCInstrInfo());
    // Every extension can be assembled; what the processor lacks shows when it runs.
    const char* features = kind == NormalTarget::aarch64 ? "+all" : "";
    subtarget_.reset(target->createMCSubtargetInfo(triple, "", features));
    sources_.AddNewSourceBuffer(
        llvm::MemoryBuffer::getMemBufferCopy(llvm::StringRef(text.data(), text.size()), name),
        llvm::SMLoc());
    sources_.setDiagHandler(keep_message, this);
    llvm::MCContext context(llvm::Triple(triple), info_.get(), registers_.get(), subtarget_.get(),
                            &sources_, &options_);
    context.setDiagnosticHandler(
        [this](const llvm::SMDiagnostic& diagnostic, bool, const llvm::SourceMgr&,
               std::vector<const llvm::MDNode*>&) { keep_message(diagnostic, this); });
    const std::unique_ptr<llvm::MCObjectFileInfo> layout(
        target->createMCObjectFileInfo(context, /*PIC=*/true));
    context.setObjectFileInfo(layout.get());
    return stream(*target, context, function, name);
  }

 private:
  static void keep_message(const llvm::SMDiagnostic& diagnostic, void* self) {
    auto& assembler = *static_cast<Assembler*>(self);
    if (diagnostic.getKind() != llvm::SourceMgr::DK_Error || !assembler.error_.empty()) return;
    assembler.error_ =
        fmt::format("line {}: {}", diagnostic.getLineNo(), diagnostic.getMessage().str());
  }

  Result<IsolatedObject> stream(const llvm::Target& target, llvm::MCContext& context,
                                const std::string& function, const std::string& name) {
    llvm::SmallVector<char, 0> bytes;
    llvm::raw_svector_ostream output(bytes);
    std::unique_ptr<llvm::MCAsmBackend> backend(
        target.createMCAsmBackend(*subtarget_, *registers_, options_));
    std::unique_ptr<llvm::MCObjectWriter> writer = backend->createObjectWriter(output);
    std::unique_ptr<llvm::MCCodeEmitter> emitter(
        target.createMCCodeEmitter(*instructions_, context));
    IsolatingStreamer streamer(context, std::move(backend), std::move(writer), std::move(emitter),
                               *instructions_, function);
    streamer.emitCFISections(false, false);
    const std::unique_ptr<llvm::MCAsmParser> parser(
        llvm::createMCAsmParser(sources_, context, streamer, *info_));
    const std::unique_ptr<llvm::MCTargetAsmParser> target_parser(
        target.createMCAsmParser(*subtarget_, *parser, *instructions_, options_));
    parser->setTargetParser(*target_parser);
    const bool failed = parser->Run(/*NoInitialTextSection=*/false);
    if (failed || !error_.empty())
      return fail(fmt::format("{}: {}", name, error_.empty() ? "it is not assembly" : error_));
    IsolatedObject object = streamer.take_object();
    object.bytes.assign(bytes.data(), bytes.size());
    const llvm::MCSymbol* entry = context.lookupSymbol(k_entry_symbol);
    if (entry == nullptr || !entry->isDefined())
      return fail(fmt::format("{} does not define the function '{}'", name, function));
    return object;
  }

  llvm::MCTargetOptions options_;
  llvm::SourceMgr sources_;
  std::unique_ptr<llvm::MCRegisterInfo> registers_;
  std::unique_ptr<llvm::MCAsmInfo> info_;
  std::unique_ptr<llvm::MCInstrInfo> instructions_;
  std::unique_ptr<llvm::MCSubtargetInfo> subtarget_;
  std::string error_;
};

}  // namespace

Result<IsolatedObject> isolate_function(std::string_view text, NormalTarget target,
                                        const std::string& function, const std::string& name) {
  Assembler assembler;
  return assembler.run(text, target, function, name);
}

}  // namespace llmc
