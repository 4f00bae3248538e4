#include "app/scenario/compare.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "app/scenario/words.h"

namespace leadclock {
namespace {

using Part = Comparison::Part;
using Row = Comparison::Row;

constexpr size_t kNone = SIZE_MAX;

// The clock of which it is; "": of none, or of whichever.
std::string ClockOf(const FactName& what) {
  const bool of_clock = what.kind != v1::SlaEvent::LEAD_OUTCOME &&
                        what.name != KindWords(v1::SlaEvent::REVIEW);
  return of_clock ? what.name : "";
}

// For each expected fact the place of the one that fulfils it, or none, so
// that as many as can be have one.
class Matching {
 public:
  Matching(size_t expected, size_t got,
           std::function<bool(size_t, size_t)> fits)
      : fits_(std::move(fits)),
        got_of_(expected, kNone),
        taken_by_(got, kNone) {
    for (size_t i = 0; i < expected; ++i) {
      std::vector<bool> tried(got, false);
      Place(i, tried);
    }
  }

  size_t GotOf(size_t expected) const { return got_of_[expected]; }
  bool IsTaken(size_t got) const { return taken_by_[got] != kNone; }

 private:
  // Finds one for it, if need be by finding another one for who has it.
  bool Place(size_t expected, std::vector<bool>& tried) {
    for (size_t got = 0; got < taken_by_.size(); ++got) {
      if (tried[got] || !fits_(expected, got)) continue;
      tried[got] = true;
      if (IsTaken(got) && !Place(taken_by_[got], tried)) continue;
      taken_by_[got] = expected;
      got_of_[expected] = got;
      return true;
    }
    return false;
  }

  const std::function<bool(size_t, size_t)> fits_;
  std::vector<size_t> got_of_;
  std::vector<size_t> taken_by_;
};

absl::Time At(const v1::SlaEvent& event) {
  return absl::FromUnixMillis(event.at_ms());
}

// The facts that stand, beside those that were expected.
class Facts {
 public:
  Facts(const Scenario& scenario, const Played& played)
      : scenario_(scenario),
        net_(played.net),
        matching_(scenario.expected.size(), played.net.size(),
                  [this](size_t expected, size_t got) {
                    return IsAsExpected(scenario_.expected[expected], net_[got],
                                        scenario_.frame);
                  }) {}

  Part Compare(std::set<std::string>& clocks) {
    FindDifferences(clocks);
    Part part{.name = "expect", .rows = {}};
    for (size_t i = 0; i < scenario_.expected.size(); ++i) AddExpected(i);
    for (size_t got = 0; got < net_.size(); ++got) AddOther(got, clocks);
    std::stable_sort(
        rows_.begin(), rows_.end(),
        [](const auto& a, const auto& b) { return a.first < b.first; });
    for (auto& [at, row] : rows_) {
      part.differs = part.differs || row.differs;
      part.rows.push_back(std::move(row));
    }
    return part;
  }

 private:
  // The line that says that it may not be, if one does.
  const NothingElse* Forbidden(const v1::SlaEvent& event) const {
    for (const NothingElse& nothing : scenario_.nothing_else) {
      if (At(event) <= nothing.until && IsOf(nothing.what, event)) {
        return &nothing;
      }
    }
    return nullptr;
  }

  // For a fact that did not come, one that came in its place: of the same kind
  // and clock, nobody else's, and the nearest in time.
  size_t InPlaceOf(const ExpectedFact& expected) const {
    size_t nearest = kNone;
    for (size_t got = 0; got < net_.size(); ++got) {
      if (matching_.IsTaken(got) || beside_.contains(got)) continue;
      if (!IsOf(expected.what, net_[got])) continue;
      const auto far = [&](size_t place) {
        return absl::AbsDuration(At(net_[place]) - expected.at);
      };
      if (nearest == kNone || far(got) < far(nearest)) nearest = got;
    }
    return nearest;
  }

  void FindDifferences(std::set<std::string>& clocks) {
    for (size_t i = 0; i < scenario_.expected.size(); ++i) {
      if (matching_.GotOf(i) != kNone) continue;
      clocks.insert(ClockOf(scenario_.expected[i].what));
      const size_t got = InPlaceOf(scenario_.expected[i]);
      if (got == kNone) continue;
      beside_.insert(got);
      instead_.emplace_back(i, got);
    }
    for (size_t got = 0; got < net_.size(); ++got) {
      if (!matching_.IsTaken(got) && Forbidden(net_[got]) != nullptr) {
        clocks.insert(net_[got].clock());
      }
    }
    clocks.erase("");
  }

  void AddExpected(size_t i) {
    const ExpectedFact& expected = scenario_.expected[i];
    Row row{.expected = FactLine(expected, scenario_.frame), .got = ""};
    size_t got = matching_.GotOf(i);
    row.differs = got == kNone;
    for (const auto& [place, instead] : instead_) {
      if (place == i) got = instead;
    }
    if (got != kNone) {
      row.got = FactLine(net_[got], &expected, scenario_.frame);
    }
    rows_.emplace_back(expected.at, std::move(row));
  }

  // What was not expected: an error, or worth a look beside one.
  void AddOther(size_t got, const std::set<std::string>& clocks) {
    if (matching_.IsTaken(got) || beside_.contains(got)) return;
    const v1::SlaEvent& event = net_[got];
    const NothingElse* const forbidden = Forbidden(event);
    if (forbidden == nullptr && !clocks.contains(event.clock())) return;
    Row row{.expected = forbidden == nullptr ? "" : forbidden->text,
            .got = FactLine(event, nullptr, scenario_.frame),
            .differs = forbidden != nullptr};
    rows_.emplace_back(At(event), std::move(row));
  }

  const Scenario& scenario_;
  const std::vector<v1::SlaEvent>& net_;
  const Matching matching_;
  // What came in place of what was expected.
  std::set<size_t> beside_;
  std::vector<std::pair<size_t, size_t>> instead_;
  std::vector<std::pair<absl::Time, Row>> rows_;
};

// ---- How the lead stands ----

const v1::LeadStatus::Clock* LastRun(const v1::LeadStatus& status,
                                     const std::string& clock) {
  const v1::LeadStatus::Clock* last = nullptr;
  for (const v1::LeadStatus::Clock& run : status.clocks()) {
    if (run.name() == clock) last = &run;
  }
  return last;
}

std::string ClockWord(const v1::LeadStatus::Clock* run,
                      const Standing& standing) {
  using v1::LeadStatus;
  if (run == nullptr) return "not_started";
  const bool is_late = run->verdict() == LeadStatus::MISSED;
  if (run->phase() == LeadStatus::ENDED) {
    if (run->verdict() == LeadStatus::MET) return "met";
    if (run->verdict() == LeadStatus::STOPPED_BEFORE_DUE) return "stopped";
    return run->answered_at_ms() != 0 ? "answered_late" : "closed";
  }
  if (is_late) return "breached";
  if (run->phase() == LeadStatus::PAUSED) return "paused";
  return standing.warned.contains({run->name(), run->cycle()}) ? "at_risk"
                                                               : "on_track";
}

class Standings {
 public:
  Standings(const Scenario& scenario, const Played& played)
      : scenario_(scenario), played_(played) {}

  Part Compare(std::set<std::string>& clocks) {
    Part part{.name = "at", .rows = {}};
    for (size_t i = 0; i < scenario_.standings.size(); ++i) {
      CompareOne(scenario_.standings[i], played_.standings[i], part, clocks);
    }
    return part;
  }

 private:
  void Add(const ExpectedStanding& standing, const std::string& name,
           const std::string& expected, const std::string& got, Part& part) {
    const std::string at =
        absl::StrCat(WriteTime(standing.at, scenario_.frame), " ", name, " ");
    part.rows.push_back({at + expected, at + got, expected != got});
    part.differs = part.differs || expected != got;
  }

  void CompareOne(const ExpectedStanding& standing, const Standing& got_all,
                  Part& part, std::set<std::string>& clocks) {
    const v1::LeadStatus& status = got_all.status;
    if (!standing.lead.empty()) {
      Add(standing, "lead", standing.lead, StandingWord(status.standing()),
          part);
    }
    for (const ExpectedField& field : standing.fields) {
      const std::string got = FieldText(field, scenario_.frame, status);
      Add(standing, "lead", FieldWords(field, field.value),
          FieldWords(field, got), part);
    }
    for (const ExpectedStanding::Clock& clock : standing.clocks) {
      const bool differed = part.differs;
      part.differs = false;
      CompareClock(standing, clock, got_all, part);
      if (part.differs) clocks.insert(clock.name);
      part.differs = part.differs || differed;
    }
  }

  void CompareClock(const ExpectedStanding& standing,
                    const ExpectedStanding::Clock& clock,
                    const Standing& got_all, Part& part) {
    const v1::LeadStatus::Clock* const run =
        LastRun(got_all.status, clock.name);
    if (!clock.is.empty()) {
      Add(standing, clock.name, clock.is, ClockWord(run, got_all), part);
    }
    for (const ExpectedField& field : clock.fields) {
      const std::string got =
          run == nullptr
              ? "not_started"
              : FieldWords(field, FieldText(field, scenario_.frame, *run));
      Add(standing, clock.name, FieldWords(field, field.value), got, part);
    }
  }

  const Scenario& scenario_;
  const Played& played_;
};

// ---- What was said in order ----

std::string FormWord(v1::SlaEvent::Form form) {
  switch (form) {
    case v1::SlaEvent::RETRACTED:
      return "retracted";
    case v1::SlaEvent::CORRECTED:
      return "corrected";
    default:
      return "said";
  }
}

std::string SaidLine(const v1::SlaEvent& event, const ExpectedSaying* like,
                     const TimeFrame& frame) {
  const bool with_time = like == nullptr || like->said_at.has_value();
  const absl::Time said_at = absl::FromUnixMillis(event.emitted_at_ms());
  return absl::StrCat(
      with_time ? WriteTime(said_at, frame) : "", with_time ? " " : "",
      FormWord(event.form()), " ",
      FactLine(event, like == nullptr ? nullptr : &like->fact, frame));
}

std::string SaidLine(const ExpectedSaying& saying, const TimeFrame& frame) {
  return absl::StrCat(
      saying.said_at ? WriteTime(*saying.said_at, frame) + " " : "",
      FormWord(saying.form), " ", FactLine(saying.fact, frame));
}

bool IsSaid(const ExpectedSaying& saying, const v1::SlaEvent& event,
            const TimeFrame& frame) {
  return saying.form == event.form() &&
         (!saying.said_at ||
          absl::ToUnixMillis(*saying.said_at) == event.emitted_at_ms()) &&
         IsAsExpected(saying.fact, event, frame);
}

Part CompareSequence(const Scenario& scenario, const Played& played,
                     std::set<std::string>& clocks) {
  const ExpectedSequence& sequence = *scenario.sequence;
  Part part{.name = "sequence", .rows = {}};
  size_t next = 0;  // the first that was said behind what was found
  const auto skip_to = [&](size_t end) {
    for (; next < end; ++next) {
      const v1::SlaEvent& event = played.said[next];
      part.rows.push_back({sequence.is_all ? "nothing more" : "",
                           SaidLine(event, nullptr, scenario.frame),
                           sequence.is_all});
      if (sequence.is_all) clocks.insert(event.clock());
    }
  };
  for (const ExpectedSaying& saying : sequence.sayings) {
    size_t found = next;
    while (found < played.said.size() &&
           !IsSaid(saying, played.said[found], scenario.frame)) {
      ++found;
    }
    Row row{.expected = SaidLine(saying, scenario.frame), .got = ""};
    if (found == played.said.size()) {
      row.differs = true;
      clocks.insert(ClockOf(saying.fact.what));
    } else {
      skip_to(found);
      row.got = SaidLine(played.said[next++], &saying, scenario.frame);
    }
    part.rows.push_back(std::move(row));
  }
  skip_to(played.said.size());
  part.differs = std::any_of(part.rows.begin(), part.rows.end(),
                             [](const Row& row) { return row.differs; });
  clocks.erase("");
  return part;
}

}  // namespace

bool Comparison::passed() const {
  return faults.empty() &&
         std::none_of(parts.begin(), parts.end(),
                      [](const Part& part) { return part.differs; });
}

Comparison Compare(const Scenario& scenario, const Played& played) {
  Comparison comparison;
  comparison.faults = played.faults;
  if (!scenario.expected.empty() || !scenario.nothing_else.empty()) {
    comparison.parts.push_back(
        Facts(scenario, played).Compare(comparison.clocks));
  }
  if (!scenario.standings.empty()) {
    comparison.parts.push_back(
        Standings(scenario, played).Compare(comparison.clocks));
  }
  if (scenario.sequence) {
    comparison.parts.push_back(
        CompareSequence(scenario, played, comparison.clocks));
  }
  return comparison;
}

}  // namespace leadclock
