// What the evaluation set is made of, and what is therefore nobody's training data.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "support/digest.h"
#include "support/error.h"

namespace llmc {

/// MiBench and the programs it was made from, by the names of packages and files
/// (data/evaluation-set.txt, whose header has the grammar) and by what their functions look like
/// (data/evaluation-functions.bin).
///
/// The second file holds the shapes (similarity.h) of functions of those programs, of which the
/// low half is kept:
///
///     file  := "llmc-functions 1\n" count shape^count hash
///     count := number of shapes, 8 bytes; shape := 8 bytes, ascending
///     hash  := XXH3-128 of all bytes before it, low half then high half; all little-endian
class EvaluationSet {
 public:
  /// Reads both.
  static Result<EvaluationSet> read(const std::filesystem::path& rules,
                                    const std::filesystem::path& functions);
  /// The set that came with this llmc.
  static Result<EvaluationSet> installed();

  /// Adds the functions of another such file, as `llmc corpus fingerprint` writes it.
  Result<void> add_functions(const std::filesystem::path& functions);

  EvaluationSet(EvaluationSet&&) noexcept;
  ~EvaluationSet();

  /// Whether a source package of this name belongs to the set.
  [[nodiscard]] bool has_package(const std::string& name) const;

  /// Whether a source file of this name (the last part of `path`) does.
  [[nodiscard]] bool has_file(const std::filesystem::path& path) const;

  /// Whether a function with this normal form is one of the set's, whatever its symbols are called.
  /// Functions below k_least_bytes are too common to tell, and never are.
  [[nodiscard]] bool has_function(std::string_view normal_text) const;
  /// The same for a function of this shape whose normal form has so many bytes.
  [[nodiscard]] bool has_function(const Digest& shape, std::uint64_t bytes) const;

  [[nodiscard]] std::size_t functions() const;

  static constexpr std::size_t k_least_bytes = 600;

 private:
  struct State;
  explicit EvaluationSet(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// The bytes of a file of functions with these shapes.
std::string print_evaluation_functions(std::vector<Digest> shapes);

}  // namespace llmc
