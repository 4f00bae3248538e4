// Which leads verification expects to be kept.

#include <catch2/catch.hpp>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/verify/small_job.h"

namespace leadclock::small {
namespace {

Policy Recycling(const std::string& returns) {
  return story::PolicyOf(R"(
  - {name: first, starts: lead_created, stops: call, target: 1h,
     at_risk: never}
)",
                         "reentry:\n"
                         "  ends: {disposition: recycled}\n"
                         "  returns: " +
                             returns + "\n");
}

v1::LeadEvent Recycled(const std::string& lead, const std::string& at,
                       const std::string& back = "") {
  v1::LeadEvent event = CallBy(lead, at, "ann");
  event.set_id(absl::StrCat("recycled ", at));
  event.mutable_disposition()->set_outcome("recycled");
  if (!back.empty()) {
    event.mutable_disposition()->set_return_at_ms(
        absl::ToUnixMillis(story::At(back)));
  }
  return event;
}

std::string Differences(const Job& job) {
  std::string text;
  const VerifyReport report = job.Verify();
  for (const Difference& difference : report.differences) {
    absl::StrAppend(&text, difference.text, "\n");
  }
  for (const std::string& owed : report.owed) {
    absl::StrAppend(&text, "owed: ", owed, "\n");
  }
  return text;
}

bool WasPutAway(Job& job) {
  for (const auto& output : job.log().outputs) {
    for (const WrittenRecord& record : output) {
      v1::SlaEvent event;
      REQUIRE(event.ParseFromString(*record.value));
      if (event.kind() == v1::SlaEvent::RETIRED) return true;
    }
  }
  return false;
}

// A lead that is recycled, and of which nothing is heard for two months.
Job Away(const std::string& returns, const std::string& back = "") {
  Job job(Recycling(returns));
  job.Send(Created("amy", "2026-03-02 09:00"));
  job.Send(Recycled("amy", "2026-03-02 09:10", back));
  job.Read("2026-03-02 09:20");
  job.Wait("2026-05-02 09:20");
  return job;
}

TEST_CASE("A lead that is away and may come back by an event is kept") {
  Job job = Away("{stage_changed: mql}");
  CHECK(Differences(job) == "");
  CHECK_FALSE(WasPutAway(job));
}

TEST_CASE("A lead that is away until a date is kept until then") {
  Job job = Away("{date: return}", "2026-06-01 09:00");
  CHECK(Differences(job) == "");
  CHECK_FALSE(WasPutAway(job));
}

TEST_CASE("A lead that is away and cannot come back is put away") {
  // By its date only, which nobody said.
  Job job = Away("{date: return}");
  CHECK(Differences(job) == "");
  CHECK(WasPutAway(job));
}

}  // namespace
}  // namespace leadclock::small
