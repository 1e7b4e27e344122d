#include "train/tokenizer.h"

#include "support/random.h"
#include "testing.h"
#include "train/toy_tokenizer.h"

namespace llmc::train {
namespace {

using llmc::test::message_of;
using llmc::test::take;
using test::toy;

std::vector<std::string> texts_of(const Tokenizer& tokenizer, std::string_view text) {
  std::vector<std::string> texts;
  for (const std::uint16_t token : tokenizer.encode(text))
    texts.push_back(tokenizer.pieces()[token].text);
  return texts;
}

/// Byte-pair encoding as it is defined, for ASCII: looks through all neighbours for each join.
std::vector<std::string> join_naively(const std::vector<Piece>& pieces, std::string_view text) {
  std::vector<std::string> parts;
  for (const char c : text) parts.push_back(c == ' ' ? "\u2581" : std::string(1, c));
  const auto score = [&](const std::string& joined) {
    for (const Piece& piece : pieces)
      if (piece.kind == PieceKind::normal && piece.text == joined) return piece.score;
    return -1e9F;
  };
  while (true) {
    float best = -1e9F;
    std::size_t at = 0;
    for (std::size_t i = 0; i + 1 < parts.size(); ++i)
      if (score(parts[i] + parts[i + 1]) > best) best = score(parts[at = i] + parts[i + 1]);
    if (best == -1e9F) return parts;
    parts[at] += parts[at + 1];
    parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(at) + 1);
  }
}

std::string random_text(Random& random, std::string_view alphabet, std::size_t longest) {
  std::string text(random.below(longest + 1), ' ');
  for (char& c : text) c = alphabet[random.below(alphabet.size())];
  return text;
}

TEST(Tokenizer, JoinsTheHighestScoreFirstAndOfEqualsTheLeftmost) {
  EXPECT_THAT(texts_of(toy(), "abc"), testing::ElementsAre("abc"));
  EXPECT_THAT(texts_of(toy(), "aaa"), testing::ElementsAre("aa", "a"));
  EXPECT_THAT(texts_of(toy(), "cabc"), testing::ElementsAre("c", "abc"));
  EXPECT_THAT(texts_of(toy(), "\n%1 = load"),
              testing::ElementsAre("\n%", "1", "\u2581=\u2581", "load"));
}

TEST(Tokenizer, JoinsAsTheDefinitionSays) {
  const Tokenizer tokenizer = toy();
  Random random(1);
  for (int i = 0; i < 3000; ++i) {
    const std::string text = random_text(random, "aaabbccalignod \n%=", 40);
    ASSERT_EQ(texts_of(tokenizer, text), join_naively(tokenizer.pieces(), text)) << text;
  }
}

TEST(Tokenizer, MarkupIsOneTokenWhereverItStands) {
  EXPECT_THAT(texts_of(toy(), "a[INST]b[/INST]<code></code>"),
              testing::ElementsAre("a", "[INST]", "b", "[/INST]", "<code>", "</code>"));
  EXPECT_THAT(texts_of(toy(), "[INST"), testing::ElementsAre("[", "I", "N", "S", "T"));
}

TEST(Tokenizer, ControlTokensThatTextSpellsAreText) {
  for (const char* text : {"<s>", "</s>", "<unk>", "<pad>", "<0x41>"})
    for (const std::uint16_t token : toy().encode(text))
      EXPECT_EQ(toy().pieces()[token].kind, PieceKind::normal) << text;
}

TEST(Tokenizer, DecodesAnyBytesToThemselves) {
  const Tokenizer tokenizer = toy();
  Random random(2);
  std::string all(256, ' ');
  for (unsigned byte = 0; byte < 256; ++byte) all[byte] = static_cast<char>(byte);
  // Bytes that make and break UTF-8, among them those of U+2581, U+FFFD, surrogates and overlong
  // forms.
  constexpr char k_nasty[] = "\xE2\x96\x81\xEF\xBF\xBD\xED\xA0\x80\xC0\xAF\xF4\x90\x00 a<0x[INST]";
  const std::string nasty(k_nasty, sizeof k_nasty - 1);
  for (int i = 0; i < 3000; ++i)
    for (const std::string& alphabet : {all, nasty}) {
      const std::string text = random_text(random, alphabet, 60);
      ASSERT_EQ(tokenizer.decode(tokenizer.encode(text)), text);
    }
}

TEST(Tokenizer, BytesThatAreNoTextAreATokenEach) {
  EXPECT_THAT(texts_of(toy(), "a\u2581b"),
              testing::ElementsAre("a", "<0xE2>", "<0x96>", "<0x81>", "b"));
  EXPECT_THAT(texts_of(toy(), "\xFF"), testing::ElementsAre("<0xFF>"));
  EXPECT_THAT(texts_of(toy(), std::string_view("\0", 1)), testing::ElementsAre("<0x00>"));
  EXPECT_THAT(texts_of(toy(), "\xC3\xA9"), testing::ElementsAre("<0xC3>", "<0xA9>"));
}

TEST(Tokenizer, ControlTokensDecodeToNothing) {
  const std::vector<std::uint16_t> tokens = {k_begin_id, k_unknown_id, k_end_id, k_padding_id,
                                             65535};
  EXPECT_EQ(toy().decode(tokens), "");
}

TEST(Tokenizer, AModelThatIsCutOffAnywhereIsRefused) {
  const std::string model = test::model_of(test::toy_pieces());
  for (std::size_t size = 0; size < model.size(); ++size)
    EXPECT_NE(message_of(Tokenizer::from_bytes(model.substr(0, size))), "") << size;
}

TEST(Tokenizer, AModelWithoutWhatLlmcNeedsIsRefused) {
  const auto refused = [](const auto& change) {
    std::vector<Piece> pieces = test::toy_pieces();
    change(pieces);
    return message_of(Tokenizer::from_bytes(test::model_of(pieces)));
  };
  EXPECT_THAT(refused([](auto& pieces) { pieces[3].kind = PieceKind::normal; }),
              testing::HasSubstr("<pad>"));
  EXPECT_THAT(refused([](auto& pieces) { pieces.erase(pieces.begin() + 8); }),
              testing::HasSubstr("every byte"));
  EXPECT_THAT(refused([](auto& pieces) { pieces.push_back(pieces.back()); }),
              testing::HasSubstr("twice"));
  EXPECT_THAT(refused([](auto& pieces) { pieces.push_back({"\u00e9x"}); }),
              testing::HasSubstr("a character that is no entry"));
}

TEST(Tokenizer, TheFingerprintIsTheFnvHashOfTheFile) {
  static_assert(fnv1a("") == 0xcbf29ce484222325);
  static_assert(fnv1a("a") == 0xaf63dc4c8601ec8c);
  static_assert(fnv1a("foobar") == 0x85944171f73967e8);
  EXPECT_EQ(toy().fingerprint(), fnv1a(test::model_of(test::toy_pieces())));
}

TEST(Pieces, ReplacingTextsKeepsTheRest) {
  const std::string model = test::model_of(test::toy_pieces());
  EXPECT_EQ(take(replace_texts(model, [](const Piece& piece) { return piece.text; })), model);
  const std::string longer = take(replace_texts(model, [](const Piece& piece) {
    return piece.kind == PieceKind::normal ? piece.text + "+" : piece.text;
  }));
  const std::vector<Piece> pieces = test::toy_pieces();
  const std::vector<Piece> read = take(read_pieces(longer));
  ASSERT_EQ(read.size(), pieces.size());
  EXPECT_EQ(read[270].text, pieces[270].text + "+");
  EXPECT_EQ(read[270].score, pieces[270].score);
}

}  // namespace
}  // namespace llmc::train
