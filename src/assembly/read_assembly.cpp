#include <fmt/format.h>
#include <llvm/MC/MCObjectFileInfo.h>
#include <llvm/MC/MCParser/MCAsmParser.h>
#include <llvm/MC/MCParser/MCAsmParserExtension.h>
#include <llvm/MC/MCParser/MCTargetAsmParser.h>
#include <llvm/Support/MemoryBuffer.h>
#include <llvm/Support/SourceMgr.h>

#include <algorithm>
#include <cctype>

#include "assembly/intel_dialect.h"
#include "assembly/machine.h"
#include "assembly/recorder.h"
#include "assembly/unit_builder.h"

namespace llmc {
namespace {

/// How often a text is begun anew without a macro that does not end.
constexpr int k_most_attempts = 8;

/// LLVM's number for Intel's dialect.
constexpr unsigned k_intel_dialect = 1;

/// Refuses directives that would read other files, and passes over those that say where code comes
/// from: LLVM would check that they fit together.
class NoFiles final : public llvm::MCAsmParserExtension {
 public:
  explicit NoFiles(llvm::MCAsmParser& parser) {
    Initialize(parser);
    for (const char* directive : {".include", ".incbin"})
      parser.addDirectiveHandler(directive, {this, HandleDirective<NoFiles, &NoFiles::refuse>});
    for (const char* directive : {".file", ".loc", ".ident"})
      parser.addDirectiveHandler(directive, {this, HandleDirective<NoFiles, &NoFiles::pass_over>});
  }

 private:
  bool pass_over(llvm::StringRef, llvm::SMLoc) {
    getParser().eatToEndOfStatement();
    return false;
  }

  bool refuse(llvm::StringRef directive, llvm::SMLoc place) {
    return Error(place, directive + " reads another file, which is not done");
  }
};

/// Complaints of LLVM's parser on their way to the recorder.
struct Complaints {
  llvm::SourceMgr sources;
  AsmRecorder* recorder = nullptr;
  unsigned endless_macro = 0;  ///< the line of a macro without an end; 0: there is none

  /// The line of `place` in the text; 0 if it is in a macro.
  unsigned line_of(llvm::SMLoc place) const {
    if (!place.isValid()) return 0;
    const unsigned buffer = sources.FindBufferContainingLoc(place);
    return buffer == sources.getMainFileID() ? sources.FindLineNumber(place, buffer) : 0;
  }

  void take(const llvm::SMDiagnostic& diagnostic) {
    if (diagnostic.getKind() != llvm::SourceMgr::DK_Error || recorder == nullptr) return;
    const llvm::StringRef message = diagnostic.getMessage();
    const unsigned line = line_of(diagnostic.getLoc());
    if (message.contains("no matching '.end")) endless_macro = line;
    recorder->add_problem(line, message.str());
  }
};

bool is_word_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' || c == '$';
}

/// LLVM numbers the labels that it makes up; those that the text has must be known to it before, or
/// two would have one name.
void reserve_temporaries(llvm::MCContext& context, std::string_view text) {
  constexpr std::string_view k_stem = ".Ltmp";
  for (std::size_t at = text.find(k_stem); at != std::string_view::npos;) {
    std::size_t end = at + k_stem.size();
    while (end < text.size() && is_word_character(text[end])) ++end;
    context.getOrCreateSymbol(llvm::StringRef(text.data() + at, end - at));
    at = text.find(k_stem, end);
  }
}

struct ReadAttempt {
  AsmUnit unit;
  unsigned endless_macro = 0;
};

Result<ReadAttempt> attempt(const AsmMachine& machine, const std::string& text,
                            const std::string& name, bool intel) {
  Complaints complaints;
  llvm::SourceMgr& sources = complaints.sources;
  sources.AddNewSourceBuffer(llvm::MemoryBuffer::getMemBuffer(text, name), llvm::SMLoc());
  const auto hear = [](const llvm::SMDiagnostic& diagnostic, void* complaints) {
    static_cast<Complaints*>(complaints)->take(diagnostic);
  };
  sources.setDiagHandler(hear, &complaints);
  llvm::MCContext context(machine.triple, machine.syntax.get(), machine.registers.get(),
                          machine.features.get(), &sources, &machine.options);
  context.setDiagnosticHandler([&](const llvm::SMDiagnostic& diagnostic, bool,
                                   const llvm::SourceMgr&, auto&) { complaints.take(diagnostic); });
  const std::unique_ptr<llvm::MCObjectFileInfo> sections(
      machine.target->createMCObjectFileInfo(context, /*PIC=*/true));
  context.setObjectFileInfo(sections.get());
  reserve_temporaries(context, text);
  AsmRecorder recorder(context, machine,
                       [&](llvm::SMLoc place) { return complaints.line_of(place); });
  complaints.recorder = &recorder;
  machine.target->createNullTargetStreamer(recorder);
  const std::unique_ptr<llvm::MCAsmParser> parser(
      llvm::createMCAsmParser(sources, context, recorder, *machine.syntax));
  const NoFiles no_files(*parser);
  const std::unique_ptr<llvm::MCTargetAsmParser> target_parser(machine.target->createMCAsmParser(
      *machine.features, *parser, *machine.opcodes, machine.options));
  if (!target_parser)
    return fail(
        fmt::format("{}: LLVM was built without a parser for '{}'", name, machine.triple.str()));
  parser->setTargetParser(*target_parser);
  if (intel) parser->setAssemblerDialect(k_intel_dialect);
  parser->Run(/*NoInitialTextSection=*/false);
  return ReadAttempt{build_unit(machine, recorder.record()), complaints.endless_macro};
}

void blank_line(std::string& text, unsigned line) {
  std::size_t begin = 0;
  for (unsigned i = 1; i < line && begin != std::string::npos; ++i) {
    begin = text.find('\n', begin);
    if (begin != std::string::npos) ++begin;
  }
  if (begin == std::string::npos) return;
  const std::size_t end = std::min(text.find('\n', begin), text.size());
  std::fill(text.begin() + static_cast<long>(begin), text.begin() + static_cast<long>(end), ' ');
}

}  // namespace

Result<AsmUnit> read_assembly(std::string_view text, NormalTarget target, const std::string& name,
                              AsmSyntax syntax) {
  LLMC_TRY(const AsmMachine machine, AsmMachine::create(target));
  const bool intel =
      target == NormalTarget::x86_64 &&
      (syntax == AsmSyntax::intel || (syntax == AsmSyntax::detect && looks_intel(text)));
  std::string kept = intel ? as_llvm_reads_intel(text) : std::string(text);
  std::vector<std::string> dropped;
  for (int i = 0;; ++i) {
    LLMC_TRY(ReadAttempt read, attempt(machine, kept, name, intel));
    if (read.endless_macro != 0 && i < k_most_attempts) {
      dropped.push_back(
          fmt::format("line {}: this begins something that has no end", read.endless_macro));
      blank_line(kept, read.endless_macro);
      continue;
    }
    AsmUnit& unit = read.unit;
    unit.problems.insert(unit.problems.begin(), dropped.begin(), dropped.end());
    if (unit.functions.empty() && unit.data.empty() && !unit.problems.empty())
      return fail(fmt::format("{}: {}; assembly for {} was expected", name, unit.problems.front(),
                              machine.triple.str()));
    return std::move(unit);
  }
}

}  // namespace llmc
