#include "train/checkpoint.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>

#include "support/files.h"
#include "train/shard.h"

namespace llmc::train {
namespace fs = std::filesystem;

namespace {

constexpr const char* k_format = "llmc-checkpoint";
constexpr std::int64_t k_version = 1;
constexpr std::size_t k_part_bytes = std::size_t{15} << 20;

fs::path part_name(std::size_t i) {
  char name[32];
  std::snprintf(name, sizeof name, "part-%04zu.bin", i);
  return name;
}

fs::path step_name(std::int64_t step) {
  char name[32];
  std::snprintf(name, sizeof name, "step-%08lld", static_cast<long long>(step));
  return name;
}

/// Makes what was written to a file or folder survive a power cut.
void flush(const fs::path& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return;
  ::fsync(fd);
  ::close(fd);
}

/// Cuts a run of buffers into files of at most k_part_bytes, in whatever pieces they come.
class PartWriter {
 public:
  explicit PartWriter(fs::path folder) : folder_(std::move(folder)) {}

  Result<void> add(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
      const std::size_t count = std::min(bytes.size(), k_part_bytes - pending_.size());
      pending_.append(reinterpret_cast<const char*>(bytes.data()), count);
      bytes = bytes.subspan(count);
      if (pending_.size() == k_part_bytes) LLMC_CHECK(finish());
    }
    return {};
  }

  Result<void> finish() {
    if (pending_.empty()) return {};
    const fs::path path = folder_ / part_name(parts_.size());
    LLMC_CHECK(write_file(path, pending_));
    flush(path);
    const std::int64_t crc = crc32c(std::as_bytes(std::span(pending_)));
    parts_.push_back(
        Json().set("bytes", static_cast<std::int64_t>(pending_.size())).set("crc32c", crc));
    pending_.clear();
    return {};
  }

  [[nodiscard]] Json::Array take() { return std::move(parts_); }

 private:
  fs::path folder_;
  std::string pending_;
  Json::Array parts_;
};

Result<void> write_folder(const fs::path& folder, const Json& state,
                          std::span<const CheckpointBuffer> buffers) {
  LLMC_CHECK(make_folder(folder));
  PartWriter parts(folder);
  Json::Array names;
  for (const CheckpointBuffer& buffer : buffers) {
    LLMC_CHECK(parts.add(buffer.bytes));
    names.push_back(Json()
                        .set("name", buffer.name)
                        .set("bytes", static_cast<std::int64_t>(buffer.bytes.size())));
  }
  LLMC_CHECK(parts.finish());
  Json json;
  json.set("format", k_format).set("version", k_version).set("state", state);
  json.set("buffers", Json(std::move(names))).set("parts", Json(parts.take()));
  LLMC_CHECK(write_file(folder / "state.json", json.dump() + "\n"));
  flush(folder / "state.json");
  flush(folder);
  return {};
}

/// The number of a member of `json`, or -1.
std::int64_t number(const Json& json, const char* name) {
  const Json* member = json.find(name);
  return member == nullptr || member->integer() == nullptr ? -1 : *member->integer();
}

const Json::Array* list(const Json& json, const char* name) {
  const Json* member = json.find(name);
  return member == nullptr ? nullptr : member->array();
}

Result<std::vector<std::byte>> read_parts(const fs::path& folder, const Json::Array& parts) {
  std::vector<std::byte> all;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const fs::path path = folder / part_name(i);
    LLMC_TRY(const std::string bytes, read_file(path));
    const auto view = std::as_bytes(std::span(bytes));
    if (static_cast<std::int64_t>(bytes.size()) != number(parts[i], "bytes"))
      return fail(path.string() + ": truncated: " + std::to_string(bytes.size()) + " bytes of " +
                  std::to_string(number(parts[i], "bytes")));
    if (crc32c(view) != number(parts[i], "crc32c"))
      return fail(path.string() + ": damaged (its checksum is wrong)");
    all.insert(all.end(), view.begin(), view.end());
  }
  return all;
}

}  // namespace

Result<void> save_checkpoint(const fs::path& run, std::int64_t step, const Json& state,
                             std::span<const CheckpointBuffer> buffers, std::size_t keep) {
  const fs::path folder = run / step_name(step);
  const fs::path temporary = run / ("." + step_name(step).string() + ".tmp");
  std::error_code ignored;
  fs::remove_all(temporary, ignored);
  if (auto written = write_folder(temporary, state, buffers); !written) {
    fs::remove_all(temporary, ignored);
    return std::unexpected(written.error().with_context("the checkpoint was not saved"));
  }
  fs::remove_all(folder, ignored);
  std::error_code code;
  fs::rename(temporary, folder, code);
  if (code) {
    fs::remove_all(temporary, ignored);
    return fail(folder.string() + ": cannot rename the checkpoint: " + code.message());
  }
  flush(run);
  const auto all = list_checkpoints(run);
  for (std::size_t i = keep; i < all.size(); ++i) fs::remove_all(all[i], ignored);
  return {};
}

Result<std::span<const std::byte>> Checkpoint::buffer(const std::string& name) const {
  for (const auto& [known, bytes] : buffers)
    if (known == name) return std::span<const std::byte>(bytes);
  return fail("the checkpoint has no buffer '" + name + "'");
}

Result<Checkpoint> load_checkpoint(const fs::path& folder) {
  const fs::path path = folder / "state.json";
  LLMC_TRY(const std::string text, read_file(path));
  auto json = Json::parse(text);
  if (!json) return std::unexpected(json.error().with_context(path.string()));
  const Json* format = json->find("format");
  if (format == nullptr || format->string() == nullptr || *format->string() != k_format)
    return fail(path.string() + ": not a checkpoint of llmc-train");
  if (number(*json, "version") != k_version)
    return fail(path.string() + ": checkpoint of another version; this program reads " +
                std::to_string(k_version));
  const Json* state = json->find("state");
  const Json::Array* buffers = list(*json, "buffers");
  const Json::Array* parts = list(*json, "parts");
  if (state == nullptr || buffers == nullptr || parts == nullptr)
    return fail(path.string() + ": not a whole checkpoint");
  LLMC_TRY(const std::vector<std::byte> all, read_parts(folder, *parts));
  Checkpoint checkpoint;
  checkpoint.state = *state;
  std::size_t at = 0;
  for (const Json& buffer : *buffers) {
    const std::int64_t bytes = number(buffer, "bytes");
    const Json* name = buffer.find("name");
    if (name == nullptr || name->string() == nullptr || bytes < 0 ||
        static_cast<std::size_t>(bytes) > all.size() - at)
      return fail(path.string() + ": its buffers are larger than its parts");
    const auto first = all.begin() + static_cast<std::ptrdiff_t>(at);
    checkpoint.buffers.emplace_back(*name->string(), std::vector<std::byte>(first, first + bytes));
    at += static_cast<std::size_t>(bytes);
  }
  return checkpoint;
}

std::vector<fs::path> list_checkpoints(const fs::path& run) {
  std::vector<fs::path> found;
  std::error_code code;
  for (fs::directory_iterator at(run, code), end; !code && at != end; at.increment(code))
    if (at->path().filename().string().starts_with("step-") &&
        fs::exists(at->path() / "state.json"))
      found.push_back(at->path());
  std::sort(found.rbegin(), found.rend());
  return found;
}

}  // namespace llmc::train
