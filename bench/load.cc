// bench_load: the load of the benchmarks, and the eye on what comes of it.
//
//   bench_load preload   leads that are open, and whose due lies far away
//   bench_load await     until a group has read, and committed, so many records
//   bench_load live      leads that are created, assigned, held and answered
//                        while it runs, at a rate that rises until the system
//                        under test is a second behind
//
// `live` derives what must be said (lives.h), watches what is said, and fails
// unless both are the same in the end. Its lines on standard output are JSON:
// one when the warm-up ends, one when the feed ends, and one with the figures.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <deque>
#include <iostream>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/hash/hash.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "bench/clients.h"
#include "bench/lives.h"
#include "bench/watch.h"

namespace leadclock::bench {
namespace {

struct Options {
  std::string brokers = "127.0.0.1:9092";
  std::string inputs;  // prefix of the input topics
  std::string run = "run";
  int64_t preloaded = 0;

  // await
  int64_t records = 0;

  // live
  std::vector<std::string> groups;   // of the systems under test
  std::vector<std::string> outputs;  // prefixes of their output topics
  bool expect_records = false;
  int64_t settle_millis = 2'000;
  int64_t warmup_seconds = 30;
  int64_t seconds = 60;
  double max_rate = 1e9;
  double chatter = 2.7;
  bool hot = false;
  double late_share = 0.02;
  int64_t burst = 0;
  int64_t patience_seconds = 120;
};

constexpr size_t kCreated = 0;
constexpr size_t kActivity = 1;

std::vector<std::string> InputsOf(const Options& options) {
  return {absl::StrCat(options.inputs, "leads.created"),
          absl::StrCat(options.inputs, "leads.activity")};
}

std::vector<std::string> OutputsOf(const std::string& prefix) {
  return {absl::StrCat(prefix, "sla.warnings"),
          absl::StrCat(prefix, "sla.breaches"),
          absl::StrCat(prefix, "sla.escalations"),
          absl::StrCat(prefix, "sla.outcomes")};
}

// ---- How far the systems under test have come ----

// Asks for their committed offsets, again and again.
class Progress {
 public:
  explicit Progress(const Options& options) {
    for (const std::string& group : options.groups) {
      groups_.emplace_back(options.brokers, group, InputsOf(options));
    }
    begun_ = Ask();
    thread_ = std::thread([this] { Run(); });
  }
  ~Progress() {
    stop_ = true;
    thread_.join();
  }

  // Records read and committed since the beginning, by the slowest of them.
  int64_t committed() const { return committed_; }
  // How many may be under way: those of a second.
  int64_t window() const { return window_; }

 private:
  static constexpr int64_t kLeastWindow = 2'000;

  int64_t Ask() const {
    int64_t least = std::numeric_limits<int64_t>::max();
    for (const GroupOffsets& group : groups_) {
      least = std::min(least, group.Sum());
    }
    return least;
  }

  void Run() {
    std::deque<std::pair<int64_t, int64_t>> last_second;  // at, committed
    while (!stop_) {
      const int64_t now = NowMillis();
      committed_ = Ask() - begun_;
      last_second.emplace_back(now, committed_);
      while (now - last_second.front().first > 1'000) last_second.pop_front();
      const auto& [then, before] = last_second.front();
      if (now > then) {
        window_ = std::max(kLeastWindow,
                           (committed_ - before) * 1'000 / (now - then));
      }
      absl::SleepFor(absl::Milliseconds(50));
    }
  }

  std::vector<GroupOffsets> groups_;
  int64_t begun_ = 0;
  std::atomic<int64_t> committed_ = 0;
  std::atomic<int64_t> window_ = kLeastWindow;
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

// ---- What happens ----

using Random = std::mt19937_64;

// Makes leads and lets them live.
class Feed {
 public:
  explicit Feed(const Options& options)
      : options_(options),
        sender_(options.brokers, InputsOf(options)),
        writer_(options.run),
        wheel_(kWheelMillis),
        turned_to_(NowMillis()) {}

  int64_t sent() const { return sent_; }
  // Of the leads that lived to the end, the shares of those that were
  // reminded of, and breached.
  double reminded() const { return Share(reminded_); }
  double breached() const { return Share(breached_); }
  const SetSum& expected() const { return expected_; }

  // Sends up to `budget` records.
  void Go(int64_t now, int64_t budget) {
    Forget(now);
    budget -= Turn(now, budget);
    for (; budget > 0; --budget) {
      if (live_.empty() || Chance() * (1 + options_.chatter) < 1) {
        Create(Sort::kLive, now);
      } else {
        Chat(now);
      }
    }
  }

  // Leads that all fall due within the second that begins 20 s from now.
  void Burst(int64_t now) {
    for (int64_t i = 0; i < options_.burst; ++i) {
      const Life life = Begin(options_.run, Sort::kBurst, i,
                              now - 10'000 + i * 1'000 / options_.burst);
      Send(kCreated, life, writer_.Created(life, life.created));
      Expect(life);
    }
  }

  // No lead lives on: whatever was to come does not happen.
  void End() {
    sender_.Flush();
    ended_ = true;
    Forget(std::numeric_limits<int64_t>::max());
  }

 private:
  enum class Act : uint8_t { kAssign, kHold, kResume, kAnswer };
  struct Due {
    int64_t number;
    Act act;
  };
  struct LiveLead {
    Life life;
    int64_t last = 0;  // the instant of its last event
    bool late = false;
  };
  static constexpr int64_t kWheelMillis = 32'768;
  // The longest life is shorter.
  static constexpr int64_t kLongest = 25'000;
  static constexpr int64_t kLogged = 3'000;  // after it took place, when late
  static constexpr int64_t kOpen = 10'000;   // chatter is about younger ones

  double Chance() { return std::uniform_real_distribution<>(0, 1)(random_); }
  int64_t Pick(int64_t below) {
    return static_cast<int64_t>(random_() % static_cast<uint64_t>(below));
  }

  void Send(size_t topic, const Life& life, std::string_view value) {
    sender_.Send(topic, life.lead, value);
    ++sent_;
    if (options_.expect_records) {
      expected_.Add(
          absl::HashOf(absl::string_view(value.data(), value.size())));
    }
  }

  double Share(int64_t leads) const {
    return static_cast<double>(leads) /
           static_cast<double>(std::max(int64_t{1}, lived_));
  }

  void Expect(const Life& life) {
    bool breached = false;
    bool reminded = false;
    for (const BareFact& fact : FactsOf(life)) {
      if (!options_.expect_records) expected_.Add(absl::HashOf(fact));
      breached |= fact.kind == v1::SlaEvent::BREACH;
      reminded |= fact.kind == v1::SlaEvent::REMINDER;
    }
    if (ended_) return;
    ++lived_;
    reminded_ += reminded;
    breached_ += breached;
  }

  void Plan(int64_t number, Act act, int64_t at) {
    wheel_[static_cast<size_t>(at % kWheelMillis)].push_back({number, act});
  }

  // 70 % are answered in time, 15 % after the reminder, 15 % not before due:
  // half of those late, the others never. A tenth are put on hold for a while.
  void Create(Sort sort, int64_t now) {
    LiveLead& lead = live_.emplace_back();
    const int64_t number = next_number_++;
    lead.life = Begin(options_.run, sort, number, now);
    lead.last = now;
    Send(kCreated, lead.life, writer_.Created(lead.life, now));
    Plan(number, Act::kAssign, now + 200);

    int64_t paused = 0;
    if (Chance() < 0.1) {
      const int64_t held = 500 + Pick(300);
      paused = 1'000 + Pick(2'000);
      Plan(number, Act::kHold, now + held);
      Plan(number, Act::kResume, now + held + paused);
    }
    const double fate = Chance();
    const int64_t answer = fate < 0.70    ? 1'000 + Pick(3'500)
                           : fate < 0.85  ? 5'500 + Pick(4'000)
                           : fate < 0.925 ? 11'000 + Pick(3'000)
                                          : 0;
    if (answer == 0) return;
    lead.late = Chance() < options_.late_share;
    Plan(number, Act::kAnswer,
         now + answer + paused + (lead.late ? kLogged : 0));
  }

  // Lets what was planned happen, up to now. Returns how many records it took.
  int64_t Turn(int64_t now, int64_t budget) {
    int64_t taken = 0;
    for (; turned_to_ <= now && taken < budget; ++turned_to_) {
      auto& due = wheel_[static_cast<size_t>(turned_to_ % kWheelMillis)];
      for (const auto& [number, act] : due) Happen(number, act, now);
      taken += static_cast<int64_t>(due.size());
      due.clear();
    }
    return taken;
  }

  void Happen(int64_t number, Act act, int64_t now) {
    LiveLead& lead = live_[static_cast<size_t>(number - first_number_)];
    Life& life = lead.life;
    // Of one lead no two events share an instant: ids would order them.
    int64_t at = std::max(now, lead.last + 1);
    switch (act) {
      case Act::kAssign:
        Send(kActivity, life, writer_.Assigned(life, at));
        break;
      case Act::kHold:
        life.held = at;
        Send(kActivity, life, writer_.Status(life, at, "on_hold"));
        break;
      case Act::kResume:
        life.resumed = at;
        Send(kActivity, life, writer_.Status(life, at, "working"));
        break;
      case Act::kAnswer:
        if (lead.late) at = std::max(now - kLogged, lead.last + 1);
        life.answered = at;
        Send(kActivity, life, writer_.Answer(life, at));
        break;
    }
    lead.last = at;
  }

  void Chat(int64_t now) {
    const Life life = options_.preloaded > 0 ? PickPreloaded() : PickLive(now);
    Send(kActivity, life, writer_.Chatter(life, now, random_()));
  }

  // Of 80 % of the activities the number is one of the 20 % that 5 divides.
  int64_t Skew(int64_t number) {
    if (!options_.hot) return number;
    if (Chance() < 0.8) return number - number % 5;
    return number % 5 == 0 ? number + 1 + Pick(4) : number;
  }

  Life PickPreloaded() {
    const int64_t number = Skew(Pick(options_.preloaded));
    return Begin(options_.run, Sort::kPreload,
                 std::min(number, options_.preloaded - 1), 0);
  }

  Life PickLive(int64_t now) {
    while (
        live_[static_cast<size_t>(oldest_open_ - first_number_)].life.created <
        now - kOpen) {
      if (oldest_open_ + 1 == next_number_) break;
      ++oldest_open_;
    }
    Life life;
    for (int tries = 0; tries < 3; ++tries) {
      const int64_t number =
          Skew(oldest_open_ + Pick(next_number_ - oldest_open_));
      const int64_t known = std::clamp(number, oldest_open_, next_number_ - 1);
      life = live_[static_cast<size_t>(known - first_number_)].life;
      if (life.answered == 0) break;
    }
    return life;
  }

  // Leads whose life is over: now it is known what must be said of them.
  void Forget(int64_t now) {
    while (!live_.empty() && live_.front().life.created < now - kLongest) {
      // A feed that was held up plans in the past what is not sent yet.
      if (turned_to_ <= live_.front().life.created + kLongest && !ended_) {
        break;
      }
      Expect(live_.front().life);
      live_.pop_front();
      ++first_number_;
      oldest_open_ = std::max(oldest_open_, first_number_);
    }
  }

  const Options& options_;
  Sender sender_;
  EventWriter writer_;
  Random random_{20260302};
  int64_t sent_ = 0;
  bool ended_ = false;
  int64_t lived_ = 0;
  int64_t reminded_ = 0;
  int64_t breached_ = 0;
  SetSum expected_;

  std::deque<LiveLead> live_;
  int64_t first_number_ = 0;  // of live_
  int64_t next_number_ = 0;
  int64_t oldest_open_ = 0;
  // By the millisecond at which it happens, modulo its size.
  std::vector<std::vector<Due>> wheel_;
  int64_t turned_to_;
};

// ---- Figures ----

// Of values in no order; 0 if there are none.
int64_t Percentile(std::vector<int64_t>& values, double share) {
  if (values.empty()) return 0;
  const auto rank = static_cast<std::ptrdiff_t>(
      share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), values.begin() + rank, values.end());
  return values[static_cast<size_t>(rank)];
}

// The window in which is measured: after the warm-up, until the feed ends.
struct Window {
  int64_t from = 0;
  int64_t to = 0;
  int64_t fed = 0;
};

// Percentiles of `values`, as JSON members that begin with `name`.
std::string Latencies(const char* name, std::vector<int64_t> values) {
  const size_t count = values.size();
  const int64_t p50 = Percentile(values, 0.5);
  const int64_t p99 = Percentile(values, 0.99);
  const int64_t most = Percentile(values, 1);
  return absl::StrFormat(
      R"("%s": %d, "%s_p50_ms": %d, "%s_p99_ms": %d, "%s_max_ms": %d)", name,
      count, name, p50, name, p99, name, most);
}

// Of leads that are due within one second: how long it takes from the first
// due (and settle) until all are seen, and how long answers wait meanwhile: all
// of them, and those that no rung holds back.
std::string BurstFigures(const std::vector<Sighting>& sightings) {
  int64_t first = std::numeric_limits<int64_t>::max();
  int64_t last = 0;
  for (const Sighting& sighting : sightings) {
    if (!sighting.burst) continue;
    first = std::min(first, sighting.due);
    last = std::max(last, sighting.seen);
  }
  std::vector<int64_t> answers;
  std::vector<int64_t> not_held;
  for (const Sighting& sighting : sightings) {
    if (sighting.timed || sighting.due < first || sighting.due > last) continue;
    answers.push_back(sighting.seen - sighting.due);
    if (!sighting.held) not_held.push_back(answers.back());
  }
  return absl::StrFormat(
      R"("burst_ms": %d, %s, %s)", last - first,
      Latencies("answers_in_burst", std::move(answers)),
      Latencies("answers_not_held_in_burst", std::move(not_held)));
}

void PrintFigures(const Options& options, const Watch& watch,
                  const Window& window, const Feed& feed) {
  const std::vector<Sighting> sightings = watch.sightings();
  std::vector<int64_t> timed;
  std::vector<int64_t> answers;
  std::vector<int64_t> not_held;
  int64_t last_seen = window.to;
  for (const Sighting& sighting : sightings) {
    if (sighting.due > window.to) continue;
    last_seen = std::max(last_seen, sighting.seen);
    if (sighting.due < window.from) continue;
    const int64_t waited = sighting.seen - sighting.due;
    (sighting.timed ? timed : answers).push_back(waited);
    if (!sighting.timed && !sighting.held) not_held.push_back(waited);
  }
  const double seconds = static_cast<double>(last_seen - window.from) / 1'000;
  std::cout << absl::StrFormat(
      R"({"event": "figures", "records": %d, "seconds": %.3f, )"
      R"("records_per_second": %.0f, "facts": %d, "retractions": %d, )"
      R"("reminded": %.3f, "breached": %.3f, %s, %s, %s%s})",
      window.fed, seconds, static_cast<double>(window.fed) / seconds,
      watch.net().count, watch.retractions(), feed.reminded(), feed.breached(),
      Latencies("timed", std::move(timed)),
      Latencies("answers", std::move(answers)),
      Latencies("answers_not_held", std::move(not_held)),
      options.burst > 0 ? ", " + BurstFigures(sightings) : "");
  std::cout << std::endl;
}

void AwaitEqual(const Options& options, const Watch& watch,
                const SetSum& expected, const std::string& prefix) {
  const int64_t deadline = NowMillis() + options.patience_seconds * 1'000;
  while (!(watch.net() == expected)) {
    if (NowMillis() > deadline) {
      Fail(absl::StrCat("what was written to ", prefix,
                        "* differs from what must be said"),
           absl::StrCat(watch.net().count, " instead of ", expected.count,
                        watch.net().count == expected.count
                            ? ", with another hash"
                            : ""));
    }
    absl::SleepFor(absl::Milliseconds(50));
  }
}

// ---- The modes ----

void Say(const char* event, const Feed& feed, const Progress& progress) {
  std::cout << absl::StrFormat(R"({"event": "%s", "fed": %d, "committed": %d})",
                               event, feed.sent(), progress.committed())
            << std::endl;
}

// What may have been sent by `elapsed` milliseconds: 2,000 records/s at first,
// twice as many every three seconds, up to the greatest rate.
class Ramp {
 public:
  explicit Ramp(double max_rate) : max_rate_(max_rate) {}

  int64_t Allowed(int64_t elapsed) {
    const double seconds = static_cast<double>(elapsed) / 1'000;
    const double rate = std::min(max_rate_, 2'000 * std::exp2(seconds / 3));
    allowed_ += rate * (seconds - at_);
    at_ = seconds;
    return static_cast<int64_t>(allowed_);
  }

 private:
  const double max_rate_;
  double allowed_ = 0;
  double at_ = 0;
};

void Live(const Options& options) {
  std::deque<Watch> watches;
  for (const std::string& prefix : options.outputs) {
    watches.emplace_back(Watch::Options{
        .brokers = options.brokers,
        .topics = OutputsOf(prefix),
        .watched = options.expect_records ? Watched::kRecords : Watched::kFacts,
        .settle_millis = options.settle_millis});
  }
  const Progress progress(options);
  Feed feed(options);
  Ramp ramp(options.max_rate);
  Window window;
  int64_t burst = 0;  // records that no rate holds back

  const int64_t began = NowMillis();
  const int64_t warm = began + options.warmup_seconds * 1'000;
  const int64_t end = warm + options.seconds * 1'000;
  constexpr int64_t kAtOnce = 500;  // their instants are those of the loop
  for (int64_t now = began; now < end; now = NowMillis()) {
    if (window.from == 0 && now >= warm) {
      Say("warm", feed, progress);
      window.from = now;
      window.fed = -feed.sent();
      burst = -feed.sent();
      feed.Burst(now);
      burst += feed.sent();
    }
    const int64_t budget =
        std::min({ramp.Allowed(now - began) + burst - feed.sent(), kAtOnce,
                  progress.window() - (feed.sent() - progress.committed())});
    if (budget > 0) {
      feed.Go(now, budget);
    } else {
      absl::SleepFor(absl::Milliseconds(1));
    }
  }
  window.to = NowMillis();
  window.fed += feed.sent();
  Say("end", feed, progress);
  feed.End();
  for (size_t i = 0; i < watches.size(); ++i) {
    AwaitEqual(options, watches[i], feed.expected(), options.outputs[i]);
  }
  for (const Watch& watch : watches) PrintFigures(options, watch, window, feed);
}

// Asks often: it ends what is measured.
void Await(const Options& options) {
  const GroupOffsets offsets(options.brokers, options.groups.front(),
                             InputsOf(options));
  while (offsets.Sum() < options.records) {
    absl::SleepFor(absl::Milliseconds(10));
  }
}

void Preload(const Options& options) {
  Sender sender(options.brokers, InputsOf(options));
  EventWriter writer(options.run);
  for (int64_t number = 0; number < options.preloaded; ++number) {
    const Life life = Begin(options.run, Sort::kPreload, number, NowMillis());
    sender.Send(kCreated, life.lead, writer.Created(life, life.created));
  }
  sender.Flush();
}

}  // namespace
}  // namespace leadclock::bench

int main(int argc, char** argv) {
  leadclock::bench::Options options;
  CLI::App app("The load of the benchmarks, and the eye on what comes of it.");
  app.require_subcommand(1);
  app.add_option("--brokers", options.brokers, "host:port");
  app.add_option("--inputs", options.inputs, "prefix of the input topics");
  app.add_option("--run", options.run, "begins the names of all leads");
  app.add_option("--preloaded", options.preloaded,
                 "leads that are open, and due far away");
  app.add_subcommand("preload", "Feeds the leads that are due far away.")
      ->callback([&] { leadclock::bench::Preload(options); });

  CLI::App* await = app.add_subcommand("await", "Waits for a group.");
  await->add_option("--group", options.groups, "the group")->required();
  await->add_option("--records", options.records, "how many")->required();
  await->callback([&] { leadclock::bench::Await(options); });

  CLI::App* live = app.add_subcommand("live", "Lets leads live.");
  live->add_option("--group", options.groups, "of a system under test")
      ->required();
  live->add_option("--outputs", options.outputs,
                   "prefix of the topics that a system writes");
  live->add_flag("--expect-records", options.expect_records,
                 "each record itself is to be written, not what follows");
  live->add_option("--settle-ms", options.settle_millis,
                   "how long the system waits for late records");
  live->add_option("--warmup", options.warmup_seconds, "seconds");
  live->add_option("--seconds", options.seconds, "measured");
  live->add_option("--max-rate", options.max_rate, "records a second");
  live->add_option("--chatter", options.chatter,
                   "activities that change no fact, for each lead");
  live->add_flag("--hot", options.hot,
                 "80 % of them are of 20 % of the open leads");
  live->add_option("--late-share", options.late_share,
                   "of the answers, logged 3 s after they took place");
  live->add_option("--burst", options.burst,
                   "leads due within one second, 20 s after the warm-up");
  live->add_option("--patience", options.patience_seconds,
                   "seconds until the last fact must be there");
  live->callback([&] { leadclock::bench::Live(options); });
  CLI11_PARSE(app, argc, argv);
}
