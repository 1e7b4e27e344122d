#include "corpus/evaluation_set.h"

#include "corpus/package.h"
#include "corpus/similarity.h"
#include "support/files.h"
#include "testing.h"

namespace llmc {
namespace {

namespace fs = std::filesystem;
using test::message_of;
using test::take;
using testing::HasSubstr;

std::string function(const std::string& name) {
  std::string text = "define i32 @" + name + "(i32 %0) {\n";
  for (int i = 0; i < 40; ++i) text += "call void @" + name + "_part()\n";
  return text + "ret i32 %0\n}\n";
}

class Sets : public testing::Test {
 protected:
  fs::path file(const std::string& name, const std::string& bytes) {
    const fs::path path = folder_.path() / name;
    EXPECT_TRUE(write_file(path, bytes));
    return path;
  }
  TemporaryFolder folder_ = take(TemporaryFolder::create());
};

TEST(InstalledEvaluationSet, HasThePackagesOfMiBenchAndItsUpstreams) {
  const EvaluationSet set = take(EvaluationSet::installed());
  for (const char* name :
       {"mibench", "libjpeg-turbo", "libjpeg9", "lame", "libmad", "tiff", "lout", "ghostscript",
        "libpng1.6", "zlib", "ispell", "gnupg2", "rsynth", "pocketsphinx", "libgsm", "fftw3"})
    EXPECT_TRUE(set.has_package(name)) << name;
  for (const char* name : {"lz4", "lua5.4", "jansson", "cmark", "expat"})
    EXPECT_FALSE(set.has_package(name)) << name;
}

TEST(InstalledEvaluationSet, HasFilesThatOthersBundle) {
  const EvaluationSet set = take(EvaluationSet::installed());
  for (const char* name :
       {"src/zlib/inflate.c", "hmac_sha1.c", "crc32.c", "Blowfish.C", "lib/jdhuff.c", "png.c",
        "tif_read.c", "dijkstra_small.c", "patricia.c", "susan.c", "rijndael-alg-fst.c", "adpcm.c"})
    EXPECT_TRUE(set.has_file(name)) << name;
  for (const char* name : {"share.c", "list.c", "parse.c", "string.c"})
    EXPECT_FALSE(set.has_file(name)) << name;
}

TEST(InstalledEvaluationSet, KnowsFunctionsOfSeveralUpstreams) {
  EXPECT_GT(take(EvaluationSet::installed()).functions(), 3000U);
}

TEST(InstalledEvaluationSet, HasNothingThatTheManifestNames) {
  const EvaluationSet set = take(EvaluationSet::installed());
  for (const ManifestRow& row : take(read_manifest(default_manifest())))
    EXPECT_FALSE(set.has_package(row.package)) << row.package;
}

TEST_F(Sets, KnowFunctionsWhateverTheirSymbolsAreCalled) {
  const auto rules = file("rules", "package a\nword b\nbeginning c\n");
  const auto functions =
      file("functions", print_evaluation_functions({shape_of(function("inflate"))}));
  const EvaluationSet set = take(EvaluationSet::read(rules, functions));
  EXPECT_EQ(set.functions(), 1U);
  EXPECT_TRUE(set.has_function(function("inflate")));
  EXPECT_TRUE(set.has_function(function("my_renamed_copy")));
  EXPECT_FALSE(set.has_function(function("inflate") + "ret void\n"));
}

TEST_F(Sets, LeaveFunctionsAloneThatAreTooShortToTell) {
  const std::string tiny = "define void @f() {\nret void\n}\n";
  const auto functions = file("functions", print_evaluation_functions({shape_of(tiny)}));
  const EvaluationSet set =
      take(EvaluationSet::read(file("rules", "package a\nword b\nbeginning c\n"), functions));
  EXPECT_FALSE(set.has_function(tiny));
}

TEST_F(Sets, RefuseDamagedFiles) {
  const auto rules = file("rules", "package a\nword b\nbeginning c\n");
  std::string bytes = print_evaluation_functions({shape_of("f"), shape_of("g")});
  for (const std::string& wrong :
       {bytes.substr(0, bytes.size() - 1), bytes.substr(0, 20), std::string("else"), std::string()})
    EXPECT_THAT(message_of(EvaluationSet::read(rules, file("functions", wrong))),
                HasSubstr("damaged"));
  bytes[30] ^= 1;
  EXPECT_THAT(message_of(EvaluationSet::read(rules, file("functions", bytes))),
              HasSubstr("damaged"));
  const auto good = file("good", print_evaluation_functions({}));
  EXPECT_THAT(message_of(EvaluationSet::read(file("rules", "folder x\n"), good)),
              HasSubstr("rules:1: expected 'package', 'word' or 'beginning'"));
  EXPECT_THAT(
      message_of(EvaluationSet::read(file("rules", "package (\nword b\nbeginning c\n"), good)),
      HasSubstr("no regular expression"));
}

TEST(Licences, AreTheShortNamesOfTheMachineReadableFormat) {
  EXPECT_EQ(licences_of("Format: https://www.debian.org/doc/packaging-manuals/copyright-format/"
                        "1.0/\n\nFiles: *\nLicense: Expat\n\nFiles: debian/*\nLicense: GPL-2+ \n"
                        "\nLicense: Expat\n text\n"),
            "Expat, GPL-2+");
  EXPECT_EQ(licences_of("This package was debianized by someone.\nLicense: free\n"),
            "see debian/copyright");
}

}  // namespace
}  // namespace llmc
