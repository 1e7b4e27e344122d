#include "execution/runner.h"

#include <signal.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <optional>

#include "execution/machine.h"
#include "execution/process.h"

namespace {

/// The calls of the run that is going on: stubs come here without knowing whose they are.
llmc::CallRecord* current_calls = nullptr;

}  // namespace

void llmc_handle_call(std::uint64_t number) { llmc::perform_call(*current_calls, number); }

namespace llmc {
namespace {

/// Below the stack pointer, so much is made new for each run.
constexpr std::uint64_t k_noise = 32 * 1024;
constexpr std::uint64_t k_above = 512;  ///< of the stack above it, for arguments and callers
/// The runs of one input have their stacks at different heights, so that addresses in the stack
/// differ in each of their three lower bytes and in no other.
constexpr std::uint64_t k_shift = 0x1'8850;
/// The original may take this part of the time that the candidate may.
constexpr int k_original_share = 5;

/// Three bits that choose: complement for odd fillings, and another beginning for each pair, so
/// that no byte is the same in fillings 0 and 1.
std::uint64_t noise_word(const std::string& noise, unsigned filling, std::uint64_t offset) {
  std::uint64_t word = 0;
  std::memcpy(&word, noise.data() + (offset + filling / 2 * 808) % (k_noise - 8), 8);
  return filling % 2 == 0 ? word : ~word;
}

void fill_noise(char* to, std::uint64_t count, const std::string& noise, unsigned filling) {
  const std::uint64_t begin = filling / 2 * 808 % k_noise;
  for (std::uint64_t at = 0; at < count;) {
    const std::uint64_t from = (begin + at) % k_noise;
    const std::uint64_t step = std::min(count - at, k_noise - from);
    std::memcpy(to + at, noise.data() + from, step);
    at += step;
  }
  if (filling % 2 == 0) return;
  for (std::uint64_t i = 0; i < count; ++i) to[i] = static_cast<char>(~to[i]);
}

/// Whether a function that was entered with `before` and came back with `after` has left alone what
/// it must.
bool keeps_rules(const CallContext& before, const CallContext& after) {
  for (const unsigned number : k_preserved_registers)
    if (after.general[number] != before.general[number]) return false;
  for (unsigned number = 0; number < k_vectors; ++number)
    if (is_preserved_vector(number) && after.vectors[number][0] != before.vectors[number][0])
      return false;
  return after.general[k_stack_register] == before.general[k_stack_register] + k_call_bytes &&
         (after.flags & k_checked_flags) == 0 &&
         (after.control & k_checked_control) == (k_standard_control & k_checked_control);
}

bool same_calls(const Observation& a, const Observation& b) {
  if (a.log_size != b.log_size) return false;
  for (std::uint32_t at = 0; at < a.log_size;) {
    CallEntry first{};
    CallEntry second{};
    std::memcpy(&first, a.body() + Observation::k_log_begin + at, sizeof first);
    std::memcpy(&second, b.body() + Observation::k_log_begin + at, sizeof second);
    if (first.callee != second.callee || first.bytes != second.bytes || first.bytes == 0)
      return false;
    at += first.bytes;
  }
  return true;
}

}  // namespace

std::size_t PairPlan::observation_size() const {
  const std::size_t size = sizeof(Observation) + Observation::k_memory_begin + inputs.memory_size();
  return (size + 63) / 64 * 64;
}

Result<SharedObservations> SharedObservations::create(std::size_t count, std::size_t size) {
  void* memory = ::mmap(nullptr, count * size, PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) return fail("cannot map shared memory");
  return SharedObservations(static_cast<char*>(memory), count, size);
}

SharedObservations::SharedObservations(SharedObservations&& other) noexcept
    : memory_(std::exchange(other.memory_, nullptr)), count_(other.count_), size_(other.size_) {}

SharedObservations::~SharedObservations() {
  if (memory_ != nullptr) ::munmap(memory_, count_ * size_);
}

Observation& SharedObservations::at(std::size_t index) const {
  return *reinterpret_cast<Observation*>(memory_ + index * size_);
}

Result<FunctionRunner> FunctionRunner::create(const PairPlan& plan, const SideImage& side) {
  FunctionRunner runner(plan);
  runner.entry_ = side.entry;
  InputRandom random(plan.inputs.seed ^ 0x6e6f697365);
  runner.noise_.resize(k_noise);
  for (std::uint64_t at = 0; at < k_noise; at += 8) {
    const std::uint64_t word = random.next();
    std::memcpy(runner.noise_.data() + at, &word, 8);
  }
  runner.second_.resize(plan.observation_size());
  LLMC_CHECK(map_everything(plan, side));
  fill_noise(reinterpret_cast<char*>(k_stack_base), k_stack_size, runner.noise_, 0);
  LLMC_CHECK(confine_runner());
  return runner;
}

void FunctionRunner::prepare(const TestInput& input, unsigned filling) {
  const char* from = input.memory.data();
  for (const MemoryRegion& region : plan_->inputs.regions) {
    auto* to = reinterpret_cast<char*>(region.address);
    if (region.kind == MemoryRegion::Kind::heap)
      fill_noise(to, region.size, noise_, filling);
    else
      std::memcpy(to, from, region.size);
    from += region.size;
  }
  const std::uint64_t stack = k_stack_base + k_stack_size - 2 * k_page - filling % 4 * k_shift;
  fill_noise(reinterpret_cast<char*>(stack - k_noise), k_noise + k_above, noise_, filling);
  auto* top = reinterpret_cast<std::uint64_t*>(stack);
  for (std::size_t i = 0; i < input.stack.size(); ++i) top[i] = input.stack[i];

  CallContext& context = call_context();
  std::uint64_t at = 64;
  for (std::uint64_t& word : context.general) word = noise_word(noise_, filling, at += 8);
  for (std::size_t i = 0; i < k_argument_registers.size(); ++i) {
    std::uint64_t& word = context.general[k_argument_registers[i]];
    word = (input.integers[i] & ~input.undefined[i]) | (word & input.undefined[i]);
  }
  for (auto& vector : context.vectors)
    for (std::uint64_t& half : vector) half = noise_word(noise_, filling, at += 8);
  for (std::size_t i = 0; i < input.vectors.size(); ++i) {
    context.vectors[i][0] = input.vectors[i][0];
    context.vectors[i][1] = input.vectors[i][1];
  }
  begin_call(context, stack, return_address());
  context.target = entry_;
}

void FunctionRunner::write_results(char* body) const {
  const CallContext& context = call_context();
  std::uint64_t words[Observation::k_results] = {};
  unsigned integers = 0;
  unsigned vectors = 0;
  for (const CallValue& value : plan_->inputs.signature.results) {
    if (value.kind == CallValue::Kind::floating) {
      words[2 + 2 * vectors] = context.vectors[vectors][0];
      if (value.bits == 32) words[2 + 2 * vectors] &= 0xffff'ffff;
      if (value.bits == 128) words[3 + 2 * vectors] = context.vectors[vectors][1];
      ++vectors;
    } else {
      const std::uint64_t word = context.general[k_result_registers[integers]];
      words[integers++] = value.bits == 64 ? word : word & ((std::uint64_t{1} << value.bits) - 1);
    }
  }
  std::memcpy(body, words, sizeof words);
}

void FunctionRunner::collect(Observation& observation, const CallContext& before) const {
  const CallContext& context = call_context();
  std::memset(observation.body(), 0, Observation::k_log_begin);
  if (context.returned == 1) {
    const bool good = keeps_rules(before, context);
    observation.ending = good ? RunEnding::returned : RunEnding::broke_rules;
    write_results(observation.body());
  }
  char* to = observation.body() + Observation::k_memory_begin;
  for (const MemoryRegion& region : plan_->inputs.regions) {
    std::memcpy(to, reinterpret_cast<const char*>(region.address), region.size);
    to += region.size;
  }
}

void FunctionRunner::run(const TestInput& input, std::uint64_t number, unsigned filling,
                         Observation& observation) {
  prepare(input, filling);
  const CallContext before = call_context();
  CallRecord record;
  record.plan = &plan_->inputs;
  record.callees = &plan_->callees;
  record.input = number;
  record.hash_memory = plan_->hash_memory;
  record.log = observation.body() + Observation::k_log_begin;
  record.log_capacity = Observation::k_log_capacity;
  current_calls = &record;
  observation.ending = RunEnding::none;
  observation.undefined_count = 0;
  const GuardedEnd end =
      run_guarded(filling < 2 ? plan_->input_limit / k_original_share : plan_->input_limit);
  observation.log_size = record.log_size;
  observation.signal = static_cast<std::uint32_t>(end.signal);
  observation.fault_address = end.address;
  if (end.signal == SIGALRM) {
    observation.ending = RunEnding::timed_out;
  } else if (end.signal != 0) {
    observation.ending = RunEnding::faulted;
  } else {
    if (record.left) observation.ending = RunEnding::left;
    if (record.undefined) observation.ending = RunEnding::undefined;
    if (record.overflowed) observation.ending = RunEnding::cut_short;
    collect(observation, before);
  }
}

void FunctionRunner::mark_undefined(Observation& first, const Observation& second) const {
  if (first.ending != second.ending || !same_calls(first, second)) {
    first.ending = RunEnding::unstable;
    return;
  }
  const std::size_t size = Observation::k_memory_begin + plan_->inputs.memory_size();
  const char* a = first.body();
  const char* b = second.body();
  const auto mark = [&](std::size_t from, std::size_t end) {
    while (from < end) {
      const auto [at, other] = std::mismatch(a + from, a + end, b + from);
      if (at == a + end) return;
      const auto begin = static_cast<std::uint32_t>(at - a);
      std::uint32_t last = begin;
      while (last < end && a[last] != b[last]) ++last;
      if (first.undefined_count == Observation::k_undefined_most) {
        first.ending = RunEnding::unstable;
        return;
      }
      first.undefined[first.undefined_count++] = {begin, last - begin};
      from = last;
    }
  };
  mark(0, Observation::k_log_begin + first.log_size);
  mark(Observation::k_memory_begin, size);
}

void FunctionRunner::observe_original(std::uint64_t number, Observation& observation) {
  const TestInput input = make_input(plan_->inputs, number);
  run(input, number, 0, observation);
  if (!observation.comparable()) return;
  auto& second = *reinterpret_cast<Observation*>(second_.data());
  run(input, number, 1, second);
  mark_undefined(observation, second);
}

void FunctionRunner::observe_candidate(std::uint64_t number, Observation& observation) {
  observe(number, 2, observation);
}

void FunctionRunner::observe(std::uint64_t number, unsigned filling, Observation& observation) {
  run(make_input(plan_->inputs, number), number, filling, observation);
}

}  // namespace llmc
