// What the machine has: devices, memory, speed, a clock; and what libtorch says when it fails.
#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <exception>
#include <string>

#include "support/error.h"

namespace llmc::train {

/// Seconds of a clock that only goes forwards.
double now();

/// The first line of a libtorch exception; what follows is a stack of its own functions.
Error libtorch_error(const std::exception& error);

/// Floating-point operations a second that bf16 (or f32) matrix products reach by themselves on the
/// device: the best of a few, 1024 x 1024 x 1024 on a CPU and 8192 cubed elsewhere.
double measure_peak(const at::Device& device, at::ScalarType type);

/// What a `precision` of a recipe stands for on the device. "auto" is bf16 on GPUs and processors
/// with AVX-512, and single precision on others, where libtorch multiplies bf16 number by number.
at::ScalarType type_of(const std::string& precision, const at::Device& device);

/// "bf16" or "f32".
const char* name_of(at::ScalarType type);

/// Bytes of memory that can be had: on a CPU what the kernel calls available; 0 where unknown.
double available_memory(const at::Device& device);

/// Makes the process ready to compute, before its first tensor: `threads` of libtorch, where 0
/// stands for all processors (libtorch itself would take cores, half of those where cores have two
/// threads each); and memory that is freed is kept. The tensors of a step are large, and glibc
/// would give each back to the kernel, which clears the pages again for the next one, a tenth of a
/// step's time.
void use_processors(std::int64_t threads);

/// The device that "auto", "cpu" or "cuda" stands for.
Result<at::Device> find_device(const std::string& name, int local_rank);

}  // namespace llmc::train
