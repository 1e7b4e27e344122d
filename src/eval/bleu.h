// BLEU for code.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace llmc {

/// The tokens that BLEU compares: runs of letters, digits and any of `_.$%@#!`, and every other
/// character that is no blank by itself.
std::vector<std::string> code_tokens(std::string_view code);

/// BLEU-4 of one text against one reference (Papineni et al. 2002): the brevity penalty times the
/// geometric mean of the shares of its 1- to 4-grams that the reference has, each counted at most
/// as often as there. Orders that the shorter text is too short for are left out, and nothing is
/// smoothed: a text without a single common 4-gram scores 0. 1 for equal texts.
double bleu(std::string_view text, std::string_view reference);

}  // namespace llmc
