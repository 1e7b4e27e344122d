#include <cstring>
#include <type_traits>

#include "execution/pair.h"

namespace llmc {
namespace {

/// A struct to read into, or to write.
template <typename T, typename Struct>
concept Either = std::is_same_v<std::remove_const_t<T>, Struct>;

// Each struct is named once, for writing and reading alike. The bindings make a field that is
// forgotten here an error of the compiler's.

template <typename Archive, Either<CallValue> T>
void fields(Archive& archive, T& value) {
  auto& [kind, bits, extension, defined, together, result_place, nonnull, exclusive, read_only,
         bytes, alignment, range, shape, hints] = value;
  archive(kind, bits, extension, defined, together, result_place, nonnull, exclusive, read_only,
          bytes, alignment, range, shape, hints);
}

template <typename Archive, Either<CallPlace> T>
void fields(Archive& archive, T& place) {
  auto& [where, index] = place;
  archive(where, index);
}

template <typename Archive, Either<CallSignature> T>
void fields(Archive& archive, T& signature) {
  auto& [parameters, results, variadic, returns, pure, sees_memory, writes_memory] = signature;
  archive(parameters, results, variadic, returns, pure, sees_memory, writes_memory);
}

template <typename Archive, Either<ShapeField> T>
void fields(Archive& archive, T& field) {
  auto& [kind, bytes, shape, first, values, hints] = field;
  archive(kind, bytes, shape, first, values, hints);
}

template <typename Archive, Either<MemoryShape> T>
void fields(Archive& archive, T& shape) {
  auto& [stride, members, bytes, code] = shape;
  archive(stride, members, bytes, code);
}

template <typename Archive, Either<ShapeTable> T>
void fields(Archive& archive, T& table) {
  auto& [shapes, parameters, globals, results, parameter_hints, result_hints, constants] = table;
  archive(shapes, parameters, globals, results, parameter_hints, result_hints, constants);
}

template <typename Archive, Either<MemoryRegion> T>
void fields(Archive& archive, T& region) {
  auto& [kind, name, address, size, shape, start] = region;
  archive(kind, name, address, size, shape, start);
}

template <typename Archive, Either<InputPlan> T>
void fields(Archive& archive, T& plan) {
  auto& [signature, places, regions, arenas, shapes, callbacks, seed] = plan;
  archive(signature, places, regions, arenas, shapes, callbacks, seed);
}

template <typename Archive, Either<CalleePlan> T>
void fields(Archive& archive, T& callee) {
  auto& [kind, name, signature, places, local_bytes, defined, local] = callee;
  archive(kind, name, signature, places, local_bytes, defined, local);
}

template <typename Archive, Either<DataPlace> T>
void fields(Archive& archive, T& datum) {
  auto& [name, address, size, constant, local, defined, merged] = datum;
  archive(name, address, size, constant, local, defined, merged);
}

template <typename Archive, Either<PairPlan> T>
void fields(Archive& archive, T& plan) {
  auto& [inputs, callees, constants, floats, hash_memory, input_limit] = plan;
  archive(inputs, callees, constants, floats, hash_memory, input_limit);
}

template <typename Archive, Either<ImageBlock> T>
void fields(Archive& archive, T& block) {
  auto& [kind, address, bytes] = block;
  archive(kind, address, bytes);
}

template <typename Archive, Either<SideImage> T>
void fields(Archive& archive, T& side) {
  auto& [blocks, entry] = side;
  archive(blocks, entry);
}

template <typename Archive, Either<PreparedPair> T>
void fields(Archive& archive, T& pair) {
  auto& [plan, original, candidate, checked, obstacle] = pair;
  archive(plan, original, candidate, checked, obstacle);
}

template <typename Archive, Either<ExecutionOptions> T>
void fields(Archive& archive, T& options) {
  auto& [inputs, seed, limit, input_limit] = options;
  archive(inputs, seed, limit, input_limit);
}

template <typename Archive, Either<PairRequest> T>
void fields(Archive& archive, T& request) {
  auto& [pair, options] = request;
  archive(pair, options);
}

/// What a number is between processes.
template <typename T>
concept PlainNumber = std::is_arithmetic_v<T> || std::is_enum_v<T>;

class RequestWriter {
 public:
  template <typename... T>
  void operator()(const T&... values) {
    (write(values), ...);
  }

  std::string bytes;

 private:
  template <PlainNumber T>
  void write(const T& value) {
    bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  template <typename T>
  void write(const T& value) {
    fields(*this, value);
  }
  void write(const std::string& text) {
    write(std::uint64_t{text.size()});
    bytes += text;
  }
  void write(const std::chrono::milliseconds& time) { write(std::int64_t{time.count()}); }
  template <typename A, typename B>
  void write(const std::pair<A, B>& both) {
    write(both.first);
    write(both.second);
  }
  template <typename T>
  void write(const std::optional<T>& value) {
    write(value.has_value());
    if (value) write(*value);
  }
  template <typename T>
  void write(const std::vector<T>& values) {
    write_all(values);
  }
  template <typename K, typename V>
  void write(const std::map<K, V>& values) {
    write_all(values);
  }
  template <typename T>
  void write_all(const T& values) {
    write(std::uint64_t{values.size()});
    for (const auto& value : values) write(value);
  }
};

class RequestReader {
 public:
  explicit RequestReader(std::string_view bytes) : rest_(bytes) {}

  template <typename... T>
  void operator()(T&... values) {
    (read(values), ...);
  }

  /// Whether all bytes were there, and no others.
  [[nodiscard]] bool good() const { return good_ && rest_.empty(); }

 private:
  std::string_view take(std::uint64_t count) {
    good_ &= count <= rest_.size();
    const std::string_view taken = rest_.substr(0, good_ ? count : 0);
    rest_.remove_prefix(taken.size());
    return taken;
  }

  template <PlainNumber T>
  void read(T& value) {
    const std::string_view taken = take(sizeof value);
    if (good_) std::memcpy(&value, taken.data(), sizeof value);
  }
  template <typename T>
  void read(T& value) {
    fields(*this, value);
  }
  void read(std::string& text) { text = take(count()); }
  void read(std::chrono::milliseconds& time) {
    std::int64_t count = 0;
    read(count);
    time = std::chrono::milliseconds(count);
  }
  template <typename A, typename B>
  void read(std::pair<A, B>& both) {
    read(both.first);
    read(both.second);
  }
  template <typename T>
  void read(std::optional<T>& value) {
    bool there = false;
    read(there);
    if (there) read(value.emplace());
  }
  template <typename T>
  void read(std::vector<T>& values) {
    for (std::uint64_t left = count(); good_ && left > 0; --left) read(values.emplace_back());
  }
  template <typename K, typename V>
  void read(std::map<K, V>& values) {
    for (std::uint64_t left = count(); good_ && left > 0; --left) {
      std::pair<K, V> entry;
      read(entry);
      values.insert(std::move(entry));
    }
  }

  std::uint64_t count() {
    std::uint64_t value = 0;
    read(value);
    return good_ ? value : 0;
  }

  std::string_view rest_;
  bool good_ = true;
};

}  // namespace

std::string pack_request(const PairRequest& request) {
  RequestWriter writer;
  fields(writer, request);
  return std::move(writer.bytes);
}

Result<PairRequest> unpack_request(std::string_view bytes) {
  RequestReader reader(bytes);
  PairRequest request;
  fields(reader, request);
  if (!reader.good()) return fail("these are not the bytes of a pair to run");
  return request;
}

}  // namespace llmc
