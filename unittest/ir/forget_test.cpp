#include "ir/forget.h"

#include "testing.h"

namespace llmc {
namespace {

using test::take;
using testing::HasSubstr;
using testing::Not;

constexpr const char* k_text =
    "define noundef signext i16 @f(ptr noalias nonnull byval(i32) %p, i16 noundef signext %a) "
    "nounwind willreturn memory(none) minsize {\n"
    "  %b = add nsw i16 %a, 1\n"
    "  %q = getelementptr inbounds i8, ptr %p, i64 4\n"
    "  %x = fadd fast float 1.0, 2.0\n"
    "  %c = call noundef i32 @g(ptr noundef nonnull byval(i32) %q) nounwind willreturn\n"
    "  ret i16 %b\n}\n"
    "declare i32 @g(ptr nocapture byval(i32)) nofree noreturn\n";

std::string after(Forget what) {
  IrModule module = take(IrModule::parse(k_text, "text"));
  forget(module, what);
  EXPECT_TRUE(module.verify());
  return module.text();
}

TEST(Forgetting, NothingLeavesTheModuleAlone) {
  EXPECT_EQ(after(Forget::nothing), take(IrModule::parse(k_text, "text")).text());
}

TEST(Forgetting, AttributesKeepsWhatDecidesCallsAndLayout) {
  const std::string text = after(Forget::attributes);
  for (const char* promise :
       {"noundef", "noalias", "nonnull", "willreturn", "memory", "nocapture", "nofree"})
    EXPECT_THAT(text, Not(HasSubstr(promise))) << promise;
  for (const char* kept : {"signext i16 @f", "byval(i32)", "i16 signext", "nounwind", "minsize",
                           "noreturn", "add nsw", "inbounds", "fadd fast"})
    EXPECT_THAT(text, HasSubstr(kept)) << kept;
}

TEST(Forgetting, FlagsForgetsAttributesAsWell) {
  const std::string text = after(Forget::flags);
  for (const char* promise : {"noundef", "nsw", "inbounds", "fast"})
    EXPECT_THAT(text, Not(HasSubstr(promise))) << promise;
}

}  // namespace
}  // namespace llmc
