// From text to shards: which tokens a row becomes.
//
//   text                    <s> text </s>, cut into documents of the context's length: every one
//                           begins with <s>, the last ends with </s>
//   prompt and completion   <s> prompt completion </s>, where no token of prompt is predicted
//
// Prompt and completion are turned into tokens each by itself, as they are: no space is put between
// them. That is what happens when a model is asked: the prompt is tokenised alone, and the answer
// is the text of the tokens that follow. An instruction longer than the context is left out,
// because half an answer teaches to stop halfway.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "support/error.h"
#include "train/jsonl.h"
#include "train/shard.h"
#include "train/tokenizer.h"

namespace llmc::train {

struct PackSettings {
  std::int64_t context = 2048;  ///< tokens of a document at most, <s> and </s> included
  std::string only;  ///< leave out rows whose completion does not begin so; empty: take all
  std::string task;  ///< take only rows of this task; empty: take all
  std::int64_t shard_tokens = 0;  ///< begin another shard after so many; 0: one shard for all
};

/// What became of the rows.
struct PackCounts {
  std::int64_t rows = 0;  ///< read
  std::int64_t documents = 0;  ///< written
  std::int64_t tokens = 0;  ///< written
  std::int64_t bytes = 0;  ///< of text that is predicted
  std::int64_t too_long = 0;  ///< instructions that do not fit the context, left out
  std::int64_t empty = 0;  ///< rows without text, left out
  std::int64_t cut = 0;  ///< texts that became several documents
  std::vector<std::filesystem::path> shards;
};

/// Adds the documents of one row to `shard`, and to `counts`.
Result<void> pack_row(const Tokenizer& tokenizer, const TextRow& row, std::int64_t context,
                      ShardWriter& shard, PackCounts& counts);

/// Packs all rows of `inputs` into `output`; or, where settings.shard_tokens is set, into
/// NAME-0000.shard, NAME-0001.shard, … for the `output` NAME.shard. All shards appear when all are
/// complete; where anything fails, none does.
Result<PackCounts> pack(const Tokenizer& tokenizer, const std::vector<std::string>& inputs,
                        const PackSettings& settings, const std::filesystem::path& output);

}  // namespace llmc::train
