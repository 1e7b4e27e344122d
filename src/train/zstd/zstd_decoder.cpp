#include "train/zstd_decoder.h"

#include <zstd.h>

namespace llmc::train {

struct ZstdDecoder::Parts {
  ZSTD_DStream* stream = ZSTD_createDStream();
  bool complete = true;

  Parts() = default;
  Parts(const Parts&) = delete;
  Parts& operator=(const Parts&) = delete;
  ~Parts() { ZSTD_freeDStream(stream); }
};

ZstdDecoder::ZstdDecoder(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
ZstdDecoder::ZstdDecoder(ZstdDecoder&&) noexcept = default;
ZstdDecoder& ZstdDecoder::operator=(ZstdDecoder&&) noexcept = default;
ZstdDecoder::~ZstdDecoder() = default;

Result<ZstdDecoder> ZstdDecoder::create() { return ZstdDecoder(std::make_unique<Parts>()); }

Result<void> ZstdDecoder::decode(std::string_view& in, std::string& out) {
  if (in.empty() && parts_->complete) return {};
  const std::size_t size = out.size();
  out.resize(size + ZSTD_DStreamOutSize());
  ZSTD_inBuffer from{in.data(), in.size(), 0};
  ZSTD_outBuffer to{out.data(), out.size(), size};
  const std::size_t left = ZSTD_decompressStream(parts_->stream, &to, &from);
  out.resize(ZSTD_isError(left) != 0 ? size : to.pos);
  if (ZSTD_isError(left) != 0)
    return fail(std::string("damaged zstd data: ") + ZSTD_getErrorName(left));
  in.remove_prefix(from.pos);
  parts_->complete = left == 0;
  return {};
}

bool ZstdDecoder::complete() const { return parts_->complete; }

}  // namespace llmc::train
