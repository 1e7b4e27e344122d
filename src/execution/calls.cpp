#include "execution/calls.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

#include "execution/machine.h"
#include "execution/native.h"
#include "execution/undefined.h"

namespace llmc {
namespace {

/// Of a local variable, so much is written down and overwritten.
constexpr std::uint64_t k_local_most = 256;

std::uint64_t integer_argument(const CallContext& context, unsigned index) {
  return context.general[k_argument_registers[index]];
}

/// The argument at `place`; of 128 bits the lower and the upper half.
std::array<std::uint64_t, 2> argument_at(const CallContext& context, const CallPlace& place) {
  if (place.where == CallPlace::Where::integer_register)
    return {integer_argument(context, place.index), 0};
  if (place.where == CallPlace::Where::vector_register)
    return {context.vectors[place.index][0], context.vectors[place.index][1]};
  const auto* words = reinterpret_cast<const std::uint64_t*>(context.general[k_stack_register] +
                                                             k_stub_bytes + k_call_bytes);
  return {words[place.index], words[place.index + 1]};
}

bool in_stack(std::uint64_t address) {
  return address >= k_stack_base && address < k_stack_base + k_stack_size;
}

void append(CallRecord& record, const void* bytes, std::uint64_t count) {
  if (record.log_size + count > record.log_capacity) {
    record.overflowed = true;
    leave_function();
  }
  std::memcpy(record.log + record.log_size, bytes, count);
  record.log_size += static_cast<std::uint32_t>(count);
}

bool may_see_all_memory(const CallRecord& record, const CalleePlan& callee) {
  return record.hash_memory && callee.kind == CalleePlan::Kind::unknown && !callee.defined &&
         callee.signature.sees_memory;
}

std::uint64_t memory_hash(const InputPlan& plan) {
  std::uint64_t hash = 0;
  for (const MemoryRegion& region : plan.regions)
    if (region.kind == MemoryRegion::Kind::arena ||
        (region.kind == MemoryRegion::Kind::datum && region.start.empty()))
      hash = quick_hash(reinterpret_cast<const void*>(region.address), region.size, hash);
  return hash;
}

void write_down(CallRecord& record, const CallContext& context, std::uint64_t number) {
  const CalleePlan& callee = (*record.callees)[number];
  const std::uint32_t begin = record.log_size;
  CallEntry entry{static_cast<std::uint32_t>(number), 0};
  append(record, &entry, sizeof entry);
  for (std::size_t i = 0; i < callee.places.size(); ++i) {
    const CallValue& value = callee.signature.parameters[i];
    std::array<std::uint64_t, 2> words = argument_at(context, callee.places[i]);
    if (value.bits < 64) words[0] &= (std::uint64_t{1} << value.bits) - 1;
    append(record, words.data(), value.bits == 128 ? 16 : 8);
  }
  for (std::size_t i = 0; i < callee.places.size(); ++i) {
    const std::uint64_t address = argument_at(context, callee.places[i])[0];
    if (callee.local_bytes[i] > 0 && in_stack(address))
      append(record, reinterpret_cast<const void*>(address),
             std::min(callee.local_bytes[i], k_local_most));
  }
  if (may_see_all_memory(record, callee)) {
    const std::uint64_t hash = memory_hash(*record.plan);
    append(record, &hash, sizeof hash);
  }
  entry.bytes = record.log_size - begin;
  std::memcpy(record.log + begin, &entry, sizeof entry);
}

/// What the callee does to memory that it is given.
void change_memory(CallRecord& record, const CallContext& context, const CalleePlan& callee,
                   InputRandom& random) {
  for (std::size_t i = 0; i < callee.places.size(); ++i) {
    const CallValue& value = callee.signature.parameters[i];
    if (value.kind != CallValue::Kind::pointer || value.read_only) continue;
    const std::uint64_t address = argument_at(context, callee.places[i])[0];
    if (callee.local_bytes[i] > 0 && in_stack(address)) {
      auto* local = reinterpret_cast<unsigned char*>(address);
      const bool small = random.percent(50);
      for (std::uint64_t b = 0; b < std::min(callee.local_bytes[i], k_local_most); ++b)
        local[b] =
            static_cast<unsigned char>(small ? (b % 4 == 0 ? random.below(16) : 0) : random.next());
    }
    if (callee.defined || random.percent(50)) continue;
    for (const MemoryRegion& region : record.plan->regions)
      if (region.kind == MemoryRegion::Kind::arena && address >= region.address &&
          address < region.address + region.size)
        rewrite_fields(*record.plan, region, address - region.address,
                       reinterpret_cast<char*>(region.address), random);
  }
}

void set_results(const CallRecord& record, CallContext& context, const CalleePlan& callee,
                 InputRandom& random) {
  const InputPlan& plan = *record.plan;
  unsigned next_integer = 0;
  unsigned next_vector = 0;
  for (const CallValue& value : callee.signature.results) {
    const std::uint64_t word = make_value(plan, record.input, value, random);
    if (value.kind == CallValue::Kind::floating) {
      context.vectors[next_vector][0] = word;
      context.vectors[next_vector][1] =
          value.bits == 128 ? make_value(plan, record.input, value, random) : 0;
      ++next_vector;
    } else {
      context.general[k_result_registers[next_integer++]] = word;
    }
  }
}

void clobber(CallContext& context, const CalleePlan& callee, InputRandom& random) {
  for (const unsigned number : k_result_registers) context.general[number] = random.next();
  for (unsigned i = 0; i < k_vector_results; ++i) context.vectors[i][0] = random.next();
  // Compilers know which registers a function that no other file sees leaves alone.
  if (callee.local) return;
  for (const unsigned number : k_scratch_registers) context.general[number] = random.next();
  for (unsigned i = k_vector_results; i < k_vectors; ++i) {
    context.vectors[i][1] = random.next();
    if (!is_preserved_vector(i)) context.vectors[i][0] = context.vectors[i][1];
  }
}

/// Room on the heap, null if there is none.
std::uint64_t allocate(CallRecord& record, std::uint64_t bytes, std::uint64_t alignment) {
  alignment = std::max<std::uint64_t>(alignment, 16);
  if (bytes > k_heap_size || alignment > 4096 || (alignment & (alignment - 1)) != 0) return 0;
  const std::uint64_t at = (record.heap_used + alignment - 1) / alignment * alignment;
  if (at + bytes > k_heap_size) return 0;
  record.heap_used = at + std::max<std::uint64_t>(bytes, 1);
  return k_heap_base + at;
}

std::uint64_t allocation(CallRecord& record, std::string_view name, const CallContext& context) {
  const std::uint64_t first = integer_argument(context, 0);
  const std::uint64_t second = integer_argument(context, 1);
  if (name == "calloc") {
    std::uint64_t bytes = 0;
    if (__builtin_mul_overflow(first, second, &bytes)) return 0;
    const std::uint64_t address = allocate(record, bytes, 16);
    if (address != 0) std::memset(reinterpret_cast<void*>(address), 0, bytes);
    return address;
  }
  if (name == "aligned_alloc" || name == "memalign") return allocate(record, second, first);
  if (name != "realloc") return allocate(record, first, 16);
  const std::uint64_t address = allocate(record, second, 16);
  if (address == 0 || first == 0) return address;
  // Sizes of old blocks are not kept: what lies behind is copied along, as far as it is memory.
  std::uint64_t end = 0;
  for (const MemoryRegion& region : record.plan->regions)
    if (first >= region.address && first < region.address + region.size)
      end = region.address + region.size;
  if (end != 0)
    std::memmove(reinterpret_cast<void*>(address), reinterpret_cast<void*>(first),
                 std::min(second, end - first));
  return address;
}

}  // namespace

std::uint64_t quick_hash(const void* bytes, std::size_t count, std::uint64_t start) {
  constexpr std::uint64_t k_odd = 0x9e3779b97f4a7c15;
  std::array<std::uint64_t, 4> lanes = {start, start ^ 1, start ^ 2, start ^ 3};
  const char* at = static_cast<const char*>(bytes);
  std::size_t i = 0;
  for (; i + 32 <= count; i += 32)
    for (unsigned lane = 0; lane < 4; ++lane) {
      std::uint64_t word = 0;
      std::memcpy(&word, at + i + 8 * lane, 8);
      lanes[lane] = (lanes[lane] ^ word) * k_odd;
      lanes[lane] ^= lanes[lane] >> 32;
    }
  for (; i < count; ++i) lanes[0] = (lanes[0] ^ static_cast<unsigned char>(at[i])) * k_odd;
  std::uint64_t hash = count;
  for (const std::uint64_t lane : lanes) hash = (hash ^ lane ^ (lane >> 29)) * k_odd;
  return hash ^ (hash >> 32);
}

void recognise(CalleePlan& callee) {
  constexpr std::array<std::string_view, 7> allocations = {
      "malloc", "calloc", "realloc", "aligned_alloc", "memalign", "_Znwm", "_Znam"};
  constexpr std::array<std::string_view, 5> releases = {"free", "_ZdlPv", "_ZdaPv", "_ZdlPvm",
                                                        "_ZdaPvm"};
  if (callee.name == k_undefined_function) callee.kind = CalleePlan::Kind::undefined;
  if (callee.defined) return;
  if (native_call(callee.name) != nullptr) callee.kind = CalleePlan::Kind::native;
  if (std::ranges::find(allocations, callee.name) != allocations.end())
    callee.kind = CalleePlan::Kind::allocation;
  if (std::ranges::find(releases, callee.name) != releases.end())
    callee.kind = CalleePlan::Kind::release;
}

void perform_call(CallRecord& record, std::uint64_t number) {
  CallContext& context = call_context();
  const CalleePlan& callee = (*record.callees)[number];
  if (callee.kind == CalleePlan::Kind::native) return native_call(callee.name)(context);
  if (callee.kind == CalleePlan::Kind::undefined) {
    record.undefined = true;
    leave_function();
  }
  std::uint64_t seed = quick_hash(callee.name.data(), callee.name.size(), record.plan->seed);
  seed = quick_hash(&record.input, sizeof record.input, seed);
  const std::uint32_t begin = record.log_size;
  const bool pure = callee.signature.pure && callee.signature.returns;
  if (!pure && record.calls == k_call_limit) {
    record.overflowed = true;
    leave_function();
  }
  write_down(record, context, number);
  if (pure) {
    // How often and when it is called is the compiler's choice; what it returns depends on its
    // arguments alone.
    seed = quick_hash(record.log + begin, record.log_size - begin, seed);
    record.log_size = begin;
  } else {
    seed += ++record.calls;
  }
  if (!callee.signature.returns) {
    record.left = true;
    leave_function();
  }
  InputRandom random(seed);
  if (callee.kind == CalleePlan::Kind::allocation) {
    const std::uint64_t address = allocation(record, callee.name, context);
    clobber(context, callee, random);
    context.general[k_result_registers[0]] = address;
    return;
  }
  if (!pure && callee.kind == CalleePlan::Kind::unknown && callee.signature.writes_memory)
    change_memory(record, context, callee, random);
  clobber(context, callee, random);
  set_results(record, context, callee, random);
}

std::string describe_entry(const CalleePlan& callee, std::uint32_t offset) {
  std::uint32_t at = sizeof(CallEntry);
  for (std::size_t i = 0; i < callee.places.size(); ++i) {
    at += callee.signature.parameters[i].bits == 128 ? 16 : 8;
    if (offset < at) return fmt::format("argument {}", i + 1);
  }
  return callee.local_bytes.empty() ||
                 std::ranges::all_of(callee.local_bytes, [](auto bytes) { return bytes == 0; })
             ? "the memory at that time"
             : "the memory at that time or what its arguments point to";
}

}  // namespace llmc
