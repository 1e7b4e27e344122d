// Safetensors: the weights file that transformers and vLLM read.
#pragma once

#include <filesystem>
#include <map>
#include <span>
#include <string>

#include "support/error.h"
#include "train/weights.h"

namespace llmc::train {

/// How an exporter stores matrices; vectors (norms) stay in single precision.
enum class Precision { f32, f16, bf16, q8_0 };

}  // namespace llmc::train
