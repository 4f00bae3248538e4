#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <future>
#include <iostream>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "tests/attack/feed.h"
#include "tests/attack/member.h"
#include "tests/broker/broker.h"
#include "tests/broker/company.h"
#include "tests/broker/job.h"
#include "tests/broker/net_facts.h"

// Three members on a real broker, a feed that goes on, and everything that can
// go wrong, in rotation. In the end all must be as if nothing had happened.
namespace leadclock::attack {
namespace {

constexpr int kPartitions = 12;
constexpr size_t kMembers = 3;
constexpr absl::Duration kLook = absl::Milliseconds(20);
constexpr absl::Duration kShortForm = absl::Seconds(50);
// No commit may take this long to go on once nobody is attacked any more.
constexpr absl::Duration kPatience = absl::Minutes(3);

using Counts = Member::Counts;

// LEADCLOCK_ATTACK_MINUTES; else the short form.
absl::Duration LengthOfAttack() {
  int minutes = 0;
  const char* given = std::getenv("LEADCLOCK_ATTACK_MINUTES");
  if (given == nullptr) return kShortForm;
  if (!absl::SimpleAtoi(given, &minutes) || minutes < 1) {
    throw std::runtime_error("LEADCLOCK_ATTACK_MINUTES is not a number");
  }
  return absl::Minutes(minutes);
}

std::vector<broker::ProxiedListener> Listeners() {
  std::vector<broker::ProxiedListener> listeners;
  for (size_t i = 0; i < kMembers; ++i) {
    listeners.push_back(
        {.port = broker::FreePort(), .advertised_port = broker::FreePort()});
  }
  return listeners;
}

broker::JobOptions Group() {
  return {.policy = broker::kCompanyPolicy,
          .partitions = kPartitions,
          .commit_interval = absl::Milliseconds(20),
          .more_settings = absl::StrCat("kafka: {session.timeout.ms: ",
                                        absl::ToInt64Milliseconds(kSession),
                                        ", heartbeat.interval.ms: 500}\n")};
}

// All kinds of faults, again and again, each time in another order.
class Deck {
 public:
  explicit Deck(property::Dice& dice) : dice_(dice) {}

  Fault Draw() {
    if (left_.empty()) {
      left_ = AllFaults();
      for (size_t i = left_.size(); i > 1; --i) {
        std::swap(
            left_[i - 1],
            left_[static_cast<size_t>(dice_.Below(static_cast<int64_t>(i)))]);
      }
    }
    const Fault fault = left_.back();
    left_.pop_back();
    return fault;
  }

 private:
  property::Dice& dice_;
  std::vector<Fault> left_;
};

class Attack {
 public:
  Attack(absl::Duration length, uint64_t seed)
      : length_(length),
        dice_(seed),
        listeners_(Listeners()),
        broker_({.proxied = listeners_, .session = absl::Seconds(9)}),
        job_(broker_, Group()),
        deck_(dice_) {
    for (size_t i = 0; i < kMembers; ++i) {
      members_.push_back(std::make_unique<Member>(
          job_, absl::StrCat("member-", i + 1), listeners_[i], dice_));
      next_fault_.push_back(absl::Now() + absl::Seconds(4) +
                            absl::Seconds(static_cast<int>(i)));
    }
    for (size_t i = 0; i < kMembers; ++i) {
      members_[i]->KnowNeighbour(members_[(i + 1) % kMembers].get());
    }
  }

  void Run() {
    const absl::Time begin = absl::Now();
    Feed feed(job_, static_cast<uint64_t>(dice_.Below(1'000'000)), 12);
    absl::Time next_broker_kill = begin + absl::Seconds(20);
    absl::Time calm_until = begin;
    absl::Time next_calm = begin + absl::Seconds(60);
    while (absl::Now() < begin + length_) {
      const absl::Time now = absl::Now();
      LookAtAll();
      if (now >= next_calm) {
        // So that a group that never settles is seen.
        calm_until = now + absl::Seconds(15);
        next_calm = now + absl::Seconds(75);
      }
      if (now < calm_until) continue;
      if (now >= next_broker_kill) {
        KillBroker();
        next_broker_kill = now + absl::Seconds(120);
      }
      AttackMembers(now);
    }
    Settle();
    feed.Finish();
    Settle();
    attacked_ = absl::Now() - begin;
    Judge(feed);
    Report(feed);
  }

 private:
  void LookAtAll() {
    for (auto& member : members_) member->Look();
    absl::SleepFor(kLook);
  }

  void AttackMembers(absl::Time now) {
    for (size_t i = 0; i < kMembers; ++i) {
      if (members_[i]->suffers() || now < next_fault_[i]) continue;
      members_[i]->Suffer(deck_.Draw());
      next_fault_[i] =
          now + absl::Seconds(2) + absl::Milliseconds(dice_.Below(5'000));
    }
  }

  void KillBroker() {
    if (broker_returns_.valid()) broker_returns_.get();
    ++broker_kills_;
    broker_.Kill();
    // Beside, so that the members are looked after meanwhile.
    broker_returns_ =
        std::async(std::launch::async, [this] { broker_.Start(); });
  }

  // Nobody is attacked any more, and all are up.
  void Settle() {
    if (broker_returns_.valid()) broker_returns_.get();
    const auto suffers = [](const auto& member) { return member->suffers(); };
    while (std::any_of(members_.begin(), members_.end(), suffers)) {
      LookAtAll();
    }
    for (int i = 0; i < 100; ++i) LookAtAll();
  }

  void Judge(const Feed& feed) {
    const absl::Time give_up = absl::Now() + kPatience;
    while (job_.Backlog() != 0 && absl::Now() < give_up) {
      for (int i = 0; i < 50; ++i) LookAtAll();
    }
    CHECK(job_.Backlog() == 0);

    // Beside, so that members that give up are started again.
    auto verifying = std::async(std::launch::async, [this] {
      return job_.Verify({"--until-idle", "--patience", "2m"});
    });
    while (verifying.wait_for(std::chrono::seconds(0)) !=
           std::future_status::ready) {
      LookAtAll();
    }
    verdict_ = verifying.get();
    INFO(verdict_.output);
    CHECK(verdict_.code == 0);

    CompareWithReference(feed);

    for (const auto& member : members_) CHECK(member->Stop() == 0);
    const broker::Ended stopped = job_.Verify();
    INFO(stopped.output);
    CHECK(stopped.code == 0);
    for (const Fault fault : AllFaults()) {
      const char* name = NameOf(fault);
      INFO(name);
      // Else this would show nothing.
      CHECK(std::any_of(
          members_.begin(), members_.end(),
          [&](const auto& member) { return member->faults().contains(name); }));
    }
    for (const auto& member : members_) {
      for (const auto& [code, count] : member->ends()) {
        INFO("a member ended " << count << " times with " << code);
        // 0 on SIGTERM, or 143 before it listens; 1 with a reason; 137 at a
        // fail point. No crash.
        const std::set<std::string> no_crash = {"0", "1", "137", "143"};
        CHECK(no_crash.contains(code));
      }
    }
  }

  // The plain reference shares no code with the product, nor with what has
  // just judged it. It knows what the feed meant to send.
  void CompareWithReference(const Feed& feed) {
    const absl::Time end = absl::Now() - absl::Seconds(10);
    std::vector<broker::Life> lives = feed.lives();
    for (broker::Life& life : lives) {
      // Beyond their last rung, which is five minutes after due.
      if (life.step == absl::Seconds(1)) life.horizon += absl::Minutes(6);
    }
    broker::Audience audience(job_);
    const broker::Standing standing = broker::StandingOf(audience.HearAll());
    const std::string difference = broker::Difference(
        UpTo(end, standing.facts), UpTo(end, broker::Expected(lives)));
    INFO(difference.substr(0, 5'000));
    CHECK(difference.empty());
    CHECK(standing.problems == std::vector<std::string>{});
  }

  // Those whose instant is not after `end`.
  static broker::NetFacts UpTo(absl::Time end, const broker::NetFacts& facts) {
    static constexpr char kAt[] = " at ";
    const std::string latest =
        absl::FormatTime("%Y-%m-%d %H:%M:%E*S", end, absl::UTCTimeZone());
    broker::NetFacts kept;
    for (const std::string& line : facts) {
      const size_t at = line.find(kAt) + sizeof(kAt) - 1;
      if (line.compare(at, latest.size(), latest) <= 0) kept.insert(line);
    }
    return kept;
  }

  void Report(const Feed& feed) const {
    Counts faults;
    Counts ends;
    Counts lines;
    faults["broker kill -9"] = broker_kills_;
    for (const auto& member : members_) {
      for (const auto& [name, count] : member->faults()) faults[name] += count;
      for (const auto& [code, count] : member->ends()) ends[code] += count;
      CountLines(member->log(), lines);
    }
    std::cout << "attacked for " << absl::FormatDuration(attacked_)
              << "; the feed sent " << feed.records() << " records ("
              << feed.unreadable() << " of them unreadable) of "
              << feed.lives().size() << " leads\n";
    Print("faults", faults);
    Print("members ended by themselves, by exit code", ends);
    Print("what they said", lines);
    std::cout << "\n`leadclock verify` says:\n" << verdict_.output << std::endl;
  }

  static void Print(const char* title, const Counts& counts) {
    std::cout << "\n" << title << ":\n";
    for (const auto& [name, count] : counts) {
      std::cout << "  " << name << ": " << count << "\n";
    }
  }

  // Lines of a log, by what they are about.
  static void CountLines(const std::string& log, Counts& counts) {
    static const auto& kAbouts =
        *new std::vector<std::pair<std::string, std::string>>{
            {"FAIL POINT ", ""},
            {"] assigned ", "rebalances that gave partitions"},
            {"] lost ", "rebalances that took them unasked"},
            {"] gave back ", "rebalances that took them"},
            {"a transaction failed", "transactions that failed"},
            {"are restored anew", "local states that were dropped"},
            {"hangs", "watchdog"},
            {"leadclock: ", ""}};
    for (const absl::string_view line : absl::StrSplit(log, '\n')) {
      for (const auto& [word, name] : kAbouts) {
        const size_t at = line.find(word);
        if (at == absl::string_view::npos) continue;
        ++counts[name.empty() ? std::string(line.substr(at)) : name];
        break;
      }
    }
  }

  const absl::Duration length_;
  property::Dice dice_;
  const std::vector<broker::ProxiedListener> listeners_;
  broker::Broker broker_;
  const broker::ReadyJob job_;
  Deck deck_;
  std::vector<std::unique_ptr<Member>> members_;
  std::vector<absl::Time> next_fault_;
  std::future<void> broker_returns_;
  int broker_kills_ = 0;
  absl::Duration attacked_;
  broker::Ended verdict_;
};

}  // namespace

TEST_CASE("Three members under attack say what is true, and say it once") {
  property::Dice dice = broker::PrintedDice();
  Attack attack(LengthOfAttack(),
                static_cast<uint64_t>(dice.Below(1'000'000'000)));
  attack.Run();
}

}  // namespace leadclock::attack
