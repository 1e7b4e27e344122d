// A report as one HTML page.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "eval/report_parts.h"
#include "support/digest.h"
#include "support/files.h"

namespace llmc {
namespace {

namespace fs = std::filesystem;

/// Text between tags or in an attribute in double quotes.
std::string html_text(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\0':  // no HTML can have it
        escaped += "\xef\xbf\xbd";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

/// JSON in which nothing can end a script element or begin a comment.
std::string island(const std::string& id, std::string_view json) {
  std::string safe;
  for (const char c : json) {
    if (c == '<')
      safe += "\\u003c";
    else
      safe += c;
  }
  return fmt::format("<script type=\"application/json\" id=\"{}\">{}</script>\n", id, safe);
}

/// The page with every {{name}} replaced, in one pass: what is put in is not looked at again.
std::string filled(std::string_view page, const std::map<std::string, std::string>& values) {
  std::string text;
  while (true) {
    const std::size_t begin = page.find("{{");
    const std::size_t end = begin == page.npos ? page.npos : page.find("}}", begin);
    text += page.substr(0, begin);
    if (end == page.npos) return text;
    const auto value = values.find(std::string(page.substr(begin + 2, end - begin - 2)));
    if (value != values.end()) text += value->second;
    page.remove_prefix(end + 2);
  }
}

std::string table_html(const ReportTable& table) {
  std::vector<bool> numbers;
  for (std::size_t i = 0; i < table.columns.size(); ++i)
    numbers.push_back(
        std::ranges::any_of(table.rows, [&](const auto& row) { return row[i].value.has_value(); }));
  const auto kind = [&](std::size_t column) { return numbers[column] ? " class=\"number\"" : ""; };
  std::string html = fmt::format("<h3>{}</h3>\n", html_text(table.title));
  if (!table.note.empty()) html += fmt::format("<p class=\"note\">{}</p>\n", html_text(table.note));
  html += "<div class=\"scroll\"><table>\n<thead><tr>";
  for (std::size_t i = 0; i < table.columns.size(); ++i)
    html += fmt::format("<th scope=\"col\"{}>{}</th>", kind(i), html_text(table.columns[i]));
  html += "</tr></thead>\n<tbody>\n";
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    html +=
        table.opens.empty() ? "<tr>" : fmt::format("<tr data-opens=\"detail-{}\">", table.opens[i]);
    for (std::size_t j = 0; j < table.rows[i].size(); ++j) {
      const ReportCell& cell = table.rows[i][j];
      const std::string value =
          cell.value ? fmt::format(" data-value=\"{}\"", *cell.value) : std::string();
      html += fmt::format("<td{}{}>{}</td>", kind(j), value, html_text(cell.text));
    }
    html += "</tr>\n";
  }
  return html + "</tbody>\n</table></div>\n";
}

/// The sections, and the data of their plots.
struct PageParts {
  std::string sections, contents, data;
};

void add_plots(const ReportSection& section, std::size_t& number, PageParts& parts) {
  parts.sections += "<div class=\"plots\">\n";
  for (const ReportPlot& plot : section.plots) {
    const std::string id = fmt::format("plot-{}", number++);
    parts.sections += fmt::format(
        "<figure data-plot=\"{}\" data-kind=\"{}\"><h3>{}</h3><p class=\"note\">{}</p>"
        "<div class=\"drawing\"></div></figure>\n",
        id, plot.kind, html_text(plot.title), html_text(plot.note));
    parts.data += island(id, plot.data);
  }
  parts.sections += "</div>\n";
}

PageParts page_parts(const Report& report, bool with_plots) {
  PageParts parts;
  std::size_t plots = 0;
  parts.contents = "<nav>";
  for (std::size_t i = 0; i < report.sections.size(); ++i) {
    const ReportSection& section = report.sections[i];
    const std::string title = html_text(section.title);
    parts.contents += fmt::format("<a href=\"#section-{}\">{}</a>\n", i, title);
    parts.sections += fmt::format("<section id=\"section-{}\">\n<h2>{}</h2>\n", i, title);
    if (with_plots && !section.plots.empty()) add_plots(section, plots, parts);
    for (const ReportTable& table : section.tables) parts.sections += table_html(table);
    parts.sections += "</section>\n";
  }
  parts.contents += "</nav>";
  for (std::size_t i = 0; i < report.details.size(); ++i)
    parts.data += island(fmt::format("detail-{}", i), report.details[i]);
  return parts;
}

std::string notes_html(const std::vector<std::string>& notes) {
  if (notes.empty()) return "";
  std::string html = "<ul class=\"warnings\">\n";
  for (const std::string& note : notes) html += fmt::format("<li>{}</li>\n", html_text(note));
  return html + "</ul>";
}

/// A package's licence; empty where it has none.
std::string licence_of(const fs::path& package) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(package, error))
    if (entry.path().filename().string().starts_with("LICENSE"))
      return read_file(entry.path()).value_or("");
  return "";
}

/// The licences of all packages, equal ones once, after the names of those that have them.
std::string collect_licences(const fs::path& modules) {
  std::vector<fs::path> packages;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(modules, error)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with('@')) {
      for (const auto& scoped : fs::directory_iterator(entry.path(), error))
        packages.push_back(scoped.path());
    } else if (!name.starts_with('.')) {
      packages.push_back(entry.path());
    }
  }
  std::ranges::sort(packages);
  std::map<std::string, std::string> names;
  for (const fs::path& package : packages) {
    const std::string licence = licence_of(package);
    if (licence.empty()) continue;
    std::string& list = names[licence];
    list += (list.empty() ? "" : ", ") + package.lexically_relative(modules).generic_string();
  }
  std::string text;
  for (const auto& [licence, list] : names) text += fmt::format("{}:\n\n{}\n\n", list, licence);
  return text;
}

/// A script that can stand in a page: nothing in it ends its element.
Result<std::string> inline_script(const fs::path& path) {
  LLMC_TRY(std::string script, read_file(path));
  std::string lower = script;
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
  if (lower.contains("</script") || lower.contains("<!--"))
    return fail(fmt::format("{}: cannot stand in a page, because it has \"</script\" or \"<!--\"",
                            path.string()));
  return script;
}

}  // namespace

Result<ReportAssets> read_report_assets(const fs::path& data, const fs::path& library) {
  ReportAssets assets;
  LLMC_TRY(assets.page, read_file(data / "page.html"));
  LLMC_TRY(assets.style, read_file(data / "style.css"));
  LLMC_TRY(assets.script, inline_script(data / "report.js"));
  const fs::path modules = library / "node_modules";
  const fs::path d3 = modules / "d3" / "dist" / "d3.min.js";
  const fs::path plot = modules / "@observablehq" / "plot" / "dist" / "plot.umd.min.js";
  if (!fs::exists(d3) || !fs::exists(plot)) return assets;
  LLMC_TRY(const std::string d3_script, inline_script(d3));
  LLMC_TRY(const std::string plot_script, inline_script(plot));
  assets.library_scripts = d3_script + "\n" + plot_script;
  assets.library_licences = collect_licences(modules);
  return assets;
}

Result<ReportAssets> installed_report_assets() {
  const fs::path root = LLMC_SOURCE_FOLDER;
  return read_report_assets(root / "data" / "report", root / "third_party" / "plot");
}

std::string to_html(const Report& report, const ReportAssets& assets) {
  const bool with_plots = !assets.library_scripts.empty();
  PageParts parts = page_parts(report, with_plots);
  std::string licences;
  if (with_plots)
    licences = fmt::format(
        "<details><summary>Drawn with Observable Plot and D3; their licences</summary>"
        "<pre>{}</pre></details>",
        html_text(assets.library_licences));
  return filled(assets.page, {{"nonce", Digest::of(parts.sections + parts.data).hex()},
                              {"title", html_text(report.title)},
                              {"style", assets.style},
                              {"contents", std::move(parts.contents)},
                              {"notes", notes_html(report.notes)},
                              {"sections", std::move(parts.sections)},
                              {"licences", std::move(licences)},
                              {"data", std::move(parts.data)},
                              {"library", assets.library_scripts},
                              {"script", assets.script}});
}

}  // namespace llmc
