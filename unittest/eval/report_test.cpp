#include "eval/report.h"

#include <nlohmann/json.hpp>

#include <algorithm>

#include "testing.h"

namespace llmc {
namespace {

using llmc::test::message_of;
using llmc::test::take;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

const std::string k_markup = "</script><img src=x onerror=\"alert(1)\">{{script}}<!--";

ResultSet results(const std::string& text) {
  ResultSet set;
  set.runs = {{"flags", text, "19", text, "binary", 1, text, text, text, text}};
  const Measurement sizes{1, 100, 5, 0, 0, 0};
  set.units = {{"u", text, text, "", sizes, 105, 10, true}, {"v", text, text, text}};
  set.proposals = {{"u", text, 1, text, ProposalStatus::ok, "", 90, 1, 200, 91},
                   {"u", text, 2, text, ProposalStatus::failed, text, std::nullopt, 2}};
  set.details = {{"u", text, text, text, text, sizes, {{text, 3, 2}}}};
  set.lifts = {{"l",
                text,
                text,
                text,
                text,
                3,
                LiftedTo::compiles,
                LiftExecution::equal,
                0.5,
                0.5,
                {text},
                text}};
  set.times = {{text, "u", 1}};
  set.notes = {text};
  return set;
}

ReportOptions options(const std::string& title) {
  ReportOptions made;
  made.title = title;
  made.resampling.draws = 50;
  return made;
}

TEST(Report, SectionsWithoutDataAreLeftOut) {
  const Report report = make_report(results("x"), options("t"));
  std::vector<std::string> titles;
  for (const ReportSection& section : report.sections) titles.push_back(section.title);
  EXPECT_THAT(titles, testing::ElementsAre("What was run", "Pass lists", "Lifting", "Times"));
  EXPECT_THAT(make_report({}, options("t")).sections, IsEmpty());
}

TEST(Report, PromptsAreCountedByBenchmark) {
  ResultSet set;
  const Measurement sizes{1, 100, 5, 0, 0, 0};
  set.units = {{"a", "a.c", "x", "", sizes, 105, 10, true, false},
               {"b", "b.c", "x", "", sizes, 105, 30, true, true},
               {"c", "c.c", "y", "", sizes, 105, 500, false, true},
               {"d", "d.c", "y", "", sizes, 105, std::nullopt, std::nullopt}};
  const Report report = make_report(set, options("t"));
  const auto& tables = report.sections.at(0).tables;
  const auto prompts = std::ranges::find(tables, "Prompts", &ReportTable::title);
  ASSERT_NE(prompts, tables.end());
  ASSERT_THAT(prompts->rows, SizeIs(3));
  std::vector<std::string> all;
  for (const ReportCell& cell : prompts->rows[0]) all.push_back(cell.text);
  EXPECT_EQ(all[0], "all");
  EXPECT_EQ(all[1], "3");
  for (const int column : {2, 3, 4}) EXPECT_NEAR(*prompts->rows[0][column].value, 1.0 / 3, 1e-9);
  EXPECT_EQ(prompts->rows[0][5].value, 30);
  EXPECT_EQ(prompts->rows[0][6].value, 500);
}

TEST(Report, NothingOfAResultIsMarkup) {
  const ReportAssets assets{
      "<title>{{title}}</title>{{contents}}{{notes}}{{sections}}{{licences}}"
      "{{data}}<script>{{script}}</script>",
      "", "ours()", "library()", "free"};
  const Report report = make_report(results(k_markup), options(k_markup));
  const std::string html = to_html(report, assets);
  EXPECT_THAT(html, Not(HasSubstr("<img")));
  EXPECT_THAT(html, Not(HasSubstr("<!--")));
  EXPECT_THAT(html, HasSubstr("&lt;img src=x onerror=&quot;alert(1)&quot;&gt;"));
  // What fills one place is not searched for others.
  std::size_t scripts = 0;
  for (std::size_t at = html.find("ours()"); at != html.npos; at = html.find("ours()", at + 1))
    ++scripts;
  EXPECT_EQ(scripts, 1U);
  EXPECT_THAT(to_markdown(report), Not(HasSubstr("<img")));
}

TEST(Report, TheDataOfAUnitComesBackFromThePage) {
  const ReportAssets assets{"{{data}}", "", "", "library()", "free"};
  const std::string html = to_html(make_report(results(k_markup), options("t")), assets);
  const std::string begin = "id=\"detail-0\">";
  const std::size_t at = html.find(begin) + begin.size();
  const auto detail = nlohmann::json::parse(html.substr(at, html.find("</script>", at) - at));
  EXPECT_EQ(detail["details"][0]["ir_before"], k_markup);
  EXPECT_EQ(detail["details"][0]["symbols"][0][0], k_markup);
  EXPECT_EQ(detail["lists"][0]["size"], 90);
}

TEST(Report, WithoutThePlottingLibraryThereAreTables) {
  const ReportAssets assets{"{{sections}}{{data}}", "", "", "", ""};
  const std::string html = to_html(make_report(results("x"), options("t")), assets);
  EXPECT_THAT(html, Not(HasSubstr("<figure")));
  EXPECT_THAT(html, Not(HasSubstr("plot-0")));
  EXPECT_THAT(html, HasSubstr("<table>"));
}

TEST(Report, ThePagesPartsAreThoseOfTheRepository) {
  const auto folder = llmc::test::temporary_folder();
  const ReportAssets assets =
      take(read_report_assets(llmc::test::source_path("data/report"), folder.path()));
  EXPECT_THAT(assets.library_scripts, IsEmpty());
  for (const char* place : {"title", "style", "contents", "notes", "sections", "licences", "data",
                            "library", "script", "nonce"})
    EXPECT_THAT(assets.page, HasSubstr("{{" + std::string(place) + "}}"));
  EXPECT_THAT(message_of(read_report_assets(folder.path(), folder.path())), HasSubstr("page.html"));
}

TEST(Report, ALibraryThatWouldEndItsElementIsRefused) {
  const auto folder = llmc::test::temporary_folder();
  for (const char* path : {"d3/dist/d3.min.js", "@observablehq/plot/dist/plot.umd.min.js"}) {
    const auto file = folder.path() / "node_modules" / path;
    ASSERT_TRUE(make_folder(file.parent_path()));
    ASSERT_TRUE(write_file(file, "'</SCRIPT>'"));
  }
  EXPECT_THAT(message_of(read_report_assets(llmc::test::source_path("data/report"), folder.path())),
              HasSubstr("d3.min.js: cannot stand in a page"));
}

TEST(Report, EveryTestOfLitsFormatHasItsOwnName) {
  ResultSet set = results("x");
  set.units[1] = set.units[0];
  set.units[1].id = "w";
  const auto json = nlohmann::json::parse(to_lit_json(set));
  ASSERT_THAT(json["tests"], SizeIs(2));
  EXPECT_NE(json["tests"][0]["name"], json["tests"][1]["name"]);
  EXPECT_EQ(json["tests"][0]["code"], "PASS");
  EXPECT_EQ(json["tests"][0]["metrics"]["size"], 105);
  EXPECT_EQ(json["tests"][0]["metrics"]["size.x"], 90);
  EXPECT_EQ(json["tests"][1]["metrics"]["size.x"], 105);
  EXPECT_EQ(json["tests"][0]["metrics"]["size..rodata"], 5);
}

TEST(Report, ThePageIsTheSameEachTime) {
  const ReportAssets assets{"{{nonce}}{{sections}}{{data}}", "", "", "library()", ""};
  EXPECT_EQ(to_html(make_report(results("x"), options("t")), assets),
            to_html(make_report(results("x"), options("t")), assets));
}

}  // namespace
}  // namespace llmc
