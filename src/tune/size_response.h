// How the sizes of programs respond to pass lists: a few hundred classes of programs that respond
// alike, learnt from a table of sizes, and which lists to try where the class is only guessed.
//
// Measured on functions, a hundred lists fall apart into a few ways in which programs respond:
// those with many stack slots shrink with sroa alone, those with tables grow with it, most do
// not care. Which of them a program is of can be guessed from what it looks like (a model does,
// from its sketch); what to try then follows from the guess:
//
//     class   share   list A   list B   list C         (log of size / -Oz size)
//       1      0.6     -0.10    -0.09     0            first try: A, which is worth 0.06
//       2      0.4      0        0       -0.08         then C (0.032), for B adds nothing to A
//
// The order is Nemhauser's greedy one, as for the portfolio (tune/portfolio.h), with the classes in
// place of programs.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "support/error.h"
#include "tune/portfolio.h"

namespace llmc {

/// The programs that respond alike.
struct ResponseClass {
  std::uint64_t programs = 0;  ///< of those that the classes were learnt from
  /// For each list: what it typically saves, as -log(size / -Oz size); at least 0, because -Oz
  /// stands where a list is worse.
  std::vector<double> saving;
  std::vector<double> change;  ///< the mean of log(size / -Oz size), cut off at ±1
};

struct ResponseClasses {
  std::vector<std::string> lists;  ///< canonical texts, in the order of a portfolio
  std::vector<ResponseClass> classes;  ///< the first: programs that no list makes smaller

  /// The class that responds most like this; `log_ratios` for each list, NaN where it failed.
  [[nodiscard]] std::size_t nearest(const std::vector<double>& log_ratios) const;
  /// The share of each class among the programs that they were learnt from.
  [[nodiscard]] std::vector<double> shares() const;
};

/// Learns at most `count` classes, at least 2, from the first `lists.size()` columns: k-means
/// (Lloyd 1982) from random programs, on the square roots of the savings, cut off, which keep a few
/// programs with large ones from taking all classes. Classes of fewer than `least` programs are
/// dissolved: nothing could be learnt about them. The same table and seed give the same.
ResponseClasses learn_response_classes(const RatioTable& log_ratios, std::vector<std::string> lists,
                                       std::size_t count, std::uint64_t seed,
                                       std::size_t least = 8);

/// `classes` with further `lists` behind theirs. Row i of `log_ratios`, for these lists, is of a
/// program of class `owners[i]`; a class responds to them as these programs do in the mean. Of a
/// class without any it is taken that nothing is saved, and that sizes change as those of all rows
/// do.
ResponseClasses extend_response_classes(ResponseClasses classes,
                                        const std::vector<std::string>& lists,
                                        const RatioTable& log_ratios,
                                        const std::vector<std::size_t>& owners);

/// The classes as text, which models carry with them:
///
///     text   := "llmc-responses 1 " CHECKSUM "\n" list* class* "end " CLASSES "\n"
///     list   := "list " TEXT "\n"
///     class  := "class " PROGRAMS "\n" "saving" values "\n" "change" values "\n"
///     values := (" " [TIMES "*"] PER-MILLE)*               one for each list
///
/// CHECKSUM is the XXH3-128 of all bytes after the first line.
std::string print_response_classes(const ResponseClasses& classes);

/// Reads such a text; errors name `name` and the line.
Result<ResponseClasses> parse_response_classes(std::string_view text, const std::string& name);

/// What is guessed of one part of a program, a function.
struct ResponseGuess {
  double weight = 1;  ///< its share of the program's size
  std::vector<double> shares;  ///< the probability of each class
};

/// For each list the mean of log(size / -Oz size) of a program of these parts; what is not guessed
/// of stays as it is.
std::vector<double> expected_changes(const ResponseClasses& classes,
                                     const std::vector<ResponseGuess>& guesses);

/// The indices of up to `most` lists to try on a program of these parts, in this order: each adds
/// most to those before it, in the mean. Of one part the classes are the cases that the mean is
/// taken over; of several parts 256 draws of a class for each are, and a list's response is the sum
/// over the parts. Lists that add nothing are left out.
std::vector<std::size_t> plan_lists(const ResponseClasses& classes,
                                    const std::vector<ResponseGuess>& guesses, std::size_t most);

}  // namespace llmc
