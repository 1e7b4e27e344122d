// Verdicts as a file that goes along with llmc, so that a machine that has tested nothing yet may
// apply the lists of the portfolio.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "soundness/verdict.h"
#include "support/digest.h"
#include "support/error.h"

namespace llmc {

/// What one suite said about lists, under one version of LLVM.
struct VerdictFile {
  std::string toolchain;  ///< the version of LLVM
  std::string suite;  ///< the suite's version, as Digest::hex() prints it
  std::map<std::string, Finding> findings;  ///< by canonical list

  /// Whether the file says that `list` is sound under this very toolchain and suite.
  [[nodiscard]] bool vouches_for(const std::string& list, const std::string& its_toolchain,
                                 const Digest& its_suite) const;

  friend bool operator==(const VerdictFile&, const VerdictFile&) = default;
};

/// The bytes of the file, sorted by list:
///
///     file     = "llmc-list-verdicts 1" TAB llvm TAB suite TAB checksum NL { row }
///     row      = finding TAB list NL
///     suite, checksum = 32 lower-case hexadecimal digits; checksum: XXH3-128 of all rows
std::string print_verdict_file(const VerdictFile& file);

/// Reads such bytes; errors name `name`.
Result<VerdictFile> parse_verdict_file(std::string_view text, const std::string& name);

/// The verdicts that came with this llmc: those of $LLMC_LIST_VERDICTS, else of
/// data/list-verdicts.tsv of the source or installation. Null: there is no such file, or the
/// variable is "none". Errors: the file is damaged.
Result<std::shared_ptr<const VerdictFile>> shipped_verdicts();

}  // namespace llmc
