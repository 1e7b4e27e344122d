#include "train/cli/weights_of.h"

#include "train/checkpoint.h"
#include "train/core/trainer.h"
#include "train/gguf.h"
#include "train/safetensors.h"

namespace llmc::train {
namespace fs = std::filesystem;

Result<fs::path> find_checkpoint(const fs::path& path) {
  if (fs::exists(path / "state.json")) return path;
  const auto all = list_checkpoints(path);
  if (all.empty())
    return fail(path.string() +
                ": neither a checkpoint nor a run that has one; `llmc-train run` makes "
                "them");
  return all.front();
}

Result<std::vector<NamedWeight>> read_weights(const fs::path& path) {
  if (path.extension() == ".gguf") return read_gguf_weights(path);
  if (path.extension() == ".safetensors") return read_safetensors(path);
  if (fs::exists(path / "model.safetensors")) return read_safetensors(path / "model.safetensors");
  LLMC_TRY(const fs::path checkpoint, find_checkpoint(path));
  LLMC_TRY(const TrainedModel trained, load_model(checkpoint));
  return trained.model.export_weights();
}

}  // namespace llmc::train
