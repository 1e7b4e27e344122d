#include "lift/lift_machine.h"

#include <llvm/Analysis/ConstantFolding.h>
#include <llvm/IR/Constants.h>

#include <algorithm>

#include "lift/lift_symbols.h"

namespace llmc {
namespace {

/// Constants that code generation makes by itself, in clang's and in gcc's spelling.
bool is_constant_pool(const AsmDatum& datum) {
  return datum.name.starts_with(".LC") && datum.references.empty() &&
         (datum.kind == AsmSectionKind::mergeable || datum.kind == AsmSectionKind::read_only);
}

}  // namespace

llvm::Type* type_of(AbiType type, llvm::LLVMContext& context) {
  switch (type) {
    case AbiType::none:
      return llvm::Type::getVoidTy(context);
    case AbiType::i8:
      return llvm::Type::getInt8Ty(context);
    case AbiType::i16:
      return llvm::Type::getInt16Ty(context);
    case AbiType::i32:
      return llvm::Type::getInt32Ty(context);
    case AbiType::i64:
      return llvm::Type::getInt64Ty(context);
    case AbiType::ptr:
      return llvm::PointerType::get(context, 0);
    case AbiType::f32:
      return llvm::Type::getFloatTy(context);
    case AbiType::f64:
      return llvm::Type::getDoubleTy(context);
    case AbiType::v128:
      return llvm::FixedVectorType::get(llvm::Type::getInt64Ty(context), 2);
  }
  return llvm::Type::getVoidTy(context);
}

llvm::FunctionType* function_type_of(const LiftSignature& signature, llvm::LLVMContext& context) {
  std::vector<llvm::Type*> parameters;
  for (const AbiValue& parameter : signature.parameters)
    parameters.push_back(type_of(parameter.type, context));
  llvm::Type* result = type_of(signature.result.type, context);
  if (signature.second != AbiType::none)
    result = llvm::StructType::get(result, type_of(signature.second, context));
  return llvm::FunctionType::get(result, parameters, signature.variadic);
}

LiftMachine::LiftMachine(const AsmUnit& unit, llvm::Function& function, LiftFacts& facts)
    : ir(&function.getEntryBlock()),
      unit_(unit),
      convention_(convention_of(unit.target)),
      function_(function),
      facts_(facts) {
  llvm::Type* const vector = llvm::FixedVectorType::get(ir.getInt64Ty(), 2);
  for (General& reg : general_)
    reg = {ir.CreateAlloca(ir.getInt64Ty()), ir.CreateAlloca(ir.getInt32Ty()),
           ir.CreateAlloca(ir.getInt16Ty()), ir.CreateAlloca(ir.getInt8Ty())};
  for (Vector& reg : vector_)
    reg = {ir.CreateAlloca(vector), ir.CreateAlloca(ir.getDoubleTy()),
           ir.CreateAlloca(ir.getFloatTy())};
  for (llvm::AllocaInst*& flag : stored_) flag = ir.CreateAlloca(ir.getInt1Ty());
  for (unsigned number = 0; number < convention_.real_arguments; ++number)
    registers.vector[number].parameters = {number};
}

void LiftMachine::refuse(std::string reason) {
  if (refusal_.empty()) refusal_ = std::move(reason);
}

unsigned LiftMachine::bytes_of(llvm::Type* type) const {
  return static_cast<unsigned>(function_.getParent()->getDataLayout().getTypeStoreSize(type));
}

// ---- registers

llvm::Value* LiftMachine::read_general(unsigned number, unsigned width) {
  note_read(number, width);
  const General& place = general_[number];
  if (width == 64) return ir.CreateLoad(ir.getInt64Ty(), place.wide);
  if (width == 32) return ir.CreateLoad(ir.getInt32Ty(), place.word);
  if (width == 16) return ir.CreateLoad(ir.getInt16Ty(), place.half);
  return ir.CreateLoad(ir.getInt8Ty(), place.byte);
}

void LiftMachine::write_general(unsigned number, llvm::Value* value) {
  note_write(number, value->getType()->getIntegerBitWidth());
  set_facets(number, value);
}

void LiftMachine::set_facets(unsigned number, llvm::Value* value) {
  const General& place = general_[number];
  ir.CreateStore(ir.CreateZExtOrTrunc(value, ir.getInt64Ty()), place.wide);
  ir.CreateStore(ir.CreateZExtOrTrunc(value, ir.getInt32Ty()), place.word);
  ir.CreateStore(ir.CreateZExtOrTrunc(value, ir.getInt16Ty()), place.half);
  ir.CreateStore(ir.CreateZExtOrTrunc(value, ir.getInt8Ty()), place.byte);
}

llvm::Value* LiftMachine::read_vector(unsigned number, llvm::Type* type) {
  note_vector_read(number, AbiType::v128);
  llvm::AllocaInst* const whole = vector_[number].whole;
  return ir.CreateBitCast(ir.CreateLoad(whole->getAllocatedType(), whole), type);
}

llvm::Value* LiftMachine::read_double(unsigned number) {
  note_vector_read(number, AbiType::f64);
  return ir.CreateLoad(ir.getDoubleTy(), vector_[number].real);
}

llvm::Value* LiftMachine::read_float(unsigned number) {
  note_vector_read(number, AbiType::f32);
  return ir.CreateLoad(ir.getFloatTy(), vector_[number].single);
}

void LiftMachine::write_vector(unsigned number, llvm::Value* value) {
  note_vector_write(number, AbiType::v128);
  const Vector& place = vector_[number];
  ir.CreateStore(ir.CreateBitCast(value, place.whole->getAllocatedType()), place.whole);
  const auto low = [&](llvm::Type* type, unsigned count, llvm::AllocaInst* where) {
    llvm::Value* const parts = ir.CreateBitCast(value, llvm::FixedVectorType::get(type, count));
    ir.CreateStore(ir.CreateExtractElement(parts, std::uint64_t{0}), where);
  };
  low(ir.getDoubleTy(), 2, place.real);
  low(ir.getFloatTy(), 4, place.single);
}

/// `value`, a double or float, as the lowest of a vector whose others are those of `others`.
void LiftMachine::write_lowest(unsigned number, llvm::Value* value, llvm::Value* others) {
  const Vector& place = vector_[number];
  const bool is_double = value->getType()->isDoubleTy();
  llvm::Type* const type = llvm::FixedVectorType::get(value->getType(), is_double ? 2 : 4);
  write_vector(number,
               ir.CreateInsertElement(ir.CreateBitCast(others, type), value, std::uint64_t{0}));
  ir.CreateStore(value, is_double ? place.real : place.single);
  note_vector_write(number, is_double ? AbiType::f64 : AbiType::f32);
}

void LiftMachine::write_lane(unsigned number, llvm::Value* value) {
  const Vector& place = vector_[number];
  write_lowest(number, value, ir.CreateLoad(place.whole->getAllocatedType(), place.whole));
}

void LiftMachine::write_alone(unsigned number, llvm::Value* value) {
  write_lowest(number, value,
               llvm::Constant::getNullValue(vector_[number].whole->getAllocatedType()));
}

void LiftMachine::copy_vector(unsigned to, unsigned from) {
  const Vector &target = vector_[to], &source = vector_[from];
  const auto copy = [&](llvm::AllocaInst* where, llvm::AllocaInst* what) {
    ir.CreateStore(ir.CreateLoad(what->getAllocatedType(), what), where);
  };
  copy(target.whole, source.whole);
  copy(target.real, source.real);
  copy(target.single, source.single);
  RegisterOrigin& origin = registers.vector[from];
  origin.is_read = true;
  RegisterOrigin copied = origin;
  copied.kind = RegisterOrigin::Kind::defined;
  copied.is_read = false;
  if (copied.type == AbiType::none) copied.type = AbiType::v128;
  registers.vector[to] = std::move(copied);
}

// ---- memory

void LiftMachine::note_escape(std::int64_t offset) {
  facts_.escapes.insert(offset);
  if (offset >= convention_.stack_arguments)
    refuse("it takes the address of an argument on the stack");
}

llvm::Value* LiftMachine::frame_pointer(std::int64_t offset, unsigned bytes) {
  unsigned& most = facts_.slots[offset];
  most = std::max(most, bytes);
  if (offset > -static_cast<std::int64_t>(bytes) && offset < convention_.stack_arguments)
    refuse("it reads or writes its return address");
  if (frame_.empty()) return llvm::PoisonValue::get(ir.getPtrTy());
  for (const FrameObject& object : frame_)
    if (object.begin <= offset && offset < object.end)
      return offset == object.begin
                 ? static_cast<llvm::Value*>(object.place)
                 : ir.CreateConstInBoundsGEP1_64(ir.getInt8Ty(), object.place,
                                                 static_cast<std::uint64_t>(offset - object.begin));
  refuse("its stack frame cannot be told");
  return llvm::PoisonValue::get(ir.getPtrTy());
}

llvm::Value* LiftMachine::frame_address(std::int64_t offset) {
  note_escape(offset);
  return ir.CreatePtrToInt(frame_pointer(offset, 1), ir.getInt64Ty());
}

bool LiftMachine::has_frame_at(std::int64_t offset) const {
  return std::ranges::any_of(frame_, [&](const FrameObject& object) {
    return object.begin <= offset && offset < object.end;
  });
}

llvm::Constant* LiftMachine::pooled_constant(llvm::Type* type, const std::string& symbol,
                                             std::int64_t offset) {
  const AsmDatum* const datum = unit_.datum(symbol);
  if (datum == nullptr || !is_constant_pool(*datum)) return nullptr;
  if (offset < 0 || static_cast<std::uint64_t>(offset) + bytes_of(type) > datum->bytes.size())
    return nullptr;
  llvm::Constant* const bytes =
      llvm::ConstantDataArray::getString(ir.getContext(), datum->bytes, /*AddNull=*/false);
  return llvm::ConstantFoldLoadFromConst(bytes, type,
                                         llvm::APInt(64, static_cast<std::uint64_t>(offset)),
                                         function_.getParent()->getDataLayout());
}

void LiftMachine::store_flags(unsigned which) {
  if (flags.kind == LiftFlags::Kind::stored) return;
  for (std::size_t i = 0; i < k_stored_flags; ++i)
    if ((which >> i & 1) != 0) ir.CreateStore(flag(i), stored_[i]);
}

// ---- symbols

llvm::Function* LiftMachine::declare(const std::string& name, const LiftSignature& signature) {
  llvm::Module& module = *function_.getParent();
  llvm::FunctionType* const type = function_type_of(signature, ir.getContext());
  llvm::GlobalValue* const known = module.getNamedValue(name);
  if (known == &function_) return &function_;
  auto* const same = llvm::dyn_cast_or_null<llvm::Function>(known);
  if (same != nullptr && same->getFunctionType() == type) return same;
  llvm::Function* const made =
      llvm::Function::Create(type, llvm::GlobalValue::ExternalLinkage, "", &module);
  take_place(*made, name, module);
  const auto extend = [&](AbiExtension extension) {
    return extension == AbiExtension::sign ? llvm::Attribute::SExt : llvm::Attribute::ZExt;
  };
  for (unsigned i = 0; i < signature.parameters.size(); ++i)
    if (signature.parameters[i].extension != AbiExtension::none)
      made->addParamAttr(i, extend(signature.parameters[i].extension));
  if (signature.result.extension != AbiExtension::none)
    made->addRetAttr(extend(signature.result.extension));
  if (!signature.returns) made->addFnAttr(llvm::Attribute::NoReturn);
  return made;
}

llvm::GlobalValue* LiftMachine::symbol(const std::string& name) {
  return symbol_in(*function_.getParent(), unit_, name);
}

// ---- where values are from

void LiftMachine::note_entry_read(unsigned number, unsigned width) {
  for (std::size_t i = 0; i < convention_.arguments.size(); ++i)
    if (convention_.arguments[i] == number)
      facts_.integer_parameters[i] = std::max(facts_.integer_parameters[i], width);
}

void LiftMachine::note_read(unsigned number, unsigned width) {
  if (registers.general[number].kind == RegisterOrigin::Kind::clobbered && !reads_for_keeping)
    refuse("it reads a register that a call has left without a value");
  RegisterOrigin& origin = registers.general[number];
  if (!origin.page.empty()) refuse("it computes with the page of an address");
  origin.is_read = true;
  origin.is_partly_fresh = false;
  if (origin.kind == RegisterOrigin::Kind::entry) note_entry_read(number, width);
  for (const std::size_t site : origin.sites) {
    CallFacts& call = facts_.calls[site];
    unsigned& most = number == convention_.result ? call.result_width : call.second_width;
    most = std::max(most, width);
  }
}

void LiftMachine::note_write(unsigned number, unsigned width) {
  registers.general[number] = {RegisterOrigin::Kind::defined, width};
}

void LiftMachine::note_vector_read(unsigned number, AbiType type) {
  if (registers.vector[number].kind == RegisterOrigin::Kind::clobbered && !reads_for_keeping)
    refuse("it reads a register that a call has left without a value");
  RegisterOrigin& origin = registers.vector[number];
  origin.is_read = true;
  const auto learn = [&](AbiType& known) {
    if (known == AbiType::none || known == AbiType::v128) known = type;
  };
  for (const unsigned parameter : origin.parameters) learn(facts_.real_parameters[parameter]);
  for (const std::size_t site : origin.sites) learn(facts_.calls[site].real_result);
}

void LiftMachine::note_vector_write(unsigned number, AbiType type) {
  registers.vector[number] = {.kind = RegisterOrigin::Kind::defined, .width = 128, .type = type};
}

void LiftMachine::forget_caller_saved() {
  const auto forget = [&](llvm::AllocaInst* part) {
    ir.CreateStore(llvm::UndefValue::get(part->getAllocatedType()), part);
  };
  for (const unsigned number : convention_.changed) {
    const General& place = general_[number];
    for (llvm::AllocaInst* part : {place.wide, place.word, place.half, place.byte}) forget(part);
    registers.general[number] = {RegisterOrigin::Kind::clobbered};
  }
  for (unsigned number = 0; number < vector_.size(); ++number) {
    const Vector& place = vector_[number];
    if (std::ranges::find(convention_.halves_kept, number) != convention_.halves_kept.end()) {
      llvm::Type* const type = llvm::FixedVectorType::get(ir.getDoubleTy(), 2);
      llvm::Value* const kept =
          ir.CreateInsertElement(llvm::UndefValue::get(type),
                                 ir.CreateLoad(ir.getDoubleTy(), place.real), std::uint64_t{0});
      ir.CreateStore(ir.CreateBitCast(kept, place.whole->getAllocatedType()), place.whole);
      continue;
    }
    for (llvm::AllocaInst* part : {place.whole, place.real, place.single}) forget(part);
    registers.vector[number] = {RegisterOrigin::Kind::clobbered};
  }
  flags = {};
}

}  // namespace llmc
