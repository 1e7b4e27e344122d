#include "train/event_log.h"

#include <unistd.h>

#include <bit>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "support/files.h"
#include "train/shard.h"

namespace llmc::train {
namespace fs = std::filesystem;

namespace {

std::string little_endian(std::uint64_t value, int bytes) {
  std::string out;
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> 8 * i & 0xFF);
  return out;
}

std::string masked_crc(std::string_view bytes) {
  const std::uint32_t crc = crc32c(std::as_bytes(std::span(bytes)));
  return little_endian(std::rotr(crc, 15) + 0xA282EAD8U, 4);
}

std::string record(const std::string& data) {
  const std::string length = little_endian(data.size(), 8);
  return length + masked_crc(length) + data + masked_crc(data);
}

// Protocol buffers: a key is the field's number and its wire type.
enum Wire : unsigned { varint_field = 0, double_field = 1, text_field = 2, float_field = 5 };

std::string varint(std::uint64_t value) {
  std::string out;
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  return out + static_cast<char>(value);
}
std::string key(unsigned number, Wire wire) { return varint(number << 3 | wire); }
std::string text(unsigned number, const std::string& bytes) {
  return key(number, text_field) + varint(bytes.size()) + bytes;
}

std::string event(double seconds, std::int64_t step, const std::string& what) {
  return key(1, double_field) + little_endian(std::bit_cast<std::uint64_t>(seconds), 8) +
         key(2, varint_field) + varint(static_cast<std::uint64_t>(step)) + what;
}

std::string summary(const std::vector<Scalar>& scalars) {
  std::string values;
  for (const Scalar& scalar : scalars) {
    const auto bits = std::bit_cast<std::uint32_t>(static_cast<float>(scalar.value));
    values += text(1, text(1, scalar.tag) + key(2, float_field) + little_endian(bits, 4));
  }
  return text(5, values);
}

Result<void> append(const fs::path& path, const std::string& bytes) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "ab"),
                                                             &std::fclose);
  const bool written = file != nullptr &&
                       std::fwrite(bytes.data(), 1, bytes.size(), file.get()) == bytes.size() &&
                       std::fflush(file.get()) == 0;
  if (written) return {};
  return fail(path.string() + ": cannot write: " + std::strerror(errno));
}

}  // namespace

Result<EventLog> EventLog::open(const fs::path& run, std::int64_t step, double seconds) {
  EventLog log;
  log.lines_ = run / "log.jsonl";
  if (fs::exists(log.lines_)) {
    LLMC_TRY(const std::string old, read_file(log.lines_));
    std::string kept;
    for (std::size_t at = 0; at < old.size();) {
      const std::size_t end = old.find('\n', at);
      if (end == std::string::npos) break;  // a line that was cut off
      const std::string line = old.substr(at, end + 1 - at);
      const auto json = Json::parse(line);
      const Json* number = json ? json->find("step") : nullptr;
      if (number != nullptr && number->integer() != nullptr && *number->integer() <= step)
        kept += line;
      at = end + 1;
    }
    if (kept != old) LLMC_CHECK(write_file(log.lines_, kept));
  }
  log.events_ = run / ("events.out.tfevents." + std::to_string(static_cast<long long>(seconds)) +
                       ".llmc." + std::to_string(::getpid()));
  LLMC_CHECK(append(log.events_, record(event(seconds, 0, text(3, "brain.Event:2")))));
  return log;
}

Result<void> EventLog::add(std::int64_t step, double seconds, const Json& line,
                           const std::vector<Scalar>& scalars) {
  LLMC_CHECK(append(lines_, line.dump() + "\n"));
  return append(events_, record(event(seconds, step, summary(scalars))));
}

}  // namespace llmc::train
