#include "app/lead/event_words.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "processor/lead/dates.h"
#include "processor/policy/activity_words.h"
#include "processor/policy/describe.h"

namespace leadclock {
namespace {

// By ActorKind and Direction.
constexpr std::array<std::string_view, 5> kActors = {
    "", "a human", "automation", "an autoresponder", "an import"};
constexpr std::array<std::string_view, 4> kDirections = {"", "outbound",
                                                         "inbound", "internal"};

std::string Named(absl::string_view role, const std::optional<PersonId>& id) {
  if (!id) return "";
  return id->empty() ? absl::StrCat("no ", role)
                     : absl::StrCat(role, " ", id->text());
}

std::string PeopleWords(const PeopleChanges& people) {
  std::vector<std::string> words = {Named("owner", people.owner),
                                    Named("backup", people.backup),
                                    Named("manager", people.manager)};
  std::erase(words, "");
  return absl::StrJoin(words, ", ");
}

std::string Date(absl::Time at) {
  return absl::FormatTime("%Y-%m-%d %H:%M UTC", at, absl::UTCTimeZone());
}
std::string Date(int64_t millis) { return Date(absl::FromUnixMillis(millis)); }

// Dates are told as such; of those of a company's own, as it says them.
bool IsDate(const std::string& attribute) {
  return MayBeDate(attribute) && !absl::StartsWith(attribute, "custom.");
}

std::string AttributeWords(const AttributeChanges& changes) {
  return absl::StrJoin(changes, ", ", [](std::string* out, const auto& change) {
    const auto date = IsDate(change.first) ? DateOf(change.first, change.second)
                                           : std::nullopt;
    // Of several values each stands in a line.
    absl::StrAppend(
        out, change.first, " ",
        date ? Date(*date)
        : change.second.empty()
            ? "not known"
            : absl::StrReplaceAll(change.second, {{"\n", " and "}}));
  });
}

std::string WithWords(absl::string_view what,
                      std::vector<std::string> details) {
  std::erase(details, "");
  return details.empty()
             ? std::string(what)
             : absl::StrCat(what, ": ", absl::StrJoin(details, ", "));
}

std::string Flags(absl::string_view sign,
                  const std::vector<std::string>& flags) {
  return absl::StrJoin(flags, ", ",
                       [sign](std::string* out, const std::string& flag) {
                         absl::StrAppend(out, sign, flag);
                       });
}

std::string TouchWords(const Touched& touch) {
  std::vector<std::string> words = {
      std::string(kDirections[static_cast<size_t>(touch.direction)]),
      touch.channel.empty() ? "touch" : touch.channel};
  std::erase(words, "");
  std::string text = absl::StrJoin(words, " ");
  const std::string_view kind = kActors[static_cast<size_t>(touch.actor_kind)];
  if (!touch.actor.empty()) absl::StrAppend(&text, " by ", touch.actor.text());
  if (!kind.empty()) {
    absl::StrAppend(&text, touch.actor.empty() ? " by " : ", ",
                    std::string(kind));
  }
  const auto judged = [&](const std::optional<bool>& judgement,
                          absl::string_view word) {
    if (judgement) absl::StrAppend(&text, *judgement ? ", " : ", not ", word);
  };
  judged(touch.meaningful, "meaningful");
  judged(touch.personalized, "personalized");
  judged(touch.reply_path, "with a way to reply");
  judged(touch.changes_terms, "a change of price or scope");
  judged(touch.apology, "an apology");
  return text;
}

// What it brings with it.
std::string TakesOver(const std::string& lead, absl::Time begun,
                      const std::optional<absl::Time>& first_answered) {
  return absl::StrCat(
      "takes over the lead ", lead, ", begun ", Date(begun),
      first_answered ? absl::StrCat(", first answered ", Date(*first_answered))
                     : "");
}

struct EventWords {
  std::string operator()(const LeadCreated& created) const {
    return WithWords("created", {AttributeWords(created.attributes),
                                 Flags("flag ", created.flags),
                                 PeopleWords(created.people)});
  }
  std::string operator()(const AttributesChanged& changed) const {
    return AttributeWords(changed.attributes);
  }
  std::string operator()(const FlagsChanged& changed) const {
    return WithWords("flags",
                     {Flags("+", changed.added), Flags("-", changed.removed)});
  }
  std::string operator()(const Assigned& assigned) const {
    std::vector<std::string> words = {PeopleWords(assigned.people)};
    for (const auto& [role, holder] : assigned.holders) {
      words.push_back(Named(role, holder));
    }
    return WithWords("assigned", std::move(words));
  }
  std::string operator()(const Touched& touch) const {
    return TouchWords(touch);
  }
  std::string operator()(const Withdrawn& withdrawn) const {
    return absl::StrCat("withdraws ", Words(withdrawn.event));
  }
  // What it changes, and what else it says of itself. Of other activities
  // their records tell more.
  std::string operator()(const Activity& activity) const {
    switch (activity.kind) {
      case ActivityKind::kConsentChanged:
      case ActivityKind::kStageChanged:
      case ActivityKind::kStatusChanged:
      case ActivityKind::kDisposition:
        break;
      default:
        return "";
    }
    if (activity.learnt.empty()) return "";
    AttributeChanges words = {activity.learnt.front()};
    for (const auto& [name, value] : activity.fields) {
      if (name != WordsOf(activity.kind).main_field) {
        words.emplace_back(name, value);
      }
    }
    for (const auto& [name, value] : activity.learnt) {
      if (IsDate(name) && !value.empty()) words.emplace_back(name, value);
    }
    return AttributeWords(words);
  }
  std::string operator()(const Erased&) const {
    return "the lead is to be forgotten";
  }
  std::string operator()(const MergedInto& merged) const {
    return absl::StrCat("merged into the lead ", merged.lead);
  }
  std::string operator()(const Absorbed& absorbed) const {
    return TakesOver(absorbed.lead, absorbed.started_at,
                     absorbed.first_answered_at);
  }
};

// The word, and what is known of it in brackets.
std::string With(absl::string_view what, const std::string& detail) {
  return detail.empty() ? std::string(what)
                        : absl::StrCat(what, " (", detail, ")");
}

std::string MergedWords(const v1::Merged& merged) {
  if (!merged.has_absorbed()) {
    return absl::StrCat("merged into the lead ", merged.into_lead_id());
  }
  const v1::Merged::Absorbed& absorbed = merged.absorbed();
  return TakesOver(
      absorbed.lead_id(), absl::FromUnixMillis(absorbed.started_at_ms()),
      absorbed.first_answered_at_ms() == 0
          ? std::nullopt
          : std::optional(
                absl::FromUnixMillis(absorbed.first_answered_at_ms())));
}

std::string MeetingWords(const v1::MeetingBooked& meeting) {
  return absl::StrCat(
      With("meeting booked", meeting.purpose()),
      meeting.starts_at_ms() == 0
          ? ""
          : absl::StrCat(" for ", Date(meeting.starts_at_ms())));
}

std::string BreachWords(const v1::BreachExplained& explained) {
  std::vector<std::string> words = {explained.reason(), explained.resolution()};
  std::erase(words, "");
  return absl::StrCat(
      "breach ",
      explained.clock().empty() ? ""
                                : absl::StrCat("of ", explained.clock(), " "),
      "explained",
      explained.actor_id().empty() ? ""
                                   : absl::StrCat(" by ", explained.actor_id()),
      ": ", absl::StrJoin(words, ", "));
}

// ---- Touches that do not count

// "the owner (ann)", "the backup (nobody)".
std::string HolderWords(Role role, const People& people) {
  return absl::StrCat(NameOf(role), " (",
                      people[role].empty() ? "nobody" : people[role].text(),
                      ")");
}

std::string NotBy(const TouchTest& test, const UncountedTouch& uncounted) {
  if (uncounted.touch.actor.empty()) return "nobody knows who did it";
  std::vector<std::string> holders;
  for (const Role role : test.by) {
    holders.push_back(HolderWords(role, uncounted.people));
  }
  std::string none = absl::StrCat("not the ", holders.front());
  if (holders.size() > 1) {
    none = absl::StrCat("neither ",
                        absl::StrJoin(holders.begin(), holders.end() - 1, ", "),
                        " nor ", holders.back());
  }
  return absl::StrCat("by ", uncounted.touch.actor.text(), ", who was ", none);
}

// REQUIRES: they differ.
std::string NotJudged(bool wanted, const std::optional<bool>& is,
                      absl::string_view word) {
  if (!is) return absl::StrCat("not judged ", word);
  return absl::StrCat(*is ? "" : "not ", word, ", but it must ",
                      wanted ? "be" : "not be");
}

std::string Failure(TouchPart part, const TouchTest& test,
                    const UncountedTouch& uncounted) {
  const Touched& touch = uncounted.touch;
  switch (part) {
    case TouchPart::kDirection: {
      const auto is = kDirections[static_cast<size_t>(touch.direction)];
      const auto wanted = kDirections[static_cast<size_t>(*test.direction)];
      return absl::StrCat(
          is.empty() ? "of no known direction" : std::string(is),
          wanted.empty() ? "" : absl::StrCat(", not ", std::string(wanted)));
    }
    case TouchPart::kActorKind: {
      const auto is = kActors[static_cast<size_t>(touch.actor_kind)];
      const auto wanted = kActors[static_cast<size_t>(*test.actor_kind)];
      return absl::StrCat(
          is.empty() ? "not known to be by"
                     : absl::StrCat("by ", std::string(is), ", not"),
          " ", wanted.empty() ? "nobody knows whom" : std::string(wanted));
    }
    case TouchPart::kBy:
      return NotBy(test, uncounted);
    case TouchPart::kMeaningful:
      return NotJudged(*test.meaningful, touch.meaningful, "meaningful");
    case TouchPart::kPersonalized:
      return NotJudged(*test.personalized, touch.personalized, "personalized");
    case TouchPart::kReplyPath:
      if (!touch.reply_path) return "not judged whether a reply reaches anyone";
      return *touch.reply_path ? "with a way to reply, but it must have none"
                               : "without a way to reply";
    case TouchPart::kChannel:
      return absl::StrCat(touch.channel.empty()
                              ? "on no known channel"
                              : absl::StrCat("on ", touch.channel),
                          ", not ", Or(test.channels));
    case TouchPart::kChangesTerms:
      return NotJudged(*test.changes_terms, touch.changes_terms,
                       "a change of price or scope");
    case TouchPart::kApology:
      return NotJudged(*test.apology, touch.apology, "an apology");
    case TouchPart::kAnotherChannel:
      break;
  }
  return touch.channel.empty()
             ? "on no known channel"
             : absl::StrCat("on ", touch.channel,
                            ", the channel that started the clock");
}

std::string Failures(const std::vector<TouchPart>& failed,
                     const TouchTest& test, const UncountedTouch& uncounted) {
  return absl::StrJoin(failed, "; ", [&](std::string* out, TouchPart part) {
    out->append(Failure(part, test, uncounted));
  });
}

Trigger TouchTrigger(const TouchTest& touch) {
  Trigger trigger;
  trigger.kind = Trigger::Kind::kTouch;
  trigger.touch = touch;
  return trigger;
}

std::string Words(const Recipient& recipient) {
  if (recipient.id.empty()) {
    return absl::StrCat("nobody is ", recipient.role);
  }
  if (recipient.fell_to.empty()) {
    return absl::StrCat(recipient.role, " ", recipient.id.text());
  }
  return absl::StrCat(recipient.fell_to, " ", recipient.id.text(),
                      ", for nobody is ", recipient.role);
}

}  // namespace

std::string WhatHappened(const Event& event) {
  const std::string what = std::visit(EventWords(), event.body);
  return what.empty() ? KindOfEvent(event.kind) : what;
}

std::string Words(const EventRef& event) {
  return absl::StrCat(event.source, " ", event.id);
}

std::string WhatIsNoted(const v1::LeadEvent& message) {
  switch (message.event_case()) {
    case v1::LeadEvent::kMerged:
      return MergedWords(message.merged());
    case v1::LeadEvent::kContactBroken:
      return With(absl::StrCat("cannot be reached on ",
                               message.contact_broken().channel()),
                  message.contact_broken().reason());
    case v1::LeadEvent::kContactMended:
      return absl::StrCat("can be reached again on ",
                          message.contact_mended().channel());
    case v1::LeadEvent::kMeetingBooked:
      return MeetingWords(message.meeting_booked());
    case v1::LeadEvent::kMeetingHeld:
      return With(message.meeting_held().no_show()
                      ? "meeting to which the lead did not come"
                      : "meeting held",
                  message.meeting_held().purpose());
    case v1::LeadEvent::kNextStepScheduled:
      return With(absl::StrCat("next step scheduled for ",
                               Date(message.next_step_scheduled().due_at_ms())),
                  message.next_step_scheduled().description());
    case v1::LeadEvent::kMilestone:
      return absl::StrCat("milestone ", message.milestone().name());
    case v1::LeadEvent::kTaskDone:
      return absl::StrCat(
          "task ", message.task_done().task_id(),
          message.task_done().cancelled() ? " given up" : " done",
          message.task_done().actor_id().empty()
              ? ""
              : absl::StrCat(" by ", message.task_done().actor_id()));
    case v1::LeadEvent::kBreachExplained:
      return BreachWords(message.breach_explained());
    default:
      return "";
  }
}

std::string KindOfEvent(uint32_t kind) {
  const google::protobuf::FieldDescriptor* const field =
      v1::LeadEvent::descriptor()->FindFieldByNumber(static_cast<int>(kind));
  if (field == nullptr) return "an event of no known kind";
  std::string words = field->name();
  std::replace(words.begin(), words.end(), '_', ' ');
  return words;
}

std::string WhyUncounted(const Policy& policy,
                         const UncountedTouch& uncounted) {
  const ClockRule& clock = policy.clocks[uncounted.clock];
  const bool is_one =
      uncounted.tests.size() + uncounted.attempt_tests.size() == 1;
  std::vector<std::string> words;
  const auto add = [&](const std::vector<TouchPart>& failed,
                       const TouchTest& test, const Trigger& named) {
    words.push_back(absl::StrCat(
        is_one ? "" : absl::StrCat("no ", Words(policy, {named}), ": "),
        Failures(failed, test, uncounted)));
  };
  for (const UncountedTouch::Test& test : uncounted.tests) {
    const Trigger& stop = clock.stops[test.stop];
    add(test.failed, stop.touch, stop);
  }
  for (size_t i = 0; i < uncounted.attempt_tests.size(); ++i) {
    const TouchTest& test = clock.attempts->of[i];
    add(uncounted.attempt_tests[i], test, TouchTrigger(test));
  }
  return absl::StrJoin(words, " - ");
}

std::string WhatItWas(const Policy& policy, const AttemptStory& attempt) {
  const ClockRule::Attempts& wanted = *policy.clocks[attempt.clock].attempts;
  if (attempt.too_soon_after) {
    return absl::StrCat("does not count: ", Words(attempt.after), " after ",
                        Words(*attempt.too_soon_after),
                        ", and two must be at least ", Words(wanted.apart),
                        " apart");
  }
  const bool is_more = attempt.count > static_cast<uint32_t>(wanted.at_least);
  return absl::StrCat(
      "attempt ", attempt.count,
      is_more ? absl::StrCat(" (", wanted.at_least, " are enough)")
              : absl::StrCat(" of ", wanted.at_least),
      wanted.channels > 1 ? absl::StrCat(", on ", attempt.channels, " of ",
                                         wanted.channels, " channels")
                          : "");
}

std::string HowAnswered(const Policy& policy, const ClockRule& clock) {
  std::vector<std::string> words;
  for (const Trigger& stop : clock.stops) {
    std::string name = Words(policy, {stop});
    const bool is_touch = stop.kind == Trigger::Kind::kTouch;
    // That stands beside the name.
    TouchTest touch = stop.touch;
    touch.another_channel = false;
    words.push_back(is_touch ? With(name, Words(touch)) : name);
  }
  if (clock.attempts) words.push_back(Words(policy, *clock.attempts));
  return Or(words);
}

std::string WhoIsTold(const std::vector<Recipient>& recipients) {
  const bool is_nobody =
      !recipients.empty() &&
      std::all_of(recipients.begin(), recipients.end(),
                  [](const Recipient& each) { return each.id.empty(); });
  return absl::StrCat(
      is_nobody ? "nobody: " : "",
      absl::StrJoin(recipients, "; ",
                    [](std::string* out, const Recipient& recipient) {
                      out->append(Words(recipient));
                    }));
}

}  // namespace leadclock
