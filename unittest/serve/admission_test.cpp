#include "serve/admission.h"

#include <gtest/gtest.h>

#include <future>
#include <thread>

namespace llmc {
namespace {

using std::chrono::milliseconds;
using Answer = Admission::Answer;

constexpr milliseconds k_long{60'000};

bool yes() { return true; }

/// Somebody who waits in another thread, and is known to do so.
std::future<Answer> wait_in(Admission& admission) {
  auto answer = std::async(std::launch::async, [&] { return admission.enter(k_long, yes); });
  while (admission.load().waiting == 0) std::this_thread::sleep_for(milliseconds(1));
  return answer;
}

TEST(Admission, SlotsThenQueueThenNothing) {
  Admission admission(2, 1);
  EXPECT_EQ(admission.enter(k_long, yes), Answer::admitted);
  EXPECT_EQ(admission.enter(k_long, yes), Answer::admitted);
  EXPECT_EQ(admission.load().busy, 2U);
  auto waiting = wait_in(admission);
  EXPECT_EQ(admission.enter(k_long, yes), Answer::full);
  admission.leave();
  EXPECT_EQ(waiting.get(), Answer::admitted);
  EXPECT_EQ(admission.load().busy, 2U);
  EXPECT_EQ(admission.load().waiting, 0U);
}

TEST(Admission, AWaitEnds) {
  Admission admission(1, 4);
  EXPECT_EQ(admission.enter(k_long, yes), Answer::admitted);
  EXPECT_EQ(admission.enter(milliseconds(1), yes), Answer::full);
  EXPECT_EQ(admission.enter(k_long, [] { return false; }), Answer::unwanted);
  auto waiting = wait_in(admission);
  admission.close();
  EXPECT_EQ(waiting.get(), Answer::closed);
  admission.leave();
  EXPECT_EQ(admission.enter(k_long, yes), Answer::closed);
}

}  // namespace
}  // namespace llmc
