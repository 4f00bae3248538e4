#include "processor/policy/policy_book.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/strings/str_cat.h"

namespace leadclock {
namespace {

std::string Utc(absl::Time at) {
  if (at == absl::InfinitePast()) return "always";
  return absl::FormatTime("%Y-%m-%d%ET%H:%M:%E*SZ", at, absl::UTCTimeZone());
}

// With some time to publish it.
absl::Time FullMinuteAfter(absl::Time at) {
  const absl::Time least = at + absl::Minutes(5);
  const absl::Time minute =
      absl::FromUnixSeconds(absl::ToUnixSeconds(least) / 60 * 60);
  return minute == least ? minute : minute + absl::Minutes(1);
}

absl::Status NotLater(const Policy& policy, const Policy& before) {
  if (policy.effective == absl::InfinitePast()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "version ", policy.version,
        " of the policy does not say when it takes ",
        "effect; write an 'effective' that is after that of version ",
        before.version, " (", Utc(before.effective), ")"));
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "version ", policy.version, " of the policy takes effect at ",
      Utc(policy.effective), ", which is not after version ", before.version,
      " does (", Utc(before.effective),
      "); a greater number must take effect later"));
}

absl::Status DifferentContents(const Policy& a, const Policy& b) {
  return absl::InvalidArgumentError(absl::StrCat(
      "there are two policies of version ", a.version, ", with the hashes ",
      a.hash, " and ", b.hash, "; what changed must have a number of its own"));
}

// What is published stays, and later numbers must take effect later: a year
// that was mistyped could not be mended any more.
absl::Status CheckIsNear(const Policy& policy, const Publishing& publishing) {
  constexpr absl::Duration kFarAhead = absl::Hours(366 * 24);
  if (publishing.far_ahead || policy.effective <= publishing.now + kFarAhead) {
    return absl::OkStatus();
  }
  return absl::FailedPreconditionError(absl::StrCat(
      "version ", policy.version, " would take effect at ",
      Utc(policy.effective),
      ", more than a year from now, and no later version could take effect "
      "before that; write an earlier 'effective', or say --far-ahead if it is "
      "meant"));
}

bool AreAlike(const NamedCalendar& a, const NamedCalendar& b) {
  if (a.name != b.name) return false;
  const CalendarSpec* const one = a.calendar.spec();
  const CalendarSpec* const other = b.calendar.spec();
  return one == nullptr || other == nullptr ? one == other : *one == *other;
}

bool HasDates(const std::vector<Trigger>& triggers) {
  return std::any_of(triggers.begin(), triggers.end(),
                     [](const Trigger& trigger) {
                       return trigger.kind == Trigger::Kind::kDate;
                     });
}

// What time changes without an event.
void AddTurns(const Condition& condition, PolicyUses& uses) {
  for (const AttributeTest& test : condition) {
    for (const Condition& one : test.any) AddTurns(one, uses);
    if (test.attribute == "date_ahead") {
      uses.turns = true;
      for (const std::string& date : test.any_of) {
        const auto place = std::lower_bound(uses.dates_ahead.begin(),
                                            uses.dates_ahead.end(), date);
        if (place == uses.dates_ahead.end() || *place != date) {
          uses.dates_ahead.insert(place, date);
        }
      }
    }
    uses.turns |=
        test.attribute == "open_clock" || test.attribute == "missed_clock" ||
        test.attribute == "escalated_clock" || test.attribute == "outcome";
  }
}

void AddTurns(const std::vector<CalendarRule>& rules, PolicyUses& uses) {
  for (const CalendarRule& rule : rules) AddTurns(rule.when, uses);
}

void AddUses(const Policy& policy, PolicyUses& uses) {
  AddTurns(policy.calendar_for, uses);
  for (const ClockRule& clock : policy.clocks) {
    for (const Condition& pause : clock.pauses_while) AddTurns(pause, uses);
    for (const ClockRule::TargetRule& rule : clock.targets) {
      AddTurns(rule.when, uses);
    }
    AddTurns(clock.calendars, uses);
    uses.attempts |= clock.attempts.has_value();
    uses.cancels |= !clock.cancels.empty() || !clock.resumes.empty();
    uses.tasks |= clock.task.has_value();
    uses.dates |= HasDates(clock.starts);
  }
  uses.reentry |= !policy.reentry.ends.empty();
  uses.dates |= HasDates(policy.reentry.returns);
}

}  // namespace

bool SayTheSame(const Policy& a, const Policy& b) {
  return std::equal(a.calendars.begin(), a.calendars.end(), b.calendars.begin(),
                    b.calendars.end(), AreAlike) &&
         a.calendar_for == b.calendar_for && a.roles == b.roles &&
         a.fallback == b.fallback && a.eligible == b.eligible &&
         a.reviews == b.reviews && a.reentry == b.reentry &&
         a.outcomes == b.outcomes && a.notify_within == b.notify_within &&
         a.clocks == b.clocks;
}

PolicyBook::PolicyBook(Policy only) : versions_{std::move(only)}, rules_of_{0} {
  AddUses(versions_.front(), uses_);
}

PolicyBook::PolicyBook(std::vector<Policy> versions)
    : versions_(std::move(versions)) {
  for (size_t i = 0; i < versions_.size(); ++i) {
    const bool is_new = i == 0 || !SayTheSame(versions_[i - 1], versions_[i]);
    rules_of_.push_back(is_new ? i : rules_of_.back());
    AddUses(versions_[i], uses_);
    if (i > 0 && versions_[i].open_clocks == Policy::OpenClocks::kCarry) {
      carries_.push_back(i);
    }
  }
}

absl::StatusOr<PolicyBook> PolicyBook::Create(std::vector<Policy> versions) {
  if (versions.empty()) {
    return absl::InvalidArgumentError("there is no policy");
  }
  std::stable_sort(
      versions.begin(), versions.end(),
      [](const Policy& a, const Policy& b) { return a.version < b.version; });
  std::vector<Policy> known;
  for (Policy& policy : versions) {
    if (known.empty() || known.back().version != policy.version) {
      if (!known.empty() && policy.effective <= known.back().effective) {
        return NotLater(policy, known.back());
      }
      known.push_back(std::move(policy));
    } else if (known.back().hash != policy.hash) {
      return DifferentContents(known.back(), policy);
    }
  }
  return PolicyBook(std::move(known));
}

size_t PolicyBook::FirstAbove(int64_t version) const {
  const auto above =
      std::upper_bound(versions_.begin(), versions_.end(), version,
                       [](int64_t number, const Policy& policy) {
                         return number < policy.version;
                       });
  return static_cast<size_t>(above - versions_.begin());
}

const Policy* PolicyBook::Find(int64_t version) const {
  const size_t above = FirstAbove(version);
  if (above == 0 || versions_[above - 1].version != version) return nullptr;
  return &versions_[above - 1];
}

size_t PolicyBook::CountFromTo(int64_t first, int64_t last) const {
  // Numbers are 1 and above.
  const size_t below = first < 1 ? 0 : FirstAbove(first - 1);
  return std::max(FirstAbove(last), below) - below;
}

PolicyBook PolicyBook::UpTo(int64_t version) const {
  const auto end =
      versions_.begin() + static_cast<std::ptrdiff_t>(FirstAbove(version));
  return PolicyBook(std::vector<Policy>(versions_.begin(), end));
}

const Policy& PolicyBook::Of(int64_t version) const {
  return versions_.size() == 1 ? versions_.front() : *Find(version);
}

const Policy& PolicyBook::InForce(absl::Time at) const {
  const auto later =
      std::upper_bound(versions_.begin() + 1, versions_.end(), at,
                       [](absl::Time instant, const Policy& policy) {
                         return instant < policy.effective;
                       });
  return versions_[rules_of_[static_cast<size_t>(later - versions_.begin()) -
                             1]];
}

std::optional<PolicyBook::Carry> PolicyBook::NextCarry(int64_t version) const {
  for (auto place = std::lower_bound(carries_.begin(), carries_.end(),
                                     FirstAbove(version));
       place != carries_.end(); ++place) {
    const Policy& to = versions_[rules_of_[*place]];
    if (to.version != version) return Carry{versions_[*place].effective, &to};
  }
  return std::nullopt;
}

bool PolicyBook::CarriesAt(absl::Time at) const {
  return std::any_of(carries_.begin(), carries_.end(), [&](size_t place) {
    return versions_[place].effective == at;
  });
}

absl::Status MayBePublished(const Policy& policy, const PolicyBook* published,
                            const Publishing& publishing) {
  if (published == nullptr) return CheckIsNear(policy, publishing);
  const Policy* const same = published->Find(policy.version);
  if (same != nullptr) {
    if (same->hash == policy.hash) {
      return absl::AlreadyExistsError(
          absl::StrCat("version ", policy.version, " is published just so"));
    }
    return absl::FailedPreconditionError(absl::StrCat(
        "version ", policy.version, " is published with another content (hash ",
        same->hash, ", not ", policy.hash, "); give this one the number ",
        published->newest().version + 1));
  }
  if (policy.version < published->newest().version) {
    return absl::FailedPreconditionError(absl::StrCat(
        "version ", policy.version, " comes too late: version ",
        published->newest().version,
        " is published, and leads may have been judged by it. What is "
        "published later has a greater number; give it ",
        published->newest().version + 1));
  }
  std::vector<Policy> all = published->versions();
  all.push_back(policy);
  if (const auto book = PolicyBook::Create(std::move(all)); !book.ok()) {
    return absl::FailedPreconditionError(book.status().message());
  }
  const absl::Time least = publishing.now + publishing.lead_time;
  if (policy.effective < least && !publishing.correct) {
    return absl::FailedPreconditionError(absl::StrCat(
        "version ", policy.version, " would take effect at ",
        Utc(policy.effective), ", and a version must be published ",
        absl::FormatDuration(publishing.lead_time),
        " before that, so that every worker knows it in time; write ",
        "'effective: ", Utc(FullMinuteAfter(least)),
        "' or later, or say --correct if what was said since then may be "
        "taken back and said anew"));
  }
  return CheckIsNear(policy, publishing);
}

}  // namespace leadclock
