#include "serve/endpoint.h"

#include <gmock/gmock.h>

namespace llmc {
namespace {

using testing::ElementsAre;
using testing::StartsWith;

Result<CommandLine> ask(std::string_view path, std::string_view body) {
  return read_request(*find_endpoint(path), body);
}

/// The sentence of a refused request; empty if it is accepted.
std::string refusal(std::string_view path, std::string_view body) {
  auto line = ask(path, body);
  return line ? "" : line.error().message;
}

TEST(Endpoint, ASizeIsMeasuredOfAFileWithTheLanguagesEnding) {
  const auto line = ask("/v1/size", R"({"code": "int x;", "language": "c++"})");
  ASSERT_TRUE(line);
  EXPECT_THAT(line->arguments, ElementsAre("size", "--json", "program.cpp"));
  EXPECT_EQ(line->code_file, "program.cpp");
  EXPECT_EQ(line->code, "int x;");
  EXPECT_EQ(line->output_file, "");
}

TEST(Endpoint, OptimizeTakesWhatItsFieldsSay) {
  const auto line = ask("/v1/optimize", R"({"code": "int x;", "language": "c", "k": 30,
                                            "from": ["search", "model"], "output": "object"})");
  ASSERT_TRUE(line);
  EXPECT_THAT(line->arguments,
              ElementsAre("optimize", "--json", "-k", "30", "--from", "search,model", "-o",
                          "output.o", "--emit", "obj", "program.c"));
  EXPECT_EQ(line->output_file, k_object_file);
}

TEST(Endpoint, FieldsMayBeLeftOut) {
  const auto line = ask("/v1/optimize", R"({"code": "x", "language": "ir", "output": "none"})");
  ASSERT_TRUE(line);
  EXPECT_THAT(line->arguments, ElementsAre("optimize", "--json", "program.ll"));
  EXPECT_EQ(line->output_file, "");
}

TEST(Endpoint, OutputsHaveNamesOfTheirOwn) {
  EXPECT_EQ(ask("/v1/optimize", R"({"code": "x", "language": "c", "output": "ir"})")->output_file,
            "output.ll");
  EXPECT_EQ(
      ask("/v1/optimize", R"({"code": "x", "language": "c", "output": "assembly"})")->output_file,
      "output.s");
}

TEST(Endpoint, EmulateTakesAListAndWhatIsWanted) {
  const auto line = ask("/v1/emulate", R"({"code": "int x;", "language": "c",
                                           "list": "mem2reg,default<Oz>", "wanted": "assembly"})");
  ASSERT_TRUE(line);
  EXPECT_THAT(line->arguments,
              ElementsAre("emulate", "--json", "-p", "mem2reg,default<Oz>", "--asm", "program.c"));
  const auto ir =
      ask("/v1/emulate", R"({"code": "x", "language": "c", "list": "", "wanted": "ir"})");
  ASSERT_TRUE(ir);
  EXPECT_THAT(ir->arguments, ElementsAre("emulate", "--json", "-p", "", "program.c"));
}

TEST(Endpoint, LiftTakesAssemblyAlone) {
  const auto line = ask("/v1/lift", R"({"assembly": "ret"})");
  ASSERT_TRUE(line);
  EXPECT_THAT(line->arguments, ElementsAre("lift", "--json", "--with-ir", "program.s"));
  EXPECT_THAT(refusal("/v1/lift", R"({"assembly": "ret", "language": "assembly"})"),
              StartsWith("language: unknown field; expected assembly"));
}

TEST(Endpoint, RefusalsBeginWithTheField) {
  const std::pair<const char*, const char*> bodies[] = {
      {R"("k": 0)", "k: expected a whole number from 1 to 30"},
      {R"("k": 31)", "k: "},
      {R"("k": 1.5)", "k: "},
      {R"("k": "1")", "k: "},
      {R"("k": 18446744073709551615)", "k: "},
      {R"("from": "model")", "from: expected an array of some of model, portfolio, search"},
      {R"("from": [])", "from: "},
      {R"("from": ["model", "model"])", "from: "},
      {R"("from": ["--help"])", "from: "},
      {R"("from": {"model": 1})", "from: "},
      {R"("output": "/etc/passwd")", "output: expected one of none, object, ir, assembly"},
      {R"("output": null)", "output: "},
      {R"("list": "mem2reg")", "list: unknown field"},
  };
  for (const auto& [field, words] : bodies)
    EXPECT_THAT(
        refusal("/v1/optimize", std::string(R"({"code": "x", "language": "c", )") + field + "}"),
        StartsWith(words));
}

TEST(Endpoint, AListIsNoOption) {
  for (const char* list : {R"("--model=http://example")", R"("-X")", R"("a\u0000b")", R"("a\nb")",
                           R"("é")", "1", R"(["mem2reg"])"})
    EXPECT_THAT(refusal("/v1/emulate",
                        std::string(R"({"code": "x", "language": "c", "list": )") + list + "}"),
                StartsWith("list: "));
  EXPECT_EQ(refusal("/v1/emulate", R"({"code": "x", "language": "c"})"),
            "list: the field is missing");
}

TEST(Endpoint, FileNamesNeverComeFromTheRequest) {
  for (const Endpoint& endpoint : endpoints())
    for (const Language& language : endpoint.languages)
      EXPECT_EQ(language.extension.find('/'), std::string_view::npos);
  EXPECT_THAT(refusal("/v1/size", R"({"code": "x", "language": "c/../../x"})"),
              StartsWith("language: "));
}

TEST(Endpoint, OtherPathsAreNone) {
  EXPECT_EQ(find_endpoint("/v1/size/"), nullptr);
  EXPECT_EQ(find_endpoint(""), nullptr);
}

}  // namespace
}  // namespace llmc
