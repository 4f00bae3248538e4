#include <algorithm>
#include <catch2/catch.hpp>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/broker/job.h"
#include "tests/broker/lead_events.h"

namespace leadclock::broker {
namespace {

const char* const kPolicy = R"(
version: 1
responses:
  call: {direction: outbound}
clocks:
  - name: first_response
    starts: lead_created
    stops: call
    target: 4s
    at_risk: never
    ladder:
      - {at: due, do: breach, to: owner}
)";
constexpr absl::Duration kTarget = absl::Seconds(4);
constexpr int kPartitions = 3;

std::vector<v1::SlaEvent> SaidOf(const std::string& lead,
                                 const std::vector<v1::SlaEvent>& said) {
  std::vector<v1::SlaEvent> out;
  std::copy_if(said.begin(), said.end(), std::back_inserter(out),
               [&](const v1::SlaEvent& e) { return e.lead_id() == lead; });
  return out;
}

}  // namespace

TEST_CASE("An answer in an open transaction holds the verdict back") {
  const ReadyJob job(SharedBroker(),
                     {.policy = kPolicy, .partitions = kPartitions});
  const std::string answered = LeadOn(0, kPartitions);
  const std::string not_answered = LeadOn(1, kPartitions);
  const std::string elsewhere = LeadOn(2, kPartitions);
  Process worker = job.Start();
  Feed feed(job);
  Feed to_commit(job, job.group() + "-to-commit");
  Feed to_abort(job, job.group() + "-to-abort");

  const absl::Time birth =
      absl::FromUnixMillis(absl::ToUnixMillis(absl::Now()));
  const absl::Time due = birth + kTarget;
  feed.Send({Created(answered, birth), Created(not_answered, birth),
             Created(elsewhere, birth)});
  to_commit.producer().Begin();
  to_commit.Send({CallBy(answered, birth + absl::Seconds(1), "ann")});
  to_abort.producer().Begin();
  to_abort.Send({CallBy(not_answered, birth + absl::Seconds(1), "ann")});

  // Time passes: where nothing is open, it is judged.
  Audience eavesdropper(job, Isolation::kReadUncommitted);
  REQUIRE(eavesdropper.HearUntil([&](const std::vector<v1::SlaEvent>& said) {
    return SaidOf(elsewhere, said).size() == 2;
  }));
  // Long after due, also what is not committed says nothing of the others.
  SleepUntil(std::max(absl::Now(), due + absl::Seconds(2)) + absl::Seconds(1));
  const std::vector<v1::SlaEvent> before = eavesdropper.HearAll();
  CHECK(SaidOf(answered, before).empty());
  CHECK(SaidOf(not_answered, before).empty());
  REQUIRE(SaidOf(elsewhere, before).size() == 2);
  for (const v1::SlaEvent& event : SaidOf(elsewhere, before)) {
    CHECK(absl::FromUnixMillis(event.at_ms()) == due);
  }

  to_commit.producer().Commit();
  to_abort.producer().Abort();

  Audience audience(job);
  audience.HearUntil(
      [](const std::vector<v1::SlaEvent>& said) { return said.size() >= 5; });
  // A retraction would come right behind.
  SleepUntil(absl::Now() + absl::Seconds(1));
  const std::vector<v1::SlaEvent> after = audience.HearAll();
  REQUIRE(SaidOf(answered, after).size() == 1);
  const v1::SlaEvent met = SaidOf(answered, after).front();
  CHECK(met.kind() == v1::SlaEvent::MET);
  CHECK(absl::FromUnixMillis(met.at_ms()) == birth + absl::Seconds(1));
  CHECK(SaidOf(not_answered, after).size() == 2);
  for (const v1::SlaEvent& event : SaidOf(not_answered, after)) {
    CHECK((event.kind() == v1::SlaEvent::MISSED ||
           event.kind() == v1::SlaEvent::BREACH));
    CHECK(absl::FromUnixMillis(event.at_ms()) == due);
  }
  CHECK(StandingOf(after).problems == std::vector<std::string>{});
  CHECK(worker.Stop() == 0);
}

}  // namespace leadclock::broker
