// What the machine has: devices, memory, speed.
#include <ATen/Parallel.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <limits>
#include <thread>

#include "train/core/trainer.h"

namespace llmc::train {
namespace {

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace

double measure_peak(const at::Device& device, at::ScalarType type) {
  const at::NoGradGuard no_gradient;
  const std::int64_t size = device.is_cpu() ? 1024 : 8192;
  const at::Tensor a = at::ones({size, size}, at::TensorOptions(device).dtype(type)) * 0.5;
  const at::Tensor b = a.t().contiguous();
  double best = std::numeric_limits<double>::max();
  for (int i = 0; i < 12; ++i) {
    const double start = now();
    const at::Tensor c = at::mm(a, b);
    (void)c[0][0].item<float>();  // waits for the device
    best = std::min(best, now() - start);
  }
  return 2.0 * static_cast<double>(size * size * size) / best;
}

double available_memory(const at::Device& device) {
  if (!device.is_cpu()) return 0;
  std::ifstream info("/proc/meminfo");
  std::string name;
  for (double kilobytes = 0; info >> name >> kilobytes; info.ignore(64, '\n'))
    if (name == "MemAvailable:") return kilobytes * 1024;
  return 0;
}

double training_bytes(const ModelConfig& config, at::ScalarType type, std::int64_t batch_tokens,
                      bool recompute) {
  const double size = type == at::kFloat ? 4 : 2;
  const auto width = static_cast<double>(config.width);
  const double heads = width + 2 * static_cast<double>(config.key_value_heads * config.head_size());
  const double inside = 6 * width + 2 * heads + 3 * static_cast<double>(config.hidden);
  const auto layers = static_cast<double>(config.layers);
  const double per_token = size * (recompute ? layers * 2 * width + inside : layers * inside);
  const double logits = 3 * size * static_cast<double>(std::int64_t{1} << 24);
  return Model::state_bytes(config, type) + per_token * static_cast<double>(batch_tokens) + logits;
}

void use_threads(std::int64_t count) {
  const auto all = static_cast<std::int64_t>(std::thread::hardware_concurrency());
  at::set_num_threads(static_cast<int>(std::max<std::int64_t>(1, count > 0 ? count : all)));
}

Result<at::Device> find_device(const std::string& name, int local_rank) {
  const bool cuda = at::hasCUDA();
  if (name == "cuda" && !cuda)
    return fail(
        "there is no CUDA device here, or libtorch was built without CUDA; use --device cpu");
  if (name == "cpu" || (name == "auto" && !cuda)) return at::Device(at::kCPU);
  if (name == "auto" || name == "cuda")
    return at::Device(at::kCUDA, static_cast<at::DeviceIndex>(local_rank));
  return fail("there is no device '" + name + "'; there are auto, cpu and cuda", ErrorKind::usage);
}

}  // namespace llmc::train
