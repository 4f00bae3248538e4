#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "processor/lead/lead_fold.h"
#include "processor/lead/timeline.h"
#include "state/codec.h"
#include "state/lead.h"
#include "tests/property/conversation.h"
#include "tests/property/dice.h"
#include "tests/property/histories.h"
#include "tests/property/in_words.h"
#include "tests/property/into_reference.h"
#include "tests/property/scenario.h"
#include "tests/reference/reference.h"

// The fold against the plain reference, and against itself, on random leads.

namespace leadclock::property {
namespace {

// What facts tell beyond what is compared as net facts.
std::string DifferenceInWhatIsTold(
    const std::vector<Fact>& product,
    const std::vector<reference::Fact>& reference) {
  std::string text;
  for (size_t i = 0; i < product.size(); ++i) {
    const Fact& fact = product[i];
    const reference::Fact& other = reference[i];
    const bool is_of_clock = fact.clock != kNoClock;
    if ((!is_of_clock || fact.started_at == InstantOf(other.started_at)) &&
        absl::ToInt64Milliseconds(fact.counted) == other.counted &&
        absl::ToInt64Milliseconds(fact.target) == other.target &&
        fact.reason == other.reason && DecidedByTime(fact) == other.by_time &&
        (!(is_of_clock || fact.kind == FactKind::kOutcome) ||
         fact.cycle == static_cast<uint32_t>(other.cycle)) &&
        fact.attempts == static_cast<uint32_t>(other.attempts) &&
        fact.note == other.note && fact.autoresponder == other.autoresponder) {
      continue;
    }
    absl::StrAppend(
        &text, Describe(NetFactOf(fact)), "\n  product: started ",
        DescribeInstant(fact.started_at), ", counted ",
        absl::FormatDuration(fact.counted), ", target ",
        absl::FormatDuration(fact.target), ", reason '", fact.reason,
        "', note '", fact.note, "', cycle ", fact.cycle, ", attempts ",
        fact.attempts, fact.autoresponder ? ", autoresponder" : "",
        DecidedByTime(fact) ? ", by time" : "", "\n  reference: started ",
        DescribeInstant(InstantOf(other.started_at)), ", counted ",
        absl::FormatDuration(absl::Milliseconds(other.counted)), ", target ",
        absl::FormatDuration(absl::Milliseconds(other.target)), ", reason '",
        other.reason, "', note '", other.note, "', cycle ", other.cycle,
        ", attempts ", other.attempts,
        other.autoresponder ? ", autoresponder" : "",
        other.by_time ? ", by time" : "", "\n");
  }
  return text;
}

TEST_CASE("Calendars are open when the reference's are", "[property]") {
  HoldsForAll([](const Scenario& scenario) -> std::string {
    const BusinessCalendar& calendar =
        scenario.versions.back().policy.calendars.back().calendar;
    const reference::Calendar other =
        ReferencePolicy(scenario.versions.back()).calendars.back();
    const absl::Time from =
        absl::UnixEpoch() +
        absl::Floor(scenario.horizon - absl::UnixEpoch(), absl::Minutes(1));
    const absl::Duration wanted = absl::Minutes(Dice(scenario.seed).Below(180));
    // Nothing is wanted: the first open instant.
    std::optional<absl::Time> deadline;
    absl::Duration open;
    for (int minute = 0; minute < 6 * 60; ++minute) {
      const absl::Time at = from + minute * absl::Minutes(1);
      const bool is_open = reference::IsOpen(other, ReferenceInstant(at));
      const bool is_used_up =
          wanted > absl::ZeroDuration() ? open >= wanted : is_open;
      if (is_used_up && !deadline) deadline = at;
      if (calendar.IsOpen(at) != is_open) {
        return absl::StrCat("IsOpen differs at ", DescribeInstant(at), "\n");
      }
      if (calendar.Between(from, at) != open) {
        return absl::StrCat("Between differs up to ", DescribeInstant(at),
                            "\n");
      }
      if (is_open) open += absl::Minutes(1);
    }
    if (deadline && calendar.Deadline(from, wanted) != *deadline) {
      return absl::StrCat("Deadline differs for ", absl::FormatDuration(wanted),
                          "\n");
    }
    return "";
  });
}

std::string Text(Verdict verdict) {
  switch (verdict) {
    case Verdict::kNone:
      return "";
    case Verdict::kMet:
      return "met";
    case Verdict::kMissed:
      return "missed";
    case Verdict::kStopped:
      break;
  }
  return "stopped";
}

// Of each clock the newest 16 that ended are kept.
std::vector<reference::Run> KeptOf(const std::vector<reference::Run>& runs) {
  std::map<std::string, int> ended;
  std::vector<reference::Run> kept;
  for (size_t i = runs.size(); i-- > 0;) {
    if (!runs[i].is_open && ++ended[runs[i].clock_name] > 16) continue;
    kept.insert(kept.begin(), runs[i]);
  }
  return kept;
}

bool AreAlike(const std::optional<OpenTask>& product,
              const std::optional<reference::OpenTask>& reference) {
  if (product.has_value() != reference.has_value()) return false;
  if (!product) return true;
  if (product->due.has_value() != reference->due.has_value()) return false;
  return product->holder.text() == reference->holder &&
         (!product->due || *product->due == InstantOf(*reference->due));
}

bool AreAlike(const ClockRun& run, const reference::Run& other) {
  const EventRef started_by = {other.started_by.source, other.started_by.id};
  // How it would count matters no more once it has ended.
  const bool count_alike = !other.is_open || (run.paused == other.paused &&
                                              run.calendar == other.calendar &&
                                              run.resumed == other.resumed);
  return run.policy_version == other.version && run.clock == other.clock &&
         run.started_by == started_by &&
         run.started_at == InstantOf(other.started_at) &&
         Text(run.verdict) == other.verdict && count_alike &&
         run.reason == other.reason &&
         absl::ToInt64Milliseconds(run.target) == other.target &&
         run.ended_at.has_value() != other.is_open &&
         (other.is_open || *run.ended_at == InstantOf(other.ended_at)) &&
         run.cycle == static_cast<uint32_t>(other.cycle) &&
         run.lead_cycle == static_cast<uint32_t>(other.lead_cycle) &&
         run.attempts == static_cast<uint32_t>(other.attempts) &&
         AreAlike(run.task, other.task);
}

std::string DifferenceInRuns(const std::vector<ClockRun>& product,
                             const std::vector<reference::Run>& reference) {
  if (product.size() != reference.size()) {
    return absl::StrCat("there are ", product.size(),
                        " runs, and by the reference ", reference.size(), "\n");
  }
  for (size_t i = 0; i < product.size(); ++i) {
    if (AreAlike(product[i], reference[i])) continue;
    return absl::StrCat("run ", i, " differs at the end\n");
  }
  return "";
}

template <typename T>
std::vector<T> Newest32(const std::vector<T>& list) {
  const size_t skipped = list.size() > 32 ? list.size() - 32 : 0;
  return {list.begin() + static_cast<ptrdiff_t>(skipped), list.end()};
}

// What else there is to say of the lead in the end.
std::string DifferenceInLead(const Progress& product,
                             const reference::Life& life) {
  std::string product_text =
      absl::StrCat("cycle ", product.cycle, product.away ? ", away" : "",
                   product.merged ? ", merged" : "", ", outcomes ",
                   absl::StrJoin(product.outcomes, " "), ", owners");
  for (const OwnerChange& change : product.owners) {
    absl::StrAppend(&product_text, " ", DescribeInstant(change.at), " ",
                    change.owner.text());
  }
  absl::StrAppend(&product_text, ", escalations");
  for (const PastEscalation& past : product.escalations) {
    absl::StrAppend(&product_text, " ", DescribeInstant(past.at), " ",
                    past.clock, ".", past.rung);
  }
  absl::StrAppend(&product_text, ", reviews");
  for (const OpenReview& review : product.open_reviews) {
    absl::StrAppend(&product_text, " ", review.reason, " ",
                    review.asked_by.source, "/", review.asked_by.id, " ",
                    review.task.holder.text());
  }

  std::string reference_text =
      absl::StrCat("cycle ", life.cycle, life.away ? ", away" : "",
                   life.merged ? ", merged" : "", ", outcomes ",
                   absl::StrJoin(life.outcomes, " "), ", owners");
  for (const auto& [at, owner] : Newest32(life.owners)) {
    absl::StrAppend(&reference_text, " ", DescribeInstant(InstantOf(at)), " ",
                    owner);
  }
  absl::StrAppend(&reference_text, ", escalations");
  for (const reference::Escalation& past : Newest32(life.escalations)) {
    absl::StrAppend(&reference_text, " ", DescribeInstant(InstantOf(past.at)),
                    " ", past.clock, ".", past.rung);
  }
  absl::StrAppend(&reference_text, ", reviews");
  for (const reference::OpenReview& review : life.open_reviews) {
    absl::StrAppend(&reference_text, " ", review.reason, " ",
                    review.asked_by.source, "/", review.asked_by.id, " ",
                    review.task.holder);
  }
  if (product_text == reference_text) return "";
  return absl::StrCat("in the end the product says: ", product_text,
                      "\nand the reference: ", reference_text, "\n");
}

TEST_CASE("The timeline of a history is the reference's, fact by fact",
          "[property]") {
  HoldsForAll(
      [](const Scenario& scenario) -> std::string {
        const PolicyBook policies = BookOf(scenario);
        const reference::Life life = Live(scenario, scenario.events);

        Timeline timeline = Derive(policies, HistoryOf(scenario.events));

        std::vector<Fact> facts = std::move(timeline.facts);
        if (timeline.progress.has_value() != life.is_born) {
          return "they differ in whether the lead is born\n";
        }
        if (timeline.progress) {
          for (Fact& fact :
               Foretell(policies, *timeline.progress, scenario.horizon).facts) {
            facts.push_back(std::move(fact));
          }
        }
        std::string wrong =
            Difference(NetFactsOf(facts), NetFactsOf(life.facts));
        if (wrong.empty()) wrong = DifferenceInWhatIsTold(facts, life.facts);
        if (wrong.empty() && timeline.progress) {
          const Progress end =
              At(policies, *timeline.progress, scenario.horizon);
          wrong = DifferenceInRuns(end.runs, KeptOf(life.runs));
          if (wrong.empty()) wrong = DifferenceInLead(end, life);
        }
        return wrong;
      },
      Leads::kAll);
}

// Whether `event` may be told to Advance after `history`.
bool IsPlainAfter(const Event& event, const std::vector<Event>& history) {
  return std::none_of(history.begin(), history.end(), [&](const Event& other) {
    return Withdraws(event, other) || Withdraws(other, event);
  });
}

TEST_CASE("Event by event gives what deriving from scratch gives",
          "[property]") {
  HoldsForAll([](const Scenario& scenario) -> std::string {
    const PolicyBook policies = BookOf(scenario);
    const std::vector<Event> history = HistoryOf(scenario.events);
    std::vector<Event> so_far;
    Timeline timeline;
    for (const Event& event : history) {
      const bool is_plain = IsPlainAfter(event, so_far);
      so_far.push_back(event);
      const Timeline derived = Derive(policies, so_far);
      if (timeline.progress && is_plain) {
        for (Fact& fact : Advance(policies, event, *timeline.progress)) {
          timeline.facts.push_back(std::move(fact));
        }
      } else {
        timeline = derived;
      }
      if (timeline.progress != derived.progress) {
        return absl::StrCat("progress differs after ", Describe(event), "\n");
      }
      const std::string difference =
          Difference(NetFactsOf(timeline.facts), NetFactsOf(derived.facts));
      if (!difference.empty()) {
        return absl::StrCat("after ", Describe(event),
                            " (reference here: from scratch)\n", difference);
      }
    }
    return "";
  });
}

TEST_CASE("The next instant is never after the next fact", "[property]") {
  HoldsForAll([](const Scenario& scenario) -> std::string {
    const PolicyBook policies = BookOf(scenario);
    const Timeline timeline = Derive(policies, HistoryOf(scenario.events));
    if (!timeline.progress) return "";
    const std::vector<Fact> all =
        Foretell(policies, *timeline.progress, scenario.horizon).facts;
    absl::Time until = timeline.progress->position;
    for (const Fact& fact : all) {
      if (fact.at < until) return "a fact lies before the last event\n";
      const Outlook outlook = Foretell(policies, *timeline.progress, until);
      if (outlook.next <= until) {
        return absl::StrCat("next is not after ", DescribeInstant(until), "\n");
      }
      if (fact.at > until && outlook.next > fact.at) {
        return absl::StrCat("next after ", DescribeInstant(until), " is ",
                            DescribeInstant(outlook.next), ", but there is\n  ",
                            Describe(NetFactOf(fact)), "\n");
      }
      until = fact.at;
    }
    return "";
  });
}

TEST_CASE("All records at once, asked at the end: the reference's net facts",
          "[property]") {
  HoldsForAll([](const Scenario& scenario) -> std::string {
    const PolicyBook policies = BookOf(scenario);
    Lead lead;
    Listener listener(policies);

    const Answer answer =
        FoldLead(policies, scenario.events,
                 {scenario.horizon, scenario.horizon - scenario.step}, lead);

    if (std::string wrong = listener.Hear(answer.utterances); !wrong.empty()) {
      return wrong;
    }
    return Difference(
        listener.Standing(),
        Sorted(NetFactsOf(Live(scenario, scenario.events).facts)));
  });
}

// Which fact is told otherwise than among the others, which are the same;
// empty: none.
std::string ToldOtherwise(const std::vector<Fact>& facts,
                          const std::vector<Fact>& others) {
  for (const Fact& fact : facts) {
    for (const Fact& other : others) {
      if (!SameIdentity(fact, other) || TellsTheSame(fact, other)) continue;
      return absl::StrCat("told otherwise: ", Describe(NetFactOf(fact)),
                          ", counted ", absl::FormatDuration(fact.counted),
                          " and ", absl::FormatDuration(other.counted), "\n");
    }
  }
  return "";
}

TEST_CASE("Any order, any batches, twice, with restarts: the same net facts",
          "[property]") {
  HoldsForAll([](const Scenario& scenario) -> std::string {
    const PolicyBook policies = BookOf(scenario);
    Lead lead;
    Listener listener(policies);
    for (const Batch& batch : scenario.arrival) {
      const Answer answer =
          FoldLead(policies, EventsOf(batch, scenario), AskingOf(batch), lead);
      if (answer.intakes.size() != batch.records.size()) {
        return "not one intake for each event\n";
      }
      std::string wrong = listener.Hear(answer.utterances);
      if (wrong.empty() && batch.restart) wrong = Restart(&lead);
      if (!wrong.empty()) return wrong;
    }
    if (lead.history != HistoryOf(scenario.events)) {
      return "the history is not what the records make\n";
    }
    const std::string wrong =
        Difference(listener.Standing(),
                   Sorted(NetFactsOf(Live(scenario, scenario.events).facts)));
    if (!wrong.empty()) return wrong;
    Lead at_once;
    Listener reader(policies);
    reader.Hear(FoldLead(policies, scenario.events,
                         {scenario.horizon, scenario.horizon - scenario.step},
                         at_once)
                    .utterances);
    return ToldOtherwise(listener.Facts(), reader.Facts());
  });
}

// What differs between two answers; empty: nothing.
std::string Difference(const Answer& a, const Answer& b) {
  if (a.next_instant != b.next_instant) return "another next instant\n";
  if (a.intakes != b.intakes) return "other intakes\n";
  if (a.utterances.size() != b.utterances.size()) return "more or less said\n";
  for (size_t i = 0; i < a.utterances.size(); ++i) {
    const Utterance& x = a.utterances[i];
    const Utterance& y = b.utterances[i];
    if (x.form != y.form || !SameIdentity(x.fact, y.fact) ||
        !TellsTheSame(x.fact, y.fact) || x.count != y.count ||
        x.corrections != y.corrections || x.notify != y.notify ||
        x.lead_seq != y.lead_seq) {
      return absl::StrCat("something else is said, at place ", i, "\n");
    }
  }
  return "";
}

TEST_CASE("A past that is left unread changes nothing", "[property]") {
  HoldsForAll([](const Scenario& scenario) -> std::string {
    Lead whole;
    Lead kept;
    for (size_t i = 0; i < scenario.arrival.size(); ++i) {
      const Batch& batch = scenario.arrival[i];
      const PolicyBook policies = BookKnownAt(i, scenario);
      const std::vector<Event> events = EventsOf(batch, scenario);
      std::string wrong = TakeUp(EncodeLead(kept), policies, events, &kept);
      if (!wrong.empty()) return wrong;
      const Answer answer = FoldLead(policies, events, AskingOf(batch), kept);
      wrong = Difference(answer,
                         FoldLead(policies, events, AskingOf(batch), whole));
      if (!wrong.empty()) return wrong;
    }
    if (!ReadPast(kept).ok()) return "its past cannot be read\n";
    if (kept.history != whole.history) return "its history differs\n";
    if (!(kept.summary == whole.summary)) return "its summary differs\n";
    if (kept.progress != whole.progress) return "its progress differs\n";
    return kept.ledger.size() == whole.ledger.size() ? ""
                                                     : "its ledger differs\n";
  });
}

TEST_CASE("Asked again, or for an earlier now, it has nothing to say",
          "[property]") {
  HoldsForAll([](const Scenario& scenario) -> std::string {
    Lead lead;
    for (size_t i = 0; i < scenario.arrival.size(); ++i) {
      const Batch& batch = scenario.arrival[i];
      const PolicyBook policies = BookKnownAt(i, scenario);
      FoldLead(policies, EventsOf(batch, scenario), AskingOf(batch), lead);
      for (const absl::Time now :
           {batch.now, batch.now - scenario.step, absl::InfinitePast()}) {
        Lead copy = lead;
        const Answer answer =
            FoldLead(policies, {}, {now, batch.read_at}, copy);
        if (answer.utterances.empty()) continue;
        return absl::StrCat("asked for ", DescribeInstant(now), " after ",
                            DescribeInstant(batch.now), ":\n  ",
                            Describe(NetFactOf(answer.utterances.front().fact)),
                            "\n");
      }
    }
    return "";
  });
}

TEST_CASE("After each step progress is what deriving from scratch gives",
          "[property]") {
  HoldsForAll([](const Scenario& scenario) -> std::string {
    Lead lead;
    std::vector<Event> records;
    for (size_t i = 0; i < scenario.arrival.size(); ++i) {
      const Batch& batch = scenario.arrival[i];
      const PolicyBook policies = BookKnownAt(i, scenario);
      const std::vector<Event> events = EventsOf(batch, scenario);
      FoldLead(policies, events, AskingOf(batch), lead);
      records.insert(records.end(), events.begin(), events.end());
      if (lead.history != HistoryOf(records)) {
        return "the history is not what the records make\n";
      }
      const Timeline derived = Derive(policies, lead.history);
      if (!lead.replay && lead.progress != derived.progress) {
        return absl::StrCat("progress differs at now ",
                            DescribeInstant(batch.now), "\n");
      }
    }
    return "";
  });
}

TEST_CASE("A lead that is asked when it wants to be says everything in time",
          "[property]") {
  HoldsForAll([](const Scenario& scenario) -> std::string {
    // Each is read a moment before it happens: nothing is late, so nothing is
    // ever wrong.
    const std::vector<Event> standing = WhatStands(scenario);
    const PolicyBook policies = BookOf(scenario);
    Lead lead;
    Listener listener(policies);
    absl::Time next = absl::InfiniteFuture();
    const auto ask = [&](const std::vector<Event>& events,
                         absl::Time now) -> std::string {
      const Answer answer = FoldLead(policies, events, {now, now}, lead);
      next = answer.next_instant;
      if (next <= now) return "the next instant is not after now\n";
      for (const Utterance& utterance : answer.utterances) {
        const bool by_time = DecidedByTime(utterance.fact);
        if (utterance.form == Form::kSaid &&
            (!by_time || utterance.fact.at == now)) {
          continue;
        }
        return absl::StrCat("said or taken back at another instant, ",
                            DescribeInstant(now), ":\n  ",
                            Describe(NetFactOf(utterance.fact)), "\n");
      }
      return listener.Hear(answer.utterances);
    };
    for (const Event& event : standing) {
      while (next < event.occurred_at) {
        if (std::string wrong = ask({}, next); !wrong.empty()) return wrong;
      }
      std::string wrong =
          ask({event}, event.occurred_at - absl::Milliseconds(1));
      if (!wrong.empty()) return wrong;
    }
    while (next <= scenario.horizon) {
      if (std::string wrong = ask({}, next); !wrong.empty()) return wrong;
    }
    return Difference(listener.Standing(),
                      Sorted(NetFactsOf(Live(scenario, standing).facts)));
  });
}

TEST_CASE("A lead whose past was collapsed goes on as it would have",
          "[property]") {
  HoldsForAll([](const Scenario& scenario) -> std::string {
    const PolicyBook policies = BookOf(scenario);
    const std::vector<Event> standing = WhatStands(scenario);
    Dice dice(scenario.seed);
    Lead lead;
    Listener listener(policies);
    for (size_t i = 0; i < standing.size(); ++i) {
      const absl::Time at = standing[i].occurred_at;
      std::string wrong = listener.Hear(
          FoldLead(policies, {standing[i]}, {at, at}, lead).utterances);
      if (!wrong.empty()) return wrong;
      const bool is_last_of_its_instant =
          i + 1 == standing.size() || standing[i + 1].occurred_at > at;
      if (is_last_of_its_instant && dice.Chance(40)) {
        Collapse(policies, at, lead);
        if (wrong = Restart(&lead); !wrong.empty()) return wrong;
      }
    }
    const Asking at_the_end = {scenario.horizon, scenario.horizon};
    const std::string wrong =
        listener.Hear(FoldLead(policies, {}, at_the_end, lead).utterances);
    if (!wrong.empty()) return wrong;
    return Difference(listener.Standing(),
                      Sorted(NetFactsOf(Live(scenario, standing).facts)));
  });
}

// ---------------------------------------------------------------------------
// Its bytes

// A lead in the middle of its life.
Lead SomeLead(const Scenario& scenario) {
  Dice dice(scenario.seed);
  const auto batches = static_cast<int64_t>(scenario.arrival.size());
  const auto end = static_cast<size_t>(dice.Between(0, batches));
  Lead lead;
  for (size_t i = 0; i < end; ++i) {
    const Batch& batch = scenario.arrival[i];
    FoldLead(BookKnownAt(i, scenario), EventsOf(batch, scenario),
             AskingOf(batch), lead);
  }
  return lead;
}

TEST_CASE("A lead's bytes give the same lead again", "[property]") {
  HoldsForAll([](const Scenario& scenario) {
    Lead lead = SomeLead(scenario);
    return Restart(&lead);
  });
}

TEST_CASE("Broken bytes are refused or read, but never crash", "[property]") {
  HoldsForAll([](const Scenario& scenario) -> std::string {
    const std::string bytes = EncodeLead(SomeLead(scenario));
    Dice dice(scenario.seed);
    for (int i = 0; i < 20; ++i) {
      std::string broken = bytes;
      for (int64_t n = dice.Between(1, 3); n > 0 && !broken.empty(); --n) {
        const auto at = static_cast<size_t>(
            dice.Below(static_cast<int64_t>(broken.size())));
        const char byte = static_cast<char>(dice.Below(256));
        switch (dice.Below(4)) {
          case 0:
            broken.resize(at);
            break;
          case 1:
            broken.insert(at, 1, byte);
            break;
          case 2:
            broken.erase(at, 1);
            break;
          default:
            broken[at] = byte;
        }
      }
      const absl::StatusOr<Lead> lead = DecodeLead(broken);
      if (!lead.ok()) {
        if (lead.status().code() != absl::StatusCode::kDataLoss) {
          return "refused with another status than DataLoss\n";
        }
        continue;
      }
      // What was read can be written and read again.
      if (!DecodeLead(EncodeLead(*lead)).ok()) {
        return "what was read from broken bytes cannot be read again\n";
      }
    }
    return "";
  });
}

}  // namespace
}  // namespace leadclock::property
