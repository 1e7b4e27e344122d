#include "benchmark/answer_journal.h"

#include <nlohmann/json.hpp>

#include <system_error>

namespace llmc {
namespace {

using OrderedJson = nlohmann::ordered_json;
namespace fs = std::filesystem;

std::string print_answer(const std::string& proposer, const std::string& id,
                         const ModelAnswer& answer) {
  OrderedJson predicted = OrderedJson::object();
  for (const auto& [list, sizes] : answer.predicted) predicted[list] = {sizes.first, sizes.second};
  return OrderedJson({{"proposer", proposer},
                      {"id", id},
                      {"lists", answer.lists},
                      {"predicted", std::move(predicted)},
                      {"changes", answer.changes},
                      {"prompt_tokens", answer.prompt_tokens},
                      {"fits", answer.fits},
                      {"is_split", answer.is_split},
                      {"failure", answer.failure},
                      {"seconds", answer.seconds}})
             .dump(-1, ' ', false, OrderedJson::error_handler_t::replace) +
         "\n";
}

/// Reads the members of a line's object; what is missing or of another type is remembered.
class AnswerReader {
 public:
  explicit AnswerReader(const OrderedJson& json) : json_(json) { is_whole_ = json.is_object(); }

  template <typename T>
  void read(const char* name, T& value) {
    if (const OrderedJson* one = member(name)) read(*one, value);
  }
  void read(const char* name, std::vector<std::string>& values) {
    const OrderedJson* list = member(name);
    if (list == nullptr || !expect(list->is_array())) return;
    for (const OrderedJson& one : *list) read(one, values.emplace_back());
  }
  void read(const char* name,
            std::map<std::string, std::pair<std::uint64_t, std::uint64_t>>& values) {
    const OrderedJson* sizes = member(name);
    if (sizes == nullptr || !expect(sizes->is_object())) return;
    for (const auto& [list, pair] : sizes->items()) {
      if (!expect(pair.is_array() && pair.size() == 2)) return;
      read(pair[0], values[list].first);
      read(pair[1], values[list].second);
    }
  }

  void read(const char* name, std::map<std::string, double>& values) {
    const OrderedJson* changes = member(name);
    if (changes == nullptr || !expect(changes->is_object())) return;
    for (const auto& [list, change] : changes->items()) read(change, values[list]);
  }

  [[nodiscard]] bool is_whole() const { return is_whole_; }

 private:
  bool expect(bool right) { return right || (is_whole_ = false); }
  const OrderedJson* member(const char* name) {
    if (!is_whole_) return nullptr;
    const auto found = json_.find(name);
    return expect(found != json_.end()) ? &*found : nullptr;
  }
  void read(const OrderedJson& json, std::string& value) {
    if (expect(json.is_string())) value = json.get<std::string>();
  }
  void read(const OrderedJson& json, std::uint64_t& value) {
    if (expect(json.is_number_unsigned())) value = json.get<std::uint64_t>();
  }
  void read(const OrderedJson& json, bool& value) {
    if (expect(json.is_boolean())) value = json.get<bool>();
  }
  void read(const OrderedJson& json, double& value) {
    if (expect(json.is_number())) value = json.get<double>();
  }

  const OrderedJson& json_;
  bool is_whole_ = true;
};

}  // namespace

bool AnswerJournal::read_line(std::string_view line) {
  const OrderedJson json = OrderedJson::parse(line, /*cb=*/nullptr, /*allow_exceptions=*/false);
  std::pair<std::string, std::string> key;
  ModelAnswer answer;
  AnswerReader reader(json);
  reader.read("proposer", key.first);
  reader.read("id", key.second);
  reader.read("lists", answer.lists);
  reader.read("predicted", answer.predicted);
  reader.read("changes", answer.changes);
  reader.read("prompt_tokens", answer.prompt_tokens);
  reader.read("fits", answer.fits);
  reader.read("is_split", answer.is_split);
  reader.read("failure", answer.failure);
  reader.read("seconds", answer.seconds);
  if (!reader.is_whole()) return false;
  answers_.try_emplace(std::move(key), std::move(answer));
  return true;
}

Result<AnswerJournal> AnswerJournal::create(const fs::path& path, const RunRow& run) {
  AnswerJournal journal;
  journal.path_ = path;
  LLMC_TRY(journal.file_, GrowingFile::create(path));
  LLMC_CHECK(journal.file_.append(print_result_row(run)));
  return journal;
}

Result<AnswerJournal> AnswerJournal::resume(const fs::path& path, const RunRow& run) {
  LLMC_TRY(const std::string text, read_own_run(path, run));
  if (text.empty()) return create(path, run);
  AnswerJournal journal;
  journal.path_ = path;
  std::size_t kept = text.find('\n') + 1;
  for (std::size_t end = text.find('\n', kept); end != std::string::npos;
       end = text.find('\n', kept)) {
    if (!journal.read_line(std::string_view(text).substr(kept, end - kept))) break;
    kept = end + 1;
  }
  LLMC_TRY(journal.file_, GrowingFile::begin_with(path, std::string_view(text).substr(0, kept)));
  return journal;
}

const ModelAnswer* AnswerJournal::find(const std::string& proposer, const std::string& id) const {
  const auto found = answers_.find({proposer, id});
  return found == answers_.end() ? nullptr : &found->second;
}

Result<void> AnswerJournal::add(const std::string& proposer, const std::string& id,
                                ModelAnswer answer) {
  const auto [known, is_new] = answers_.try_emplace({proposer, id}, std::move(answer));
  return is_new ? file_.append(print_answer(proposer, id, known->second)) : Result<void>();
}

void AnswerJournal::remove_file() {
  file_ = {};
  std::error_code ignored;
  if (!path_.empty()) fs::remove(path_, ignored);
}

}  // namespace llmc
