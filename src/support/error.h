// Errors as values: what library code returns instead of throwing or printing.
#pragma once

#include <expected>
#include <string>
#include <utility>

namespace llmc {

/// What class of failure this is; the driver maps it to an exit code.
enum class ErrorKind {
  failed,      ///< the work could not be done (exit code 1)
  usage,       ///< the request makes no sense as written (exit code 2)
  interrupted  ///< the user stopped the run (exit code 130)
};

/// A failure in words: "what is wrong; what was expected, what to do", lower-case start, no final
/// period. Context such as a file name is put in front on the way up with `with_context`.
struct Error {
  std::string message;
  ErrorKind kind = ErrorKind::failed;

  /// The same error with "context: " in front.
  [[nodiscard]] Error with_context(const std::string& context) const {
    return {context + ": " + message, kind};
  }
};

template <typename T>
using Result = std::expected<T, Error>;

/// A failed result of any type.
inline std::unexpected<Error> fail(std::string message, ErrorKind kind = ErrorKind::failed) {
  return std::unexpected(Error{std::move(message), kind});
}

}  // namespace llmc

#define LLMC_CONCAT_(a, b) a##b
#define LLMC_CONCAT(a, b) LLMC_CONCAT_(a, b)

/// Evaluates `expr` (a Result); returns its error from the enclosing function, or declares `decl`
/// with its value.
#define LLMC_TRY(decl, expr)                                                   \
  auto LLMC_CONCAT(result_, __LINE__) = (expr);                                \
  if (!LLMC_CONCAT(result_, __LINE__))                                         \
    return std::unexpected(std::move(LLMC_CONCAT(result_, __LINE__)).error()); \
  decl = std::move(*LLMC_CONCAT(result_, __LINE__))

/// Evaluates `expr` (a Result<void>); returns its error from the enclosing function.
#define LLMC_CHECK(expr)                                   \
  do {                                                     \
    if (auto result_ = (expr); !result_)                   \
      return std::unexpected(std::move(result_).error());  \
  } while (false)
