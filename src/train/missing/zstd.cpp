#include "train/zstd_decoder.h"

namespace llmc::train {

struct ZstdDecoder::Parts {};

ZstdDecoder::ZstdDecoder(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
ZstdDecoder::ZstdDecoder(ZstdDecoder&&) noexcept = default;
ZstdDecoder& ZstdDecoder::operator=(ZstdDecoder&&) noexcept = default;
ZstdDecoder::~ZstdDecoder() = default;

Result<ZstdDecoder> ZstdDecoder::create() {
  return fail(
      "compressed with zstd, which this llmc-train was built without; decompress it first, "
      "or install libzstd-dev and build again");
}

Result<void> ZstdDecoder::decode(std::string_view&, std::string&) { return {}; }
bool ZstdDecoder::complete() const { return true; }

}  // namespace llmc::train
