// What a result complains about, where no exception may be thrown.
#pragma once

#include <string>

namespace llmc::train::test {

/// "" where `result` is good.
std::string message(const auto& result) { return result ? "" : result.error().message; }

}  // namespace llmc::train::test
