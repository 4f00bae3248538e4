#include "app/policy/open_clocks.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "processor/lead/counting.h"
#include "processor/lead/lead_fold.h"
#include "processor/lead/timeline.h"
#include "processor/policy/describe.h"

namespace leadclock {
namespace {

const std::string& NameOf(const PolicyBook& policies, const ClockRun& run) {
  return policies.Of(run).clocks[run.clock].name;
}

// The same run, judged by other versions; null: there is none.
const ClockRun* Find(const PolicyBook& policies, const Progress& progress,
                     const std::string& clock, const EventRef& started_by) {
  for (const ClockRun& run : progress.runs) {
    if (run.started_by == started_by && NameOf(policies, run) == clock) {
      return &run;
    }
  }
  return nullptr;
}

absl::Time DueOf(const PolicyBook& policies, const ClockRun& run) {
  return run.due ? *run.due : ForetellDue(policies, run);
}

// The names of the rungs that fired, and what is done on them.
std::map<std::string, std::string> FiredOf(const PolicyBook& policies,
                                           const ClockRun& run) {
  std::map<std::string, std::string> fired;
  const std::vector<Rung>& ladder = RuleOf(policies, run).ladder;
  for (size_t i = 0; i < ladder.size(); ++i) {
    if ((run.rungs_fired & RungBit(i)) != 0) {
      fired[ladder[i].name] = WhatIsDone(ladder[i], ladder);
    }
  }
  return fired;
}

// As a person reads it: of hours nobody wants to know the seconds.
absl::Duration Rounded(absl::Duration length) {
  for (const auto& [least, unit] :
       {std::pair(absl::Minutes(10), absl::Minutes(1)),
        std::pair(absl::Seconds(1), absl::Seconds(1))}) {
    if (length >= least) return absl::Trunc(length + unit / 2, unit);
  }
  return length;
}

// "12 fall due", "1 falls due".
std::string Fall(int count) {
  return absl::StrCat(count, count == 1 ? " falls due" : " fall due");
}

}  // namespace

void OpenClocks::Moves::Add(absl::Duration by) {
  ++count;
  least = std::min(least, by);
  most = std::max(most, by);
}

std::string OpenClocks::Moves::Words(const std::string& direction) const {
  const std::string from = leadclock::Words(Rounded(least));
  const std::string to = leadclock::Words(Rounded(most));
  const std::string by = from == to ? to : absl::StrCat(from, " to ", to);
  return absl::StrCat(Fall(count), " ", by, " ", direction);
}

OpenClocks::OpenClocks(const PolicyBook& before, const PolicyBook& after,
                       absl::Time now)
    : before_(before),
      after_(after),
      now_(now),
      then_(std::max(now, after.newest().effective)) {}

absl::Status OpenClocks::Add(const Lead& lead) {
  if (absl::Status known = KnowsPolicies(after_, lead); !known.ok()) {
    return known;
  }
  const std::optional<Progress> by_old =
      Derive(before_, lead.history, lead.collapsed).progress;
  const std::optional<Progress> by_new =
      Derive(after_, lead.history, lead.collapsed).progress;
  if (!by_old || !by_new) return absl::OkStatus();
  const Progress now = At(before_, *by_old, now_);
  const Progress if_kept = At(before_, *by_old, then_);
  const Progress if_changed = At(after_, *by_new, then_);
  for (const ClockRun& run : now.runs) {
    if (run.ended_at) continue;
    const std::string& name = NameOf(before_, run);
    OfClock& counts = clocks_[name];
    ++counts.open;
    const ClockRun* const was = Find(before_, if_kept, name, run.started_by);
    const ClockRun* const is = Find(after_, if_changed, name, run.started_by);
    if (is == nullptr || is->ended_at) {
      ++counts.ended;
      continue;
    }
    if (is->policy_version != was->policy_version) ++counts.carried;
    CountAtOnce(*was, *is, counts);
    const absl::Time due_before = DueOf(before_, *was);
    const absl::Time due_after = DueOf(after_, *is);
    const bool is_known = due_before < absl::InfiniteFuture() &&
                          due_after < absl::InfiniteFuture();
    if (due_before == due_after) continue;
    if (!is_known) {
      ++counts.unclear;
    } else if (due_after < due_before) {
      counts.earlier.Add(due_before - due_after);
    } else {
      counts.later.Add(due_after - due_before);
    }
  }
  return absl::OkStatus();
}

void OpenClocks::CountAtOnce(const ClockRun& was, const ClockRun& is,
                             OfClock& counts) {
  if (is.due && !was.due) ++counts.missed;
  const std::map<std::string, std::string> fired = FiredOf(before_, was);
  for (const auto& [name, done] : FiredOf(after_, is)) {
    if (!fired.contains(name)) {
      ++counts.fired[absl::StrCat(name, " at once (", done, ")")];
    }
  }
}

std::string OpenClocks::Over() const {
  const int64_t rules = after_.InForce(then_).version;
  const int64_t version = after_.newest().version;
  if (rules == version) return absl::StrCat("over to version ", version);
  return absl::StrCat("over to the rules of version ", rules);
}

std::string OpenClocks::SentenceOf(const std::string& clock,
                                   const OfClock& counts) const {
  std::vector<std::string> parts;
  if (counts.carried > 0) {
    parts.push_back(absl::StrCat(
        counts.carried, counts.carried == 1 ? " goes " : " go ", Over()));
  }
  if (counts.earlier.count > 0)
    parts.push_back(counts.earlier.Words("earlier"));
  if (counts.later.count > 0) parts.push_back(counts.later.Words("later"));
  if (counts.unclear > 0) {
    parts.push_back(absl::StrCat(Fall(counts.unclear),
                                 " at an instant that is not known yet"));
  }
  if (counts.missed > 0) {
    parts.push_back(absl::StrCat(
        counts.missed, counts.missed == 1 ? " is" : " are", " missed at once"));
  }
  for (const auto& [rung, count] : counts.fired) {
    parts.push_back(absl::StrCat(count, count == 1 ? " reaches" : " reach",
                                 " the rung ", rung));
  }
  if (counts.ended > 0) {
    parts.push_back(
        absl::StrCat(counts.ended, counts.ended == 1 ? " ends" : " end"));
  }
  if (parts.empty()) parts.emplace_back("nothing changes for them");
  return absl::StrCat("  ", clock, ": ", counts.open, " open; ",
                      absl::StrJoin(parts, ", "), ".");
}

std::vector<std::string> OpenClocks::Sentences() const {
  if (clocks_.empty()) return {"No clock is open."};
  int open = 0;
  int carried = 0;
  int changed = 0;
  int missed = 0;
  int fired = 0;
  std::vector<std::string> sentences = {""};
  for (const auto& [clock, counts] : clocks_) {
    open += counts.open;
    carried += counts.carried;
    changed += counts.changed();
    missed += counts.missed;
    for (const auto& [rung, count] : counts.fired) fired += count;
    sentences.push_back(SentenceOf(clock, counts));
  }
  const std::string at_once =
      missed + fired == 0
          ? ""
          : absl::StrCat(". At that instant ", missed,
                         missed == 1 ? " is" : " are", " missed, and ", fired,
                         fired == 1 ? " rung fires" : " rungs fire");
  sentences.front() = absl::StrCat(
      "Of ", open, open == 1 ? " open clock " : " open clocks ", carried,
      carried == 1 ? " goes " : " go ", Over(), ", and ", changed,
      changed == 1 ? " ends or falls" : " end or fall",
      " due at another instant, if nothing more happens until then", at_once,
      ":");
  return sentences;
}

}  // namespace leadclock
