#include "app/lead/event_words.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
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

std::string AttributeWords(const AttributeChanges& changes) {
  return absl::StrJoin(changes, ", ", [](std::string* out, const auto& change) {
    // Of several values each stands in a line.
    absl::StrAppend(
        out, change.first, " ",
        change.second.empty()
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
    return AttributeWords(words);
  }
  std::string operator()(const Erased&) const {
    return "the lead is to be forgotten";
  }
  std::string operator()(const MergedInto& merged) const {
    return absl::StrCat("merged into the lead ", merged.lead);
  }
  std::string operator()(const Absorbed& absorbed) const {
    return absl::StrCat("takes over the lead ", absorbed.lead);
  }
};

// The word, and what is known of it in brackets.
std::string With(absl::string_view what, const std::string& detail) {
  return detail.empty() ? std::string(what)
                        : absl::StrCat(what, " (", detail, ")");
}

std::string Date(int64_t millis) {
  return absl::FormatTime("%Y-%m-%d %H:%M UTC", absl::FromUnixMillis(millis),
                          absl::UTCTimeZone());
}

std::string MergedWords(const v1::Merged& merged) {
  return merged.has_absorbed()
             ? absl::StrCat("takes over the lead ", merged.absorbed().lead_id())
             : absl::StrCat("merged into the lead ", merged.into_lead_id());
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

std::string Failures(const UncountedTouch::Test& failed, const TouchTest& test,
                     const UncountedTouch& uncounted) {
  return absl::StrJoin(failed.failed, "; ",
                       [&](std::string* out, TouchPart part) {
                         out->append(Failure(part, test, uncounted));
                       });
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
  const std::vector<Trigger>& stops = policy.clocks[uncounted.clock].stops;
  std::vector<std::string> words;
  for (const UncountedTouch::Test& test : uncounted.tests) {
    std::string why = Failures(test, stops[test.stop].touch, uncounted);
    if (uncounted.tests.size() > 1) {
      why = absl::StrCat("no ", Words(policy, {stops[test.stop]}), ": ", why);
    }
    words.push_back(std::move(why));
  }
  return absl::StrJoin(words, " - ");
}

std::string HowAnswered(const Policy& policy, const ClockRule& clock) {
  std::vector<std::string> words;
  for (const Trigger& stop : clock.stops) {
    std::string name = Words(policy, {stop});
    const bool is_touch = stop.kind == Trigger::Kind::kTouch;
    words.push_back(is_touch ? With(name, Words(stop.touch)) : name);
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
