// What our programs exit with.
#pragma once

#include "support/error.h"

namespace llmc {

inline constexpr int k_exit_done = 0;
inline constexpr int k_exit_failed = 1;
inline constexpr int k_exit_usage = 2;
inline constexpr int k_exit_interrupted = 130;

/// The exit code of a failure of that kind.
constexpr int exit_code(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::usage:
      return k_exit_usage;
    case ErrorKind::interrupted:
      return k_exit_interrupted;
    case ErrorKind::failed:
      break;
  }
  return k_exit_failed;
}

}  // namespace llmc
