#include "execution/link.h"

#include <fmt/format.h>
#include <llvm/ExecutionEngine/JITLink/ELF.h>
#include <llvm/ExecutionEngine/JITLink/JITLink.h>
#include <llvm/ExecutionEngine/JITLink/aarch64.h>
#include <llvm/ExecutionEngine/JITLink/x86_64.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <set>
#include <tuple>

#include "support/digest.h"

namespace llmc {
namespace {

using llvm::jitlink::Block;
using llvm::jitlink::LinkGraph;
using llvm::jitlink::Symbol;

/// What one link shares between JITLink's callbacks.
struct LinkState {
  const IsolatedObject& object;
  AddressBook& book;
  const std::function<ExternalSymbol(const std::string&)>& describe;
  std::set<std::string> called;  ///< undefined symbols that are jumped to
  std::uint64_t next_own = k_code_base;  ///< for what only this side has
  SideImage image;
  std::string error;

  LinkState(const IsolatedObject& isolated, AddressBook& addresses,
            const std::function<ExternalSymbol(const std::string&)>& describer)
      : object(isolated), book(addresses), describe(describer) {}

  const ObjectPiece* piece(const Block& block) const {
    const auto found = object.pieces.find(block.getSection().getName().str());
    return found == object.pieces.end() ? nullptr : &found->second;
  }
};

bool is_entry(const Symbol& symbol) {
  return symbol.hasName() && std::string_view(symbol.getName()) == k_entry_symbol;
}

/// A text that two private constants have in common exactly when they are the same: bytes and what
/// they point to. Empty where that cannot be told (tables of code addresses, cycles).
std::string content_key(const LinkState& state, Block& block, unsigned depth) {
  const ObjectPiece* piece = state.piece(block);
  if (piece == nullptr || piece->kind == ObjectPiece::Kind::code || depth == 0) return "";
  std::string key = block.isZeroFill()
                        ? std::string(block.getSize(), '\0')
                        : std::string(block.getContent().data(), block.getContent().size());
  key = fmt::format("{}:{}", key.size(), key);
  for (const auto& edge : block.edges()) {
    const Symbol& target = edge.getTarget();
    std::string to = target.hasName() ? target.getName().str() : "";
    if (target.isDefined()) {
      Block& other = const_cast<Symbol&>(target).getBlock();
      const ObjectPiece* named = state.piece(other);
      to = named != nullptr && !named->name.empty() ? named->name
                                                    : content_key(state, other, depth - 1);
      to += fmt::format("+{}", target.getOffset());
    }
    if (to.empty() || to.starts_with("+")) return "";
    key += fmt::format("|{}:{}:{}:{}", edge.getOffset(), edge.getKind(), edge.getAddend(), to);
  }
  return key;
}

/// Whether code calls or jumps to the target of `edge`.
bool is_branch(const LinkGraph& graph, const llvm::jitlink::Edge& edge) {
  if (graph.getTargetTriple().isAArch64())
    return edge.getKind() == llvm::jitlink::aarch64::Branch26PCRel;
  return edge.getKind() == llvm::jitlink::x86_64::BranchPCRel32;
}

/// What of an image for AArch64 cannot be run; empty if nothing. Instructions have places and a
/// form of their own, so that they can be told wherever they are from.
std::string refused_code(const SideImage& image) {
  struct Refused {
    std::uint32_t mask;
    std::uint32_t word;
    const char* reason;
  };
  constexpr const char* k_system = "it makes system calls by itself";
  constexpr std::array<Refused, 5> k_words = {{
      {0xffe0001f, 0xd4000001, k_system},  // svc
      {0xffe0001f, 0xd4000002, k_system},  // hvc
      {0xffe0001f, 0xd4000003, k_system},  // smc
      {0xffe0001f, 0xd4400000, k_system},  // hlt, which asks emulators
      {0xffffffe0, 0xd53bd040, "it uses thread-local data"},  // mrs of tpidr_el0
  }};
  for (const ImageBlock& block : image.blocks) {
    if (!is_own(block.address)) continue;
    for (std::size_t at = 0; at + 4 <= block.bytes.size(); at += 4) {
      std::uint32_t word = 0;
      std::memcpy(&word, block.bytes.data() + at, 4);
      for (const Refused& refused : k_words)
        if ((word & refused.mask) == refused.word) return refused.reason;
    }
  }
  return "";
}

Result<std::uint64_t> own_place(LinkState& state, const Block& block) {
  const std::uint64_t alignment = std::max<std::uint64_t>(block.getAlignment(), 16);
  const std::uint64_t address = (state.next_own + alignment - 1) / alignment * alignment;
  if (block.getSize() > k_code_limit - address - k_page) return fail("its code is too large");
  state.next_own = address + block.getSize();
  return address;
}

Result<std::uint64_t> place(LinkState& state, Block& block) {
  const ObjectPiece* piece = state.piece(block);
  if (piece == nullptr || piece->kind == ObjectPiece::Kind::code) return own_place(state, block);
  if (piece->kind == ObjectPiece::Kind::other) return fail("it uses thread-local data");
  const bool constant = piece->kind == ObjectPiece::Kind::constant;
  if (!piece->name.empty()) {
    const DataPlace datum{piece->name, 0, block.getSize(), constant, piece->local, true};
    return state.book.datum(datum, block.getAlignment());
  }
  const std::string key = content_key(state, block, 4);
  if (constant && key.empty()) return own_place(state, block);
  if (!constant) {
    // A variable without a name is known by what it is at first.
    const std::vector<MergedVariable>& merged = piece->merged;
    const DataPlace datum{".private " + Digest::of(key).hex(),
                          0,
                          block.getSize(),
                          false,
                          true,
                          true,
                          !merged.empty()};
    LLMC_TRY(const std::uint64_t address, state.book.datum(datum, block.getAlignment()));
    for (const MergedVariable& each : merged)
      LLMC_CHECK(
          state.book.part({each.name, address + each.offset, each.size, false, each.local, true}));
    return address;
  }
  return state.book.constant(key, block.getSize(), block.getAlignment());
}

class PlacedAllocation final : public llvm::jitlink::JITLinkMemoryManager::InFlightAlloc {
 public:
  void abandon(OnAbandonedFunction done) override { done(llvm::Error::success()); }
  void finalize(OnFinalizedFunction done) override {
    done(llvm::jitlink::JITLinkMemoryManager::FinalizedAlloc());
  }
};

llvm::Error link_error(const Error& error) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), "%s", error.message.c_str());
}

/// The blocks of `graph`: the function first, so that it lies at the same place on both sides, then
/// in the order of the file. (JITLink's own order differs between runs.)
std::vector<Block*> in_order(LinkGraph& graph) {
  std::vector<Block*> blocks(graph.blocks().begin(), graph.blocks().end());
  const Block* entry = nullptr;
  for (Symbol* symbol : graph.defined_symbols())
    if (is_entry(*symbol)) entry = &symbol->getBlock();
  std::ranges::sort(blocks, {}, [entry](const Block* block) {
    const llvm::StringRef section = block->getSection().getName();
    return std::tuple(block != entry, section.size(), section);
  });
  return blocks;
}

/// Gives blocks the addresses they will have; the bytes stay in the graph.
class PlacingMemory final : public llvm::jitlink::JITLinkMemoryManager {
 public:
  explicit PlacingMemory(LinkState& state) : state_(state) {}

  void allocate(const llvm::jitlink::JITLinkDylib*, LinkGraph& graph,
                OnAllocatedFunction done) override {
    for (Block* block : in_order(graph)) {
      auto address = place(state_, *block);
      if (!address) return done(link_error(address.error()));
      block->setAddress(llvm::orc::ExecutorAddr(*address));
      if (!block->isZeroFill()) (void)block->getMutableContent(graph);
    }
    done(std::make_unique<PlacedAllocation>());
  }

  void deallocate(std::vector<FinalizedAlloc>, OnDeallocatedFunction done) override {
    done(llvm::Error::success());
  }

 private:
  LinkState& state_;
};

class SideContext final : public llvm::jitlink::JITLinkContext {
 public:
  SideContext(LinkState& state, PlacingMemory& memory)
      : JITLinkContext(nullptr), state_(state), memory_(memory) {}

  llvm::jitlink::JITLinkMemoryManager& getMemoryManager() override { return memory_; }

  void notifyFailed(llvm::Error error) override { state_.error = toString(std::move(error)); }

  void lookup(const LookupMap& symbols,
              std::unique_ptr<llvm::jitlink::JITLinkAsyncLookupContinuation> found) override {
    // In the order of names, as that of the map differs between runs.
    std::set<std::string> names;
    for (const auto& entry : symbols) names.insert(entry.first.str());
    llvm::jitlink::AsyncLookupResult result;
    for (const std::string& name : names) {
      const auto address = resolve(name);
      if (!address) return found->run(link_error(address.error()));
      result[symbols.find(name)->first] = llvm::orc::ExecutorSymbolDef(
          llvm::orc::ExecutorAddr(*address), llvm::JITSymbolFlags::Exported);
    }
    found->run(std::move(result));
  }

  llvm::Error notifyResolved(LinkGraph&) override { return llvm::Error::success(); }
  void notifyFinalized(llvm::jitlink::JITLinkMemoryManager::FinalizedAlloc allocation) override {
    (void)allocation.release();
  }

  llvm::jitlink::LinkGraphPassFunction getMarkLivePass(const llvm::Triple&) const override {
    return [](LinkGraph& graph) {
      for (Symbol* symbol : graph.defined_symbols()) symbol->setLive(is_entry(*symbol));
      return llvm::Error::success();
    };
  }

  llvm::Error modifyPassConfig(LinkGraph&, llvm::jitlink::PassConfiguration& passes) override {
    passes.PostPrunePasses.insert(passes.PostPrunePasses.begin(), [this](LinkGraph& graph) {
      find_calls(graph);
      return llvm::Error::success();
    });
    passes.PostFixupPasses.push_back([this](LinkGraph& graph) {
      keep(graph);
      return llvm::Error::success();
    });
    return llvm::Error::success();
  }

 private:
  void find_calls(LinkGraph& graph) {
    for (Block* block : graph.blocks())
      for (const auto& edge : block->edges())
        if (is_branch(graph, edge) && edge.getTarget().isExternal())
          state_.called.insert(edge.getTarget().getName().str());
  }

  Result<std::uint64_t> resolve(const std::string& name) {
    if (state_.called.contains(name) || state_.object.functions.contains(name))
      return state_.book.function(name);
    const ExternalSymbol symbol = state_.describe(name);
    if (symbol.function) return state_.book.function(name);
    return state_.book.datum({name, 0, symbol.size, false, false, false}, 64);
  }

  void keep(LinkGraph& graph) {
    for (Block* block : graph.blocks()) {
      const ObjectPiece* piece = state_.piece(*block);
      ImageBlock image;
      image.kind = piece == nullptr ? ObjectPiece::Kind::constant : piece->kind;
      image.address = block->getAddress().getValue();
      image.bytes = block->isZeroFill() ? std::string(block->getSize(), '\0')
                                        : std::string(block->getContent().data(), block->getSize());
      state_.image.blocks.push_back(std::move(image));
    }
    for (Symbol* symbol : graph.defined_symbols())
      if (is_entry(*symbol)) state_.image.entry = symbol->getAddress().getValue();
  }

  LinkState& state_;
  PlacingMemory& memory_;
};

}  // namespace

Result<SideImage> link_side(const IsolatedObject& object, AddressBook& book,
                            const std::function<ExternalSymbol(const std::string&)>& describe) {
  book.begin_side();
  LinkState state(object, book, describe);
  auto graph = llvm::jitlink::createLinkGraphFromELFObject(
      llvm::MemoryBufferRef(llvm::StringRef(object.bytes.data(), object.bytes.size()), "isolated"));
  if (!graph) return fail(toString(graph.takeError()));
  const bool aarch64 = (*graph)->getTargetTriple().isAArch64();
  PlacingMemory memory(state);
  llvm::jitlink::link_ELF(std::move(*graph), std::make_unique<SideContext>(state, memory));
  if (!state.error.empty()) return fail(state.error);
  if (std::string reason = aarch64 ? refused_code(state.image) : ""; !reason.empty())
    return fail(std::move(reason));
  return std::move(state.image);
}

}  // namespace llmc
