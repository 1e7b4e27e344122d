// Running pairs for another machine in an emulator.
#pragma once

#include <filesystem>
#include <string>

#include "execution/pair.h"
#include "ir/normal_form.h"
#include "support/error.h"

namespace llmc {

/// What runs programs for another machine, or why nothing can.
struct Emulator {
  std::filesystem::path program;
  std::string obstacle;  ///< empty: it is there
};

/// The emulator for `target`: for AArch64 what LLMC_QEMU_AARCH64 names, or qemu-aarch64 in PATH.
Emulator find_emulator(NormalTarget target);

/// Has a runner for the emulated machine judge the pair; returns a packed verdict. Confines this
/// process for good, and with it the emulator: no file is written, no socket is made, nobody is
/// sent signals. Call it in a child that does nothing else any more.
Result<std::string> judge_emulated(const Emulator& emulator, const PairRequest& request);

}  // namespace llmc
