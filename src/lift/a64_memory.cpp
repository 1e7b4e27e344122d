// AArch64 loads and stores, addresses of symbols, and what does nothing.
#include <bit>

#include "lift/a64_templates.h"

namespace llmc {
namespace {

using llvm::Value;
using Class = A64Register::Class;

/// How the address stands in the instruction.
enum class A64Address {
  scaled,    ///< base, number of elements; or the lower half of a symbol's address
  unscaled,  ///< base, bytes
  before,    ///< base is moved before
  after,     ///< base is moved after
  index,     ///< base, index of 64 bits, whether it is signed, whether it counts elements
  word       ///< base, index of 32 bits, likewise
};

constexpr unsigned k_stores = 0x100, k_pairs = 0x200, k_extends_sign = 0x400;

A64Address address_kind(const A64Template& t) { return static_cast<A64Address>(t.row.code & 0xff); }
bool is_store(const A64Template& t) { return (t.row.code & k_stores) != 0; }

/// One access at work: the row's width is that of one element in memory.
class A64Access {
 public:
  explicit A64Access(A64Template& work)
      : t(work), m(work.m), ir(work.ir), bytes_(work.width / 8), kind_(address_kind(work)) {
    const bool moves = kind_ == A64Address::before || kind_ == A64Address::after;
    first_ = moves ? 1 : 0;
    base_at_ = first_ + ((t.row.code & k_pairs) != 0 ? 2 : 1);
  }

  void run() {
    if (is_of_symbol()) return access_symbol();
    if (kind_ == A64Address::index || kind_ == A64Address::word) return access_indexed();
    const A64Register base = t.reg(base_at_);
    const std::int64_t distance = offset();
    if (kind_ == A64Address::before) move_base(base, distance);
    const bool is_moved = kind_ == A64Address::before || kind_ == A64Address::after;
    access({base, is_moved ? 0 : distance});
    if (kind_ == A64Address::after) move_base(base, distance);
  }

 private:
  [[nodiscard]] bool is_of_symbol() const {
    return base_at_ + 1 < t.i.operands.size() &&
           t.i.operands[base_at_ + 1].kind == AsmOperand::Kind::symbol;
  }

  std::int64_t offset() {
    const bool is_scaled = kind_ == A64Address::scaled || (t.row.code & k_pairs) != 0;
    return t.number(base_at_ + 1) * (is_scaled ? static_cast<std::int64_t>(bytes_) : 1);
  }

  void move_base(A64Register base, std::int64_t distance) {
    if (base.number == k_stack_register) {
      m.sp += distance;
      return;
    }
    m.write(base, ir.CreateAdd(m.read(base), ir.getInt64(static_cast<std::uint64_t>(distance))));
  }

  /// The whole access at a place: one register or two.
  void access(A64Place place) {
    const std::size_t count = base_at_ - first_;
    std::vector<A64Register> regs;
    for (std::size_t k = 0; k < count; ++k) regs.push_back(t.reg(first_ + k));
    if (count == 2 && !is_store(t) && regs[0].kind == Class::general) return load_two(place, regs);
    for (std::size_t k = 0; k < count; ++k)
      access_one(regs[k], {place.base, place.offset + static_cast<std::int64_t>(k * bytes_)});
  }

  /// Two loads that code generation has joined. Temporary registers are handed out in order, so the
  /// lower one was loaded first; but one that is the base is loaded last.
  void load_two(A64Place place, const std::vector<A64Register>& regs) {
    constexpr unsigned k_first_temporary = 8;
    const bool is_swapped = regs[1].number >= k_first_temporary && regs[1].number < regs[0].number;
    std::size_t first = is_swapped ? 1 : 0;
    if (regs[first].number == place.base.number) first = 1 - first;
    for (const std::size_t k : {first, 1 - first})
      access_one(regs[k], {place.base, place.offset + static_cast<std::int64_t>(k * bytes_)});
  }

  void access_one(A64Register reg, A64Place place) {
    const auto frame = m.frame_place(place.base);
    if (!frame) return access_pointer(reg, m.pointer(place, bytes_));
    const std::int64_t at = *frame + place.offset;
    const bool is_whole = reg.width == 64 && bytes_ == 8;
    const unsigned name = reg.number + (reg.kind == Class::vector ? k_most_registers : 0);
    if (is_store(t)) {
      if (is_whole && m.is_callers(reg)) return keep_for_caller(reg, at, name);
      m.kept.erase(at);
      m.written[at] = bytes_;
    } else if (const auto known = m.kept.find(at);
               is_whole && known != m.kept.end() && known->second == name) {
      access_pointer(reg, m.frame_pointer(at, bytes_));
      m.give_back(reg);
      return;
    } else {
      m.facts().reads.insert(at);
    }
    access_pointer(reg, m.frame_pointer(at, bytes_));
  }

  void keep_for_caller(A64Register reg, std::int64_t at, unsigned name) {
    m.reads_for_keeping = true;
    access_pointer(reg, m.frame_pointer(at, bytes_));
    m.reads_for_keeping = false;
    m.give_back(reg);
    m.facts().saves.insert(at);
    m.kept[at] = name;
  }

  void access_pointer(A64Register reg, Value* pointer) {
    if (is_store(t))
      ir.CreateAlignedStore(get(reg), pointer, llvm::Align(1));
    else
      put(reg, load(pointer, reg));
  }

  [[nodiscard]] llvm::Type* type_of_element(A64Register reg) {
    if (reg.kind == Class::general) return m.integer(t.width);
    return t.width == 128 ? static_cast<llvm::Type*>(llvm::FixedVectorType::get(ir.getInt64Ty(), 2))
           : t.width == 64 ? ir.getDoubleTy()
                           : ir.getFloatTy();
  }

  Value* load(Value* pointer, A64Register reg) {
    return ir.CreateAlignedLoad(type_of_element(reg), pointer, llvm::Align(1));
  }

  /// What is stored of a register.
  Value* get(A64Register reg) {
    if (reg.kind == Class::general) {
      reg.width = t.width;
      return m.read(reg);
    }
    return t.width == 128  ? m.read_vector(reg.number, type_of_element(reg))
           : t.width == 64 ? m.read_double(reg.number)
                           : m.read_float(reg.number);
  }

  void put(A64Register reg, Value* value) {
    if (reg.kind == Class::general)
      m.write(reg, (t.row.code & k_extends_sign) != 0 ? ir.CreateSExt(value, m.integer(reg.width))
                                                      : ir.CreateZExt(value, m.integer(reg.width)));
    else if (t.width == 128)
      m.write_vector(reg.number, value);
    else
      m.write_alone(reg.number, value);
  }

  void access_indexed() {
    const A64Register base = t.reg(base_at_), index = t.reg(base_at_ + 1);
    const bool is_signed = t.number(base_at_ + 2) != 0, counts = t.number(base_at_ + 3) != 0;
    Value* value = m.read(index);
    if (kind_ == A64Address::word)
      value =
          is_signed ? ir.CreateSExt(value, ir.getInt64Ty()) : ir.CreateZExt(value, ir.getInt64Ty());
    if (counts && bytes_ > 1)
      value = ir.CreateShl(value, static_cast<std::uint64_t>(std::countr_zero(bytes_)));
    access_pointer(t.reg(first_), m.pointer(ir.CreateAdd(m.read(base), value)));
  }

  /// The address of a symbol's lower half is in the instruction, the upper in the base.
  void access_symbol() {
    const AsmOperand& half = t.i.operands[base_at_ + 1];
    const A64Register reg = t.reg(first_);
    if (!m.has_page(t.reg(base_at_), half)) return;
    if (half.modifier.starts_with("got")) {
      if (is_store(t) || reg.width != 64) return t.refuse();
      return m.write(reg, ir.CreatePtrToInt(m.address(half), ir.getInt64Ty()));
    }
    llvm::Type* const type = type_of_element(reg);
    if (!is_store(t))
      if (llvm::Constant* const known = m.pooled_constant(type, half.symbol, half.value))
        return put(reg, known);
    access_pointer(reg, m.address(half));
  }

  A64Template& t;
  A64Machine& m;
  llvm::IRBuilder<>& ir;
  unsigned bytes_;
  A64Address kind_;
  std::size_t first_ = 0;  ///< operand: the first register that is loaded or stored
  std::size_t base_at_ = 1;  ///< operand: the base
};

void access(A64Template& t) { A64Access(t).run(); }

/// adrp.
void write_page(A64Template& t) { t.m.write_page(t.reg(0), t.i.operands.back()); }

/// adr. What a label in the function is needed for is the jump table; nothing else reads it.
void write_near_address(A64Template& t) {
  const AsmOperand& place = t.i.operands.back();
  if (place.kind != AsmOperand::Kind::symbol || !place.modifier.empty()) return t.refuse();
  const bool is_known =
      t.m.unit().function(place.symbol) != nullptr || t.m.unit().datum(place.symbol) != nullptr;
  if (is_known) return t.out(t.ir.CreatePtrToInt(t.m.address(place), t.ir.getInt64Ty()));
  t.out(llvm::UndefValue::get(t.ir.getInt64Ty()));
}

/// Hints, barriers for speculation, prefetches.
void do_nothing(A64Template&) {}

/// The forms of an address that a load or store with one register has.
void add_access_rows(std::vector<A64Row>& rows, const std::string& stem,
                     const std::string& unscaled, unsigned width, unsigned flags) {
  const auto add = [&](const std::string& name, A64Address kind) {
    rows.push_back({name, access, width, flags | static_cast<unsigned>(kind)});
  };
  add(stem + "ui", A64Address::scaled);
  add(stem + "pre", A64Address::before);
  add(stem + "post", A64Address::after);
  add(stem + "roX", A64Address::index);
  add(stem + "roW", A64Address::word);
  add(unscaled + "i", A64Address::unscaled);
}

void add_pair_rows(std::vector<A64Row>& rows, const std::string& reg, unsigned width) {
  for (const auto& [stem, flags] : std::initializer_list<std::pair<std::string, unsigned>>{
           {"LDP", k_pairs}, {"STP", k_pairs | k_stores}}) {
    rows.push_back(
        {stem + reg + "i", access, width, flags | static_cast<unsigned>(A64Address::scaled)});
    rows.push_back(
        {stem + reg + "pre", access, width, flags | static_cast<unsigned>(A64Address::before)});
    rows.push_back(
        {stem + reg + "post", access, width, flags | static_cast<unsigned>(A64Address::after)});
  }
}

/// `reg` as in LLVM's names: "W", "BB", "D", …
void add_load_and_store(std::vector<A64Row>& rows, const std::string& reg, unsigned width) {
  add_access_rows(rows, "LDR" + reg, "LDUR" + reg, width, 0);
  add_access_rows(rows, "STR" + reg, "STUR" + reg, width, k_stores);
}

}  // namespace

std::span<const A64Row> a64_memory_rows() {
  static const std::vector<A64Row> rows = [] {
    std::vector<A64Row> made;
    for (const auto& [reg, width] : std::initializer_list<std::pair<const char*, unsigned>>{
             {"X", 64}, {"W", 32}, {"HH", 16}, {"BB", 8}, {"Q", 128}, {"D", 64}, {"S", 32}})
      add_load_and_store(made, reg, width);
    for (const auto& [reg, width] : std::initializer_list<std::pair<const char*, unsigned>>{
             {"SBW", 8}, {"SBX", 8}, {"SHW", 16}, {"SHX", 16}, {"SW", 32}})
      add_access_rows(made, std::string("LDR") + reg, std::string("LDUR") + reg, width,
                      k_extends_sign);
    for (const auto& [reg, width] : std::initializer_list<std::pair<const char*, unsigned>>{
             {"X", 64}, {"W", 32}, {"Q", 128}, {"D", 64}, {"S", 32}})
      add_pair_rows(made, reg, width);
    for (const auto& [form, kind] : std::initializer_list<std::pair<const char*, A64Address>>{
             {"i", A64Address::scaled}, {"pre", A64Address::before}, {"post", A64Address::after}})
      made.push_back({std::string("LDPSW") + form, access, 32,
                      k_pairs | k_extends_sign | static_cast<unsigned>(kind)});
    made.push_back({"ADRP", write_page});
    made.push_back({"ADR", write_near_address});
    made.push_back({"HINT", do_nothing});
    return made;
  }();
  return rows;
}

}  // namespace llmc
