#include <algorithm>
#include <catch2/catch.hpp>
#include <map>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/broker/company.h"
#include "tests/broker/job.h"
#include "tests/broker/lead_events.h"

namespace leadclock::broker {
namespace {

constexpr int kKills = 10;
constexpr absl::Duration kFeeding = absl::Seconds(18);
constexpr absl::Duration kPatience = absl::Seconds(5);
const char* const kNotALeadEvent = "not a lead event";

// Records in the order in which they are to be sent.
using Timetable = std::multimap<absl::Time, RecordToSend>;

absl::Duration UpTo(absl::Duration longest, property::Dice& dice) {
  return absl::Milliseconds(dice.Below(absl::ToInt64Milliseconds(longest)));
}

// Old leads at any time, and those of this minute about as things happen.
Timetable TimetableOf(const std::vector<Life>& old,
                      const std::vector<Life>& live, const Feed& feed,
                      absl::Time begin, property::Dice& dice) {
  Timetable timetable;
  for (const v1::LeadEvent& event : Shuffled(old, dice)) {
    timetable.emplace(begin + UpTo(kFeeding, dice), feed.RecordOf(event));
  }
  for (const v1::LeadEvent& event : Shuffled(live, dice)) {
    timetable.emplace(HappenedAt(event) + UpTo(absl::Milliseconds(400), dice),
                      feed.RecordOf(event));
  }
  return timetable;
}

void SendWhatIsDue(Timetable& timetable, Feed& feed) {
  while (!timetable.empty() && timetable.begin()->first <= absl::Now()) {
    feed.producer().Send(timetable.begin()->second);
    timetable.erase(timetable.begin());
  }
}

enum class Disk { kKept, kLost };

// Feeds, while the worker is killed again and again; returns the last one.
Process KillWhileFeeding(const Job& job, Feed& feed, Timetable timetable,
                         Disk disk, property::Dice& dice) {
  Audience audience(job);
  size_t heard = 0;
  int rounds_with_news = 0;
  Process worker = job.Start();
  const auto some_time = [&] {
    return absl::Now() + absl::Milliseconds(200) +
           UpTo(absl::Milliseconds(2'600), dice);
  };
  absl::Time next_kill = some_time();
  for (int kills = 0; kills < kKills || !timetable.empty();) {
    SendWhatIsDue(timetable, feed);
    absl::SleepFor(absl::Milliseconds(5));
    if (kills == kKills || absl::Now() < next_kill) continue;
    // On a slow machine a worker could be killed each time before it is heard.
    // So every other one lives until it was, as long as there may be news.
    if (kills % 2 == 1 && absl::Now() < next_kill + kPatience &&
        audience.HearMore().size() == heard) {
      continue;
    }

    worker.Kill();
    ++kills;
    const size_t now_heard = audience.HearMore().size();
    if (now_heard > heard) ++rounds_with_news;
    heard = now_heard;
    if (disk == Disk::kLost) job.DeleteData();
    worker = job.Start();
    next_kill = some_time();
  }
  feed.producer().Flush();
  // Else this would show nothing.
  CHECK(rounds_with_news >= 2);
  return worker;
}

}  // namespace

TEST_CASE("Ten times kill -9 change nothing of what is said") {
  const Disk disk = GENERATE(Disk::kKept, Disk::kLost);
  property::Dice dice = PrintedDice();
  const ReadyJob job(SharedBroker(),
                     {.policy = kCompanyPolicy,
                      .partitions = 3,
                      // Hardly a moment without a transaction.
                      .commit_interval = absl::Milliseconds(1)});
  Feed feed(job);
  const std::vector<Life> old = SomeLives(300, dice);
  const absl::Time begin =
      absl::FromUnixSeconds(absl::ToUnixSeconds(absl::Now()) + 2);
  std::vector<Life> all = old;
  std::vector<Life> live;
  for (int i = 1; i <= 80; ++i) {
    const absl::Time birth =
        begin + absl::Seconds(dice.Below(absl::ToInt64Seconds(kFeeding)));
    live.push_back(SomeLiveLife(absl::StrCat("live-", i), birth, dice));
    all.push_back(live.back());
  }
  Timetable timetable = TimetableOf(old, live, feed, begin, dice);
  std::map<std::string, int> rejected;
  for (int i = 1; i <= 300; ++i) {
    const std::string lead = absl::StrCat("wrong-", i);
    timetable.emplace(begin + UpTo(kFeeding, dice),
                      RecordToSend{.topic = job.Topic("leads.activity"),
                                   .key = lead,
                                   .value = kNotALeadEvent});
    rejected[lead] = 1;
  }

  Process worker =
      KillWhileFeeding(job, feed, std::move(timetable), disk, dice);

  Audience audience(job);
  CheckFacts(audience, Expected(all));
  CHECK(worker.Stop() == 0);
  CHECK(job.Backlog() == 0);
  // What was rejected was so once, with the transaction that passed it.
  std::map<std::string, int> quarantined;
  for (const ReadRecord& record :
       Reader(job.brokers(), {job.Topic("sla.quarantine")}).ReadToEnd()) {
    ++quarantined[record.key.value_or("")];
  }
  CHECK(quarantined == rejected);
}

}  // namespace leadclock::broker
