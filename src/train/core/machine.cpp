#include "train/core/machine.h"

#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include <algorithm>
#include <chrono>
#include <fstream>
#include <limits>
#include <thread>

namespace llmc::train {
namespace {

bool has_avx512() {
#ifdef __x86_64__
  return __builtin_cpu_supports("avx512bw") != 0;
#else
  return false;
#endif
}

}  // namespace

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

Error libtorch_error(const std::exception& error) {
  const std::string text = error.what();
  return {"libtorch: " + text.substr(0, text.find('\n'))};
}

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

at::ScalarType type_of(const std::string& precision, const at::Device& device) {
  if (precision == "f32" || (precision == "auto" && device.is_cpu() && !has_avx512()))
    return at::kFloat;
  return at::kBFloat16;
}

const char* name_of(at::ScalarType type) { return type == at::kFloat ? "f32" : "bf16"; }

double available_memory(const at::Device& device) {
  if (!device.is_cpu()) return 0;
  std::ifstream info("/proc/meminfo");
  std::string name;
  for (double kilobytes = 0; info >> name >> kilobytes; info.ignore(64, '\n'))
    if (name == "MemAvailable:") return kilobytes * 1024;
  return 0;
}

void use_processors(std::int64_t threads) {
#ifdef __GLIBC__
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_TRIM_THRESHOLD, -1);  // never
#endif
  const auto all = static_cast<std::int64_t>(std::thread::hardware_concurrency());
  at::set_num_threads(static_cast<int>(std::max<std::int64_t>(1, threads > 0 ? threads : all)));
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
