#include "train/pack.h"

#include <algorithm>
#include <cstdio>
#include <span>
#include <system_error>

#include "support/files.h"

namespace llmc::train {
namespace fs = std::filesystem;

namespace {

/// Finished shards under temporary names, until all are renamed into place.
class PendingShards {
 public:
  PendingShards(fs::path output, bool numbered) : output_(std::move(output)), numbered_(numbered) {}
  PendingShards(const PendingShards&) = delete;
  PendingShards& operator=(const PendingShards&) = delete;
  ~PendingShards() {
    std::error_code ignored;
    for (const auto& [temporary, final] : shards_) fs::remove(temporary, ignored);
  }

  Result<void> add(ShardWriter& writer) {
    fs::path final = output_;
    if (numbered_) {
      char number[32];
      std::snprintf(number, sizeof number, "-%04zu", shards_.size());
      final.replace_filename(output_.stem().string() + number + output_.extension().string());
    }
    fs::path temporary = final;
    temporary += ".partial";
    shards_.emplace_back(temporary, final);
    return writer.write(temporary);
  }

  Result<std::vector<fs::path>> keep() {
    std::vector<fs::path> finals;
    for (const auto& [temporary, final] : shards_) {
      std::error_code code;
      fs::rename(temporary, final, code);
      if (code) return fail(final.string() + ": cannot rename into place: " + code.message());
      finals.push_back(final);
    }
    shards_.clear();
    return finals;
  }

 private:
  fs::path output_;
  bool numbered_;
  std::vector<std::pair<fs::path, fs::path>> shards_;  ///< temporary name, final name
};

/// The bytes that are predicted: all but those of the prompt.
Result<void> add(ShardWriter& shard, std::span<const std::uint16_t> tokens, std::size_t prompt,
                 std::size_t bytes, PackCounts& counts) {
  counts.documents += 1;
  counts.tokens += static_cast<std::int64_t>(tokens.size());
  counts.bytes += static_cast<std::int64_t>(bytes);
  return shard.add(tokens, static_cast<std::uint32_t>(prompt), bytes);
}

Result<void> pack_text(const Tokenizer& tokenizer, const std::string& text, std::int64_t context,
                       ShardWriter& shard, PackCounts& counts) {
  std::vector<std::uint16_t> tokens = tokenizer.encode(text);
  tokens.push_back(k_end_id);
  const auto room = static_cast<std::size_t>(context - 1);  // behind <s>
  if (tokens.size() > room) counts.cut += 1;
  for (std::size_t at = 0; at < tokens.size(); at += room) {
    const auto part = std::span(tokens).subspan(at, std::min(room, tokens.size() - at));
    // Where the text ends with a full document, no other is made for </s> alone.
    if (at > 0 && part.size() == 1) break;
    std::vector<std::uint16_t> document = {k_begin_id};
    document.insert(document.end(), part.begin(), part.end());
    LLMC_CHECK(add(shard, document, 0, tokenizer.decode(part).size(), counts));
  }
  return {};
}

Result<void> pack_instruction(const Tokenizer& tokenizer, const TextRow& row, std::int64_t context,
                              ShardWriter& shard, PackCounts& counts) {
  std::vector<std::uint16_t> tokens = tokenizer.encode(row.prompt);
  tokens.insert(tokens.begin(), k_begin_id);
  const std::size_t prompt = tokens.size();
  const std::vector<std::uint16_t> completion = tokenizer.encode(row.completion);
  tokens.insert(tokens.end(), completion.begin(), completion.end());
  tokens.push_back(k_end_id);
  if (tokens.size() > static_cast<std::size_t>(context)) {
    counts.too_long += 1;
    return {};
  }
  return add(shard, tokens, prompt, row.completion.size(), counts);
}

}  // namespace

Result<void> pack_row(const Tokenizer& tokenizer, const TextRow& row, std::int64_t context,
                      ShardWriter& shard, PackCounts& counts) {
  counts.rows += 1;
  if (row.instruction && !row.prompt.empty())
    return pack_instruction(tokenizer, row, context, shard, counts);
  if (!row.instruction && !row.text.empty())
    return pack_text(tokenizer, row.text, context, shard, counts);
  counts.empty += 1;
  return {};
}

Result<PackCounts> pack(const Tokenizer& tokenizer, const std::vector<std::string>& inputs,
                        const PackSettings& settings, const fs::path& output) {
  PackCounts counts;
  PendingShards pending(output, settings.shard_tokens != 0);
  ShardWriter shard(static_cast<std::uint32_t>(tokenizer.size()), tokenizer.fingerprint());
  if (output.has_parent_path()) LLMC_CHECK(make_folder(output.parent_path()));
  LLMC_CHECK(for_each_row(inputs, [&](const TextRow& row) -> Result<void> {
    if (!row.completion.starts_with(settings.only)) return {};
    if (!settings.task.empty() && row.task != settings.task) return {};
    LLMC_CHECK(pack_row(tokenizer, row, settings.context, shard, counts));
    if (settings.shard_tokens != 0 &&
        shard.tokens() >= static_cast<std::uint64_t>(settings.shard_tokens))
      LLMC_CHECK(pending.add(shard));
    return {};
  }));
  if (counts.documents == 0)
    return fail("there is nothing to pack: no row has text that fits the context of " +
                std::to_string(settings.context) + " tokens");
  if (shard.documents() != 0) LLMC_CHECK(pending.add(shard));
  LLMC_TRY(counts.shards, pending.keep());
  return counts;
}

}  // namespace llmc::train
