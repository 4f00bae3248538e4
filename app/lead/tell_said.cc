#include "app/lead/tell_said.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "app/lead/event_words.h"
#include "app/lead/history.h"
#include "app/lead/local_time.h"
#include "processor/policy/describe.h"
#include "processor/verify/fact_text.h"

namespace leadclock {
namespace {

std::vector<Recipient> RecipientsOf(const v1::SlaEvent& event) {
  std::vector<Recipient> recipients;
  for (const v1::SlaEvent::Recipient& each : event.recipients()) {
    recipients.push_back({.role = each.role(),
                          .fell_to = each.fell_to(),
                          .id = PersonId(each.id())});
  }
  return recipients;
}

// The records in the order in which they became known.
std::vector<LeadFile::Read> ByArrival(std::vector<LeadFile::Read> events) {
  std::stable_sort(events.begin(), events.end(),
                   [](const LeadFile::Read& a, const LeadFile::Read& b) {
                     return KnownAt(a) < KnownAt(b);
                   });
  return events;
}

class SaidTeller {
 public:
  SaidTeller(const PolicyBook& policies, const LeadFile& file,
             const LeadStory& story)
      : policies_(policies),
        file_(file),
        story_(story),
        arrivals_(ByArrival(file.events)) {}

  void Tell(v1::LeadStory& story) const {
    const std::vector<const v1::SlaEvent*> said = InOrder(file_.said);
    // As last said, by the id of what was said first.
    std::map<std::string, const v1::SlaEvent*> as_said;
    for (const v1::SlaEvent* event : said) {
      v1::LeadStory::Said& out = *story.add_said();
      TellOneSaid(*event, out);
      const std::string& first =
          event->corrects().empty() ? event->id() : event->corrects();
      const auto before = as_said.find(first);
      if (event->form() == v1::SlaEvent::RETRACTED) {
        out.set_because(WhyUntrue(
            *event, before == as_said.end() ? nullptr : before->second));
      }
      if (event->form() == v1::SlaEvent::CORRECTED && before != as_said.end()) {
        TellChanges(*before->second, *event, out);
        out.set_because(WhyMended(*event, *before->second));
      }
      as_said[first] = event;
    }
  }

 private:
  void TellOneSaid(const v1::SlaEvent& event, v1::LeadStory::Said& out) const {
    std::string what = v1::SlaEvent::Kind_Name(event.kind());
    std::transform(what.begin(), what.end(), what.begin(), [](char c) {
      return c == '_' ? ' '
                      : static_cast<char>(
                            absl::ascii_tolower(static_cast<unsigned char>(c)));
    });
    if (event.form() == v1::SlaEvent::RETRACTED) {
      what += " retracted";
      out.set_is_retraction(true);
    }
    if (event.form() == v1::SlaEvent::CORRECTED) what += " corrected";
    if (event.kind() == v1::SlaEvent::RETIRED && event.reasons_size() > 0) {
      what += event.reasons(0) == "erased" ? ": the lead was erased"
                                           : ": the lead was put away";
    }
    out.set_lead_seq(event.lead_seq());
    out.set_what(what);
    out.set_clock(event.clock());
    out.set_cycle(event.cycle());
    out.set_rung(event.rung());
    out.set_at(Utc(absl::FromUnixMillis(event.at_ms())));
    out.set_emitted_at(Utc(absl::FromUnixMillis(event.emitted_at_ms())));
    out.set_notify(event.notify());
    out.set_id(event.id());
    out.set_corrects(event.corrects());
    TellRecipients(RecipientsOf(event), *out.mutable_recipients());
    if (event.kind() == v1::SlaEvent::DUE_CHANGED &&
        event.form() == v1::SlaEvent::SAID) {
      AddChange("due", DueBefore(event), DueOf(event), out);
    }
  }

  static std::string DueOf(const v1::SlaEvent& event) {
    return event.due_ms() == 0 ? "" : Utc(absl::FromUnixMillis(event.due_ms()));
  }

  static std::string StartOf(const v1::SlaEvent& event) {
    return event.started_at_ms() == 0
               ? ""
               : Utc(absl::FromUnixMillis(event.started_at_ms()));
  }

  static std::string LengthOf(int64_t millis) {
    return millis == 0 ? "" : Words(absl::Milliseconds(millis));
  }

  static std::string TaskDueOf(const v1::SlaEvent& event) {
    const int64_t due = event.task().due_ms();
    return due == 0 ? "" : Utc(absl::FromUnixMillis(due));
  }

  static std::string YesOrNo(bool yes) { return yes ? "yes" : "no"; }

  // Of a changed due, the one before, if the story agrees that it changed so.
  std::string DueBefore(const v1::SlaEvent& event) const {
    for (const RunStory& told : story_.runs) {
      const ClockRun& run = told.run;
      if (policies_.Of(run).clocks[run.clock].name != event.clock() ||
          static_cast<int32_t>(run.cycle) != event.cycle()) {
        continue;
      }
      for (const VersionInForce& version : told.versions) {
        if (absl::ToUnixMillis(version.since) == event.at_ms() &&
            UtcIf(version.due) == DueOf(event)) {
          return UtcIf(version.due_before);
        }
      }
    }
    return "";
  }

  static void AddChange(const std::string& what, const std::string& from,
                        const std::string& to, v1::LeadStory::Said& out) {
    if (from == to) return;
    v1::LeadStory::Change& change = *out.add_changes();
    change.set_what(what);
    change.set_from(from);
    change.set_to(to);
  }

  static std::string AnswerOf(const v1::SlaEvent& event) {
    return event.answered_at_ms() == 0
               ? ""
               : Utc(absl::FromUnixMillis(event.answered_at_ms()));
  }

  static std::string ResponsibleOf(const v1::SlaEvent& event) {
    if (!event.has_responsible()) return "";
    const v1::SlaEvent::Recipient& one = event.responsible();
    return WhoIsTold({{.role = one.role(),
                       .fell_to = one.fell_to(),
                       .id = PersonId(one.id())}});
  }

  static std::string CauseOf(const v1::SlaEvent& event) {
    return event.by_id().empty()
               ? ""
               : Words(EventRef{event.by_source(), event.by_id()});
  }

  // Of all that an event tells (kTold, and what stands beside it).
  static void TellChanges(const v1::SlaEvent& from, const v1::SlaEvent& to,
                          v1::LeadStory::Said& out) {
    AddChange("owner", from.owner_id(), to.owner_id(), out);
    AddChange("backup", from.backup_id(), to.backup_id(), out);
    AddChange("manager", from.manager_id(), to.manager_id(), out);
    AddChange("recipients", WhoIsTold(RecipientsOf(from)),
              WhoIsTold(RecipientsOf(to)), out);
    AddChange("responsible", ResponsibleOf(from), ResponsibleOf(to), out);
    AddChange("due", DueOf(from), DueOf(to), out);
    AddChange("overdue", LengthOf(from.overdue_business_ms()),
              LengthOf(to.overdue_business_ms()), out);
    AddChange("answered", AnswerOf(from), AnswerOf(to), out);
    AddChange("started", StartOf(from), StartOf(to), out);
    AddChange("target", LengthOf(from.target_ms()), LengthOf(to.target_ms()),
              out);
    AddChange("counted", LengthOf(from.counted_ms()), LengthOf(to.counted_ms()),
              out);
    AddChange("reason", absl::StrJoin(from.reasons(), ", "),
              absl::StrJoin(to.reasons(), ", "), out);
    AddChange("note", from.note(), to.note(), out);
    AddChange("autoresponder", YesOrNo(from.autoresponder()),
              YesOrNo(to.autoresponder()), out);
    AddChange("attempts", absl::StrCat(from.attempts()),
              absl::StrCat(to.attempts()), out);
    AddChange("run", absl::StrCat(from.cycle()), absl::StrCat(to.cycle()), out);
    AddChange("event", CauseOf(from), CauseOf(to), out);
    AddChange("market", from.market(), to.market(), out);
    AddChange("source", from.lead_source(), to.lead_source(), out);
    AddChange("intent", from.intent(), to.intent(), out);
    AddChange("stage", from.stage(), to.stage(), out);
    AddChange("link", from.crm_url(), to.crm_url(), out);
    if (to.kind() == v1::SlaEvent::TASK) {
      AddChange("lead's name", from.task().lead_name(), to.task().lead_name(),
                out);
      AddChange("service interest", from.task().service_interest(),
                to.task().service_interest(), out);
      AddChange("task's owner", from.task().owner_id(), to.task().owner_id(),
                out);
      AddChange("task's due", TaskDueOf(from), TaskDueOf(to), out);
    }
    AddChange("after an escalation", YesOrNo(from.after_escalation()),
              YesOrNo(to.after_escalation()), out);
  }

  // The first so many records.
  std::vector<Event> First(size_t records) const {
    const auto end = arrivals_.begin() + static_cast<std::ptrdiff_t>(records);
    return HistoryOf({arrivals_.begin(), end}).Events();
  }

  // Whether it is true by these versions and the first so many records.
  using IsSo = std::function<bool(const PolicyBook&, size_t)>;

  // What was true by the first so many records. Much is taken back at once, and
  // for the same reason: it is worked out once for that instant.
  const std::vector<Fact>& Facts(const PolicyBook& policies, size_t records,
                                 absl::Time until) const {
    if (until != facts_until_) facts_.clear();
    facts_until_ = until;
    const auto [at, is_new] =
        facts_.try_emplace({policies.versions().back().version, records});
    if (is_new) at->second = FactsOf(policies, First(records), until);
    return at->second;
  }

  // Whether it was true by the first so many records.
  bool IsTrue(const v1::SlaEvent& event, const PolicyBook& policies,
              size_t records) const {
    return leadclock::IsTrue(
        {.clock = event.clock(),
         .rung = event.rung(),
         .at = absl::FromUnixMillis(event.at_ms()),
         .started_by = {event.started_by_source(), event.started_by_id()},
         .policy_version = event.policy_version()},
        policies, Facts(policies, records, SaidAt(event)));
  }

  // Whether it was a version of the policy that became known since that made it
  // untrue, and which: "policy version 2". "": it was not.
  std::string VersionBecauseOf(const v1::SlaEvent& event, size_t records,
                               int64_t known_before, const IsSo& is_so) const {
    const int64_t known = event.known_policy_version();
    if (known_before >= known || policies_.Find(known_before) == nullptr ||
        !is_so(policies_.UpTo(known_before), records)) {
      return "";
    }
    for (const Policy& policy : policies_.versions()) {
      if (policy.version > known_before && policy.version <= known &&
          !is_so(policies_.UpTo(policy.version), records)) {
        return absl::StrCat("policy version ", policy.version);
      }
    }
    return "";
  }

  // Of what was taken back, `before`, if that is on record.
  std::string WhyUntrue(const v1::SlaEvent& event,
                        const v1::SlaEvent* before) const {
    return WhyNoMore(event, before,
                     [&](const PolicyBook& policies, size_t records) {
                       return IsTrue(event, policies, records);
                     });
  }

  // Of what was mended: what it told before is not what is true any more.
  std::string WhyMended(const v1::SlaEvent& event,
                        const v1::SlaEvent& before) const {
    return WhyNoMore(
        event, &before, [&](const PolicyBook& policies, size_t records) {
          return TellsWhatIs(before, policies, records, SaidAt(event));
        });
  }

  bool TellsWhatIs(const v1::SlaEvent& event, const PolicyBook& policies,
                   size_t records, absl::Time until) const {
    const std::optional<Fact> told = FactOf(policies, event);
    if (!told) return false;
    const std::vector<Fact>& facts = Facts(policies, records, until);
    return std::any_of(facts.begin(), facts.end(), [&](const Fact& fact) {
      return SameIdentity(*told, fact) && TellsTheSame(*told, fact);
    });
  }

  // Why it is not so any more: the version of the policy since which, or the
  // record without which, and those that came after it, it would be so still.
  // "": it cannot be told.
  std::string WhyNoMore(const v1::SlaEvent& event, const v1::SlaEvent* before,
                        const IsSo& is_so) const {
    const Policy* const newest = policies_.Find(event.known_policy_version());
    const PolicyBook known =
        newest == nullptr ? policies_ : policies_.UpTo(newest->version);
    const auto later = std::find_if(arrivals_.begin(), arrivals_.end(),
                                    [&](const LeadFile::Read& read) {
                                      return KnownAt(read) > SaidAt(event);
                                    });
    auto records = static_cast<size_t>(later - arrivals_.begin());
    if (is_so(known, records)) return "";
    if (before != nullptr) {
      std::string version = VersionBecauseOf(
          event, records, before->known_policy_version(), is_so);
      if (!version.empty()) return version;
    }
    const bool is_by_other_rules =
        before != nullptr &&
        (before->known_policy_version() != event.known_policy_version() ||
         before->time_zone_data() != event.time_zone_data());
    // It came shortly before; further back nothing is looked for.
    constexpr size_t kFew = 32;
    for (const size_t last = records - std::min(records, kFew); records > last;
         --records) {
      if (!is_so(known, records - 1)) continue;
      const LeadFile::Read& cause = arrivals_[records - 1];
      // By the same rules it was not read yet when the other was said, if it
      // stood there. Else it may have been, and did not hinder that.
      const bool may_have_been_read = is_by_other_rules && cause.recorded_at &&
                                      *cause.recorded_at <= SaidAt(*before);
      if (may_have_been_read) return "";
      return absl::StrCat(Words(cause.event.ref), ": ", WhatItSays(cause));
    }
    return "";
  }

  const PolicyBook& policies_;
  const LeadFile& file_;
  const LeadStory& story_;
  const std::vector<LeadFile::Read> arrivals_;
  // By the newest version known, and the number of records.
  mutable std::map<std::pair<int64_t, size_t>, std::vector<Fact>> facts_;
  mutable absl::Time facts_until_ = absl::InfinitePast();
};

}  // namespace

std::string WhatItSays(const LeadFile::Read& read) {
  return read.noted.empty() ? WhatHappened(read.event) : read.noted;
}

void TellRecipients(
    const std::vector<Recipient>& recipients,
    google::protobuf::RepeatedPtrField<v1::LeadStory::Recipient>& out) {
  for (const Recipient& recipient : recipients) {
    v1::LeadStory::Recipient& each = *out.Add();
    each.set_role(recipient.role);
    each.set_id(recipient.id.text());
    each.set_fell_to(recipient.fell_to);
  }
}

void TellSaid(const PolicyBook& policies, const LeadFile& file,
              const LeadStory& story, v1::LeadStory& out) {
  SaidTeller(policies, file, story).Tell(out);
}

}  // namespace leadclock
