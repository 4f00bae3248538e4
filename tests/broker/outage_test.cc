#include <algorithm>
#include <catch2/catch.hpp>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/broker/company.h"
#include "tests/broker/job.h"
#include "tests/broker/lead_events.h"

namespace leadclock::broker {
namespace {

// ---------------------------------------------------------------------------
// The processor is away

const char* const kTenMinutes = R"(
version: 1
responses:
  call: {direction: outbound}
clocks:
  - name: first_response
    starts: lead_created
    stops: call
    target: 10m
    at_risk: never
    ladder:
      - {at: due, do: breach, to: owner}
)";
constexpr absl::Duration kTarget = absl::Minutes(10);

// A promise to a lead, and whether it is kept.
struct Promise {
  v1::LeadEvent created;
  std::optional<v1::LeadEvent> answer;
};

Promise MakePromise(const std::string& lead, absl::Time birth,
                    std::optional<absl::Time> answered_at) {
  Promise promise = {Created(lead, birth), std::nullopt};
  if (answered_at) promise.answer = CallBy(lead, *answered_at, "ann");
  return promise;
}

// As a feed would have sent it then.
RecordToSend AtItsTime(const Feed& feed, const v1::LeadEvent& event) {
  RecordToSend record = feed.RecordOf(event);
  record.timestamp = HappenedAt(event);
  return record;
}

// What is to be said of it in the end, and nothing else at any time.
NetFacts FactsOf(const Promise& promise) {
  const absl::Time due = HappenedAt(promise.created) + kTarget;
  const auto fact = [&](const std::string& name, absl::Time at,
                        const std::string& recipients) {
    return LineOf({.lead = promise.created.lead_id(),
                   .clock = "first_response",
                   .name = name,
                   .at_ms = absl::ToUnixMillis(at),
                   .started_by = "crm/" + promise.created.id(),
                   .owner = "",
                   .backup = "",
                   .manager = "",
                   .recipients = recipients});
  };
  NetFacts facts;
  const bool is_kept = promise.answer && HappenedAt(*promise.answer) <= due;
  if (!is_kept) {
    facts = {fact("missed", due, ""), fact("breach_1", due, "owner=")};
  }
  if (promise.answer) {
    facts.insert(fact(is_kept ? "met" : "answered_late",
                      HappenedAt(*promise.answer), ""));
  }
  return facts;
}

NetFacts FactsOf(const std::vector<Promise>& promises) {
  NetFacts facts;
  for (const Promise& promise : promises) facts.merge(FactsOf(promise));
  return facts;
}

absl::Time InWholeSeconds(absl::Time at) {
  return absl::FromUnixSeconds(absl::ToUnixSeconds(at));
}

// In time for a first response of the company's live leads.
constexpr absl::Duration kSoon = absl::Seconds(4);

Life LiveLead(const std::string& lead, absl::Time birth,
              std::optional<absl::Time> answered_at) {
  v1::LeadEvent created = Created(lead, birth);
  created.mutable_lead_created()->mutable_attributes()->set_market("live");
  created.mutable_lead_created()->set_owner_id("ann");
  Life life = {{created}, birth + absl::Minutes(1), absl::Seconds(1)};
  if (answered_at) life.events.push_back(CallBy(lead, *answered_at, "ann"));
  return life;
}

}  // namespace

TEST_CASE("What happened while the processor was away is judged as it was") {
  const ReadyJob job(SharedBroker(), {.policy = kTenMinutes, .partitions = 3});
  Feed feed(job);
  std::vector<Promise> promises;
  Process worker = job.Start();

  // Leads that wait when it goes, and fall due while it is away. Every second
  // one is answered in time, some of the others late. It must be gone by then
  // on a slow machine too.
  const absl::Time went = InWholeSeconds(absl::Now()) + absl::Seconds(15);
  for (int i = 0; i < 200; ++i) {
    const absl::Time due = went + absl::Seconds(1 + i % 5);
    std::optional<absl::Time> answered_at;
    if (i % 2 == 0) answered_at = due - absl::Milliseconds(i % 7);
    if (i % 10 == 1) answered_at = due + absl::Milliseconds(1);
    promises.push_back(
        MakePromise(absl::StrCat("waiting-", i), due - kTarget, answered_at));
    feed.producer().Send(AtItsTime(feed, promises.back().created));
  }
  // One on each partition falls due before it goes: its breach is committed
  // with now, from which the worker goes on when it is back.
  for (int i = 0; i < job.partitions(); ++i) {
    promises.push_back(MakePromise(LeadOn(i, job.partitions()),
                                   went - absl::Seconds(13) - kTarget,
                                   std::nullopt));
    feed.producer().Send(AtItsTime(feed, promises.back().created));
  }
  feed.producer().Flush();
  Audience audience(job);
  REQUIRE(audience.HearUntil([&](const std::vector<v1::SlaEvent>& said) {
    return said.size() == 2 * static_cast<size_t>(job.partitions());
  }));
  REQUIRE(worker.Stop() == 0);
  REQUIRE(absl::Now() < went + absl::Seconds(1));

  // The hour's own leads, which come and fall due unseen.
  for (int i = 0; i < 200; ++i) {
    const absl::Time birth = went - absl::Hours(1) + i * absl::Seconds(10);
    std::optional<absl::Time> answered_at;
    if (i % 2 == 0) answered_at = birth + kTarget - absl::Seconds(i % 3);
    promises.push_back(
        MakePromise(absl::StrCat("unseen-", i), birth, answered_at));
    feed.producer().Send(AtItsTime(feed, promises.back().created));
  }
  // The answers lie behind much that means nothing.
  for (int i = 0; i < 20'000; ++i) {
    feed.producer().Send(AtItsTime(feed, Note(absl::StrCat("waiting-", i % 200),
                                              went - absl::Milliseconds(i))));
  }
  SleepUntil(went + absl::Seconds(6));
  for (const Promise& promise : promises) {
    if (promise.answer) feed.producer().Send(AtItsTime(feed, *promise.answer));
  }
  feed.producer().Flush();
  worker = job.Start();

  const NetFacts expected = FactsOf(promises);
  CheckFacts(audience, expected);
  CHECK(worker.Stop() == 0);
  // Not one word was taken back.
  CHECK(audience.HearAll().size() == expected.size());
}

TEST_CASE(
    "A feed that returns with an hour of leads and answers is heard out") {
  const ReadyJob job(
      SharedBroker(),
      {.policy = kTenMinutes, .partitions = 3, .settle = absl::Seconds(1)});
  Feed feed(job);
  Audience audience(job);
  Process worker = job.Start();
  const absl::Time an_hour_ago = InWholeSeconds(absl::Now()) - absl::Hours(1);
  // Once their breaches are said, now is that of the wall on each partition.
  std::vector<Promise> promises;
  for (int i = 0; i < job.partitions(); ++i) {
    promises.push_back(
        MakePromise(LeadOn(i, job.partitions()), an_hour_ago, std::nullopt));
    feed.Send(promises.back().created);
  }
  REQUIRE(audience.HearUntil([&](const std::vector<v1::SlaEvent>& said) {
    return said.size() == 2 * promises.size();
  }));

  // First the leads, which are all overdue, then their answers.
  for (int i = 0; i < 200; ++i) {
    const absl::Time birth = an_hour_ago + i * absl::Seconds(10);
    std::optional<absl::Time> answered_at;
    if (i % 2 == 0) answered_at = birth + kTarget - absl::Seconds(i % 3);
    promises.push_back(
        MakePromise(absl::StrCat("hour-", i), birth, answered_at));
    feed.Send(promises.back().created);
  }
  feed.producer().Flush();
  absl::SleepFor(absl::Milliseconds(200));
  for (const Promise& promise : promises) {
    if (promise.answer) feed.Send(*promise.answer);
  }
  feed.producer().Flush();

  const NetFacts expected = FactsOf(promises);
  CheckFacts(audience, expected);
  CHECK(worker.Stop() == 0);
  CHECK(audience.HearAll().size() == expected.size());
}

// ---------------------------------------------------------------------------
// The broker is away

TEST_CASE("A broker that stops, or freezes, for a while changes nothing") {
  property::Dice dice = PrintedDice();
  Broker broker;
  const ReadyJob job(broker, {.policy = kCompanyPolicy,
                              .partitions = 2,
                              .resettle = absl::Seconds(5)});
  Feed feed(job);
  std::vector<Life> lives = SomeLives(200, dice);
  const std::vector<v1::LeadEvent> events = Shuffled(lives, dice);
  size_t sent = 0;
  const auto send_a_seventh = [&] {
    const size_t until = std::min(events.size(), sent + events.size() / 7 + 1);
    for (; sent < until; ++sent) feed.Send(events[sent]);
  };
  // Two leads that are born before the outage and fall due during it. One is
  // answered in time; its feed is cut off as well, and says so afterwards.
  std::set<std::string> answered;
  const auto live_through = [&](const std::string& name,
                                const std::function<void()>& outage) {
    // It has begun, or is back.
    send_a_seventh();
    REQUIRE(WaitUntil([&] { return job.Backlog() == 0; }));
    Life kept;
    for (int i = 1;; ++i) {
      const absl::Time birth = InWholeSeconds(absl::Now());
      const std::string lead = absl::StrCat(name, "-", i);
      kept = LiveLead(lead + "-answered", birth, birth + kSoon);
      lives.push_back(LiveLead(lead + "-waiting", birth, std::nullopt));
      feed.Send({kept.events.front(), lives.back().events.front()});
      REQUIRE(WaitUntil([&] { return job.Backlog() == 0; }));
      // On a slow machine they may fall due before the outage.
      if (absl::Now() < birth + absl::Seconds(3)) break;
      REQUIRE(i < 20);
      kept.events.pop_back();
      lives.push_back(kept);
    }
    send_a_seventh();
    outage();
    feed.Send(kept.events.back());
    send_a_seventh();
    feed.producer().Flush();
    lives.push_back(kept);
    answered.insert(kept.events.front().lead_id());
  };

  Process worker = job.Start();
  live_through("stopped", [&] {
    broker.Stop();
    absl::SleepFor(absl::Seconds(6));
    broker.Start();
  });
  live_through("frozen", [&] {
    // It is back for a moment only, and then away for longer than a commit
    // may take.
    broker.Stop();
    absl::SleepFor(absl::Seconds(3));
    broker.Start();
    absl::SleepFor(absl::Seconds(2));
    broker.Freeze();
    absl::SleepFor(absl::Seconds(12));
    broker.Thaw();
  });
  send_a_seventh();
  feed.producer().Flush();

  Audience audience(job);
  CheckFacts(audience, Expected(lives));
  for (const v1::SlaEvent& event : audience.HearAll()) {
    if (!answered.contains(event.lead_id())) continue;
    if (event.clock() != "first_response") continue;
    INFO(event.ShortDebugString());
    CHECK(event.kind() != v1::SlaEvent::MISSED);
    CHECK(event.kind() != v1::SlaEvent::BREACH);
  }
  CHECK(worker.Runs());
  CHECK(worker.Stop() == 0);
}

}  // namespace leadclock::broker
