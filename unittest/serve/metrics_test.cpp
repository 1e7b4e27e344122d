#include "serve/metrics.h"

#include <gmock/gmock.h>

namespace llmc {
namespace {

using testing::HasSubstr;

TEST(Metrics, BucketsAreCumulative) {
  Metrics metrics;
  for (const double seconds : {0.05, 0.3, 0.3, 100.0}) metrics.count_command("/v1/size", seconds);
  const std::string text = metrics.text({});
  const std::string bucket = "llmc_command_seconds_bucket{endpoint=\"/v1/size\",le=";
  EXPECT_THAT(text, HasSubstr(bucket + "\"0.05\"} 1\n"));
  EXPECT_THAT(text, HasSubstr(bucket + "\"0.25\"} 1\n"));
  EXPECT_THAT(text, HasSubstr(bucket + "\"0.5\"} 3\n"));
  EXPECT_THAT(text, HasSubstr(bucket + "\"60\"} 3\n"));
  EXPECT_THAT(text, HasSubstr(bucket + "\"+Inf\"} 4\n"));
  EXPECT_THAT(text, HasSubstr("llmc_command_seconds_sum{endpoint=\"/v1/size\"} 100.65"));
  EXPECT_THAT(text, HasSubstr("llmc_command_seconds_count{endpoint=\"/v1/size\"} 4\n"));
}

TEST(Metrics, CountersAdd) {
  Metrics metrics;
  metrics.count_response("/v1/size", 200, 10);
  metrics.count_response("/v1/size", 200, 5);
  metrics.count_response("other", 404, 1);
  metrics.count_received(7);
  metrics.count_rejected();
  metrics.count_killed();
  const std::string text = metrics.text({3, 2});
  for (const char* line :
       {"llmc_requests_total{endpoint=\"/v1/size\",status=\"200\"} 2\n",
        "llmc_requests_total{endpoint=\"other\",status=\"404\"} 1\n", "llmc_in_flight 3\n",
        "llmc_waiting 2\n", "llmc_rejected_total 1\n", "llmc_children_killed_total 1\n",
        "llmc_bytes_in_total 7\n", "llmc_bytes_out_total 16\n"})
    EXPECT_THAT(text, HasSubstr(std::string("\n") + line));
}

}  // namespace
}  // namespace llmc
