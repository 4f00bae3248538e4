#include "tests/property/in_words.h"

#include <array>
#include <optional>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/property/activities.h"

namespace leadclock::property {
namespace {

std::string Text(const Condition& condition) {
  if (condition.empty()) return "otherwise";
  return absl::StrJoin(
      condition, " and ", [](std::string* out, const AttributeTest& test) {
        if (!test.any.empty()) {
          return absl::StrAppend(
              out, "any(",
              absl::StrJoin(test.any, " | ",
                            [](std::string* one, const Condition& of) {
                              absl::StrAppend(one, Text(of));
                            }),
              ")");
        }
        absl::StrAppend(out, test.attribute, test.negated ? " not" : "",
                        " in [", absl::StrJoin(test.any_of, ","), "]");
        for (const NumberSpan& span : test.spans) {
          absl::StrAppend(out, " or ", span.with_from ? "[" : "(", span.from,
                          ", ", span.to, span.with_to ? "]" : ")");
        }
      });
}

std::string Text(const std::optional<bool>& judgement) {
  if (!judgement) return "?";
  return *judgement ? "yes" : "no";
}

std::string Text(const TouchTest& test) {
  std::vector<std::string> parts;
  if (test.direction) parts.push_back(Word(*test.direction));
  if (test.actor_kind) parts.push_back(Word(*test.actor_kind));
  for (const Role role : test.by)
    parts.push_back(absl::StrCat("by ", NameOf(role)));
  if (test.meaningful) parts.push_back("meaningful=" + Text(test.meaningful));
  if (test.personalized) {
    parts.push_back("personalized=" + Text(test.personalized));
  }
  if (test.reply_path) parts.push_back("reply_path=" + Text(test.reply_path));
  if (test.changes_terms) {
    parts.push_back("changes_terms=" + Text(test.changes_terms));
  }
  if (test.apology) parts.push_back("apology=" + Text(test.apology));
  for (const std::string& channel : test.channels) parts.push_back(channel);
  if (test.another_channel) parts.emplace_back("another channel");
  return absl::StrCat("touch(", absl::StrJoin(parts, " "), ")");
}

std::string Text(const ActivityTest& test) {
  std::string text = Known(test.kind).name;
  for (const ActivityTest::FieldTest& field : test.fields) {
    absl::StrAppend(&text, " ", field.field, "=[",
                    absl::StrJoin(field.any_of, ","), "]");
  }
  return text;
}

std::string Text(const DateTest& test) {
  std::string text = absl::StrCat("date ", test.date);
  if (test.days != 0) absl::StrAppend(&text, " - ", test.days, " days");
  if (test.length != absl::ZeroDuration()) {
    absl::StrAppend(&text, " - ", absl::FormatDuration(test.length));
  }
  return text;
}

std::string Text(const Trigger& trigger, const Policy& policy) {
  const auto of_clock = [&](const std::string& what) {
    return absl::StrCat(policy.clocks[trigger.clock].name, ".", what);
  };
  switch (trigger.kind) {
    case Trigger::Kind::kLeadCreated:
      return "lead_created";
    case Trigger::Kind::kAssigned:
      return absl::StrCat("assigned ", NameOf(trigger.role));
    case Trigger::Kind::kTouch:
      return Text(trigger.touch);
    case Trigger::Kind::kClockAnswered:
      return of_clock("answered");
    case Trigger::Kind::kClockMissed:
      return of_clock("missed");
    case Trigger::Kind::kClockStopped:
      return of_clock("stopped");
    case Trigger::Kind::kRungFired:
      return of_clock(trigger.rung);
    case Trigger::Kind::kReentered:
      return "reentered";
    case Trigger::Kind::kActivity:
      return Text(trigger.activity);
    case Trigger::Kind::kFlagAdded:
      return absl::StrCat("flag_added ", absl::StrJoin(trigger.flags, ","));
    case Trigger::Kind::kDate:
      break;
  }
  return Text(trigger.date);
}

std::string Text(const std::vector<Trigger>& triggers, const Policy& policy) {
  return absl::StrJoin(triggers, " | ",
                       [&](std::string* out, const Trigger& trigger) {
                         absl::StrAppend(out, Text(trigger, policy));
                       });
}

std::string Text(const Mark& mark) {
  const std::string length =
      absl::FormatDuration(mark.length) + (mark.wall ? " wall" : "");
  switch (mark.from) {
    case Mark::From::kStart:
      if (mark.percent == 0) return length;
      return absl::StrCat(length, " or ", mark.percent, "%");
    case Mark::From::kBeforeDue:
      return "due - " + length;
    case Mark::From::kAfterDue:
      return "due + " + length;
    case Mark::From::kStarted:
      return "start";
    case Mark::From::kShare:
      break;
  }
  return absl::StrCat(mark.percent, "%");
}

std::string Text(const Target& target) {
  switch (target.kind) {
    case Target::Kind::kOpenTime:
      break;
    case Target::Kind::kBusinessDays:
      return absl::StrCat(target.days, " business days");
    case Target::Kind::kEndOfBusinessDay:
      return absl::StrCat("end of ", target.days, " business days");
  }
  return absl::FormatDuration(target.length);
}

// What only some clocks have.
std::string TextOfRules(const ClockRule& clock, const Policy& policy) {
  std::string text;
  if (!clock.when.empty()) {
    absl::StrAppend(&text, "; when ", Text(clock.when));
  }
  if (!clock.cancels.empty()) {
    absl::StrAppend(&text, "; cancels ", Text(clock.cancels, policy));
  }
  if (clock.repeats != ClockRule::Repeats::kNever) {
    absl::StrAppend(
        &text, "; repeats ",
        clock.repeats == ClockRule::Repeats::kEach ? "each" : "after_end");
  }
  if (clock.keeps_when_ineligible) absl::StrAppend(&text, "; keeps");
  if (clock.attempts) {
    absl::StrAppend(&text, "; attempts of ",
                    absl::StrJoin(clock.attempts->of, " | ",
                                  [](std::string* out, const TouchTest& test) {
                                    absl::StrAppend(out, Text(test));
                                  }),
                    " at_least ", clock.attempts->at_least, " channels ",
                    clock.attempts->channels, " apart ",
                    absl::FormatDuration(clock.attempts->apart));
  }
  if (!clock.resumes.empty()) {
    absl::StrAppend(&text, "; resumes ", Text(clock.resumes, policy));
  }
  for (const Condition& condition : clock.pauses_while) {
    absl::StrAppend(&text, "; pauses while ", Text(condition));
  }
  if (clock.task) {
    absl::StrAppend(&text, "; task ", clock.task->kind, " to ", clock.task->to);
  }
  if (!clock.responsible.empty()) {
    absl::StrAppend(&text, "; responsible ", clock.responsible);
  }
  return text;
}

std::string TextOfRules(const Policy& policy) {
  std::string text;
  for (const ReviewRule& rule : policy.reviews) {
    absl::StrAppend(&text, "review ", rule.reason, " when ", Text(rule.when),
                    " to ", absl::StrJoin(rule.to, ","), "\n");
  }
  if (policy.reentry != Reentry{}) {
    absl::StrAppend(&text, "reentry ends ", Text(policy.reentry.ends, policy),
                    "; returns ", Text(policy.reentry.returns, policy), "\n");
  }
  for (const OutcomeRule& rule : policy.outcomes) {
    absl::StrAppend(&text, "outcome ", rule.name, " on ", Text(rule.on, policy),
                    rule.when.empty() ? "" : " when " + Text(rule.when),
                    rule.repeats ? ", repeats" : "", "\n");
  }
  if (policy.notify_within != absl::InfiniteDuration()) {
    absl::StrAppend(&text, "notify_within ",
                    absl::FormatDuration(policy.notify_within), "\n");
  }
  return text;
}

std::string Text(const Policy& policy) {
  std::string text = TextOfRules(policy);
  const auto calendar_name = [&](uint16_t calendar) {
    return policy.calendars[calendar].name;
  };
  for (const CalendarRule& rule : policy.calendar_for) {
    absl::StrAppend(&text, "calendar_for ", Text(rule.when), ": ",
                    calendar_name(rule.calendar), "\n");
  }
  for (const NamedRole& role : policy.roles) {
    for (const NamedRole::Rule& rule : role.rules) {
      absl::StrAppend(&text, role.name, " ", Text(rule.when), ": '",
                      rule.holder.text(), "'\n");
    }
  }
  absl::StrAppend(&text, "fallback ", absl::StrJoin(policy.fallback, ","),
                  "\n");
  for (const EligibilityRule& rule : policy.eligible) {
    static constexpr std::array<const char*, 3> kThen = {"exclude", "stop",
                                                         "review"};
    absl::StrAppend(&text, kThen[static_cast<size_t>(rule.then)], " if ",
                    Text(rule.when), ": ", rule.reason, " ",
                    absl::StrJoin(rule.to, ","), "\n");
  }
  for (const ClockRule& clock : policy.clocks) {
    absl::StrAppend(&text, clock.name, ": starts ", Text(clock.starts, policy),
                    "; stops ", Text(clock.stops, policy));
    if (!clock.pauses.empty()) {
      absl::StrAppend(&text, "; pauses [", absl::StrJoin(clock.pauses, ","),
                      "]");
    }
    for (const CalendarRule& rule : clock.calendars) {
      absl::StrAppend(&text, "; calendar ", calendar_name(rule.calendar), " (",
                      Text(rule.when), ")");
    }
    absl::StrAppend(&text, TextOfRules(clock, policy));
    absl::StrAppend(&text, "\n");
    for (const ClockRule::TargetRule& rule : clock.targets) {
      absl::StrAppend(&text, "  target ", Text(rule.target), " (",
                      Text(rule.when), ")\n");
    }
    for (const Rung& rung : clock.ladder) {
      absl::StrAppend(&text, "  ", rung.name, " at ", Text(rung.mark), ": ",
                      FactName(rung.action), " to ",
                      absl::StrJoin(rung.to, ","));
      if (!rung.when.empty()) {
        absl::StrAppend(&text, " when ", Text(rung.when));
      }
      absl::StrAppend(&text, rung.for_the_rest ? " for the rest\n" : "\n");
    }
  }
  return text;
}

std::string Text(const AttributeChanges& attributes) {
  return absl::StrJoin(attributes, " ", absl::PairFormatter("="));
}

std::string Text(const PeopleChanges& people) {
  std::string text;
  if (people.owner) absl::StrAppend(&text, " owner=", people.owner->text());
  if (people.backup) absl::StrAppend(&text, " backup=", people.backup->text());
  if (people.manager) {
    absl::StrAppend(&text, " manager=", people.manager->text());
  }
  return text;
}

struct IntoWords {
  std::string operator()(const LeadCreated& body) const {
    return absl::StrCat("lead_created ", Text(body.attributes),
                        Text(body.people),
                        " flags=", absl::StrJoin(body.flags, ","));
  }
  std::string operator()(const AttributesChanged& body) const {
    return Text(body.attributes);
  }
  std::string operator()(const FlagsChanged& body) const {
    return absl::StrCat("flags +", absl::StrJoin(body.added, "+"), " -",
                        absl::StrJoin(body.removed, "-"));
  }
  std::string operator()(const Assigned& body) const {
    return absl::StrCat(
        "assigned", Text(body.people),
        absl::StrJoin(body.holders, "", [](std::string* out, const auto& each) {
          absl::StrAppend(out, " ", each.first, "=", each.second.text());
        }));
  }
  std::string operator()(const Touched& body) const {
    return absl::StrCat("touch ", body.channel, " ", Word(body.direction), " ",
                        Word(body.actor_kind), " by '", body.actor.text(),
                        "' meaningful=", Text(body.meaningful),
                        " personalized=", Text(body.personalized),
                        " reply_path=", Text(body.reply_path),
                        body.changes_terms ? " changes_terms" : "",
                        body.apology ? " apology=" + Text(body.apology) : "");
  }
  std::string operator()(const Withdrawn& body) const {
    return absl::StrCat("withdrawn ", body.event.source, "/", body.event.id);
  }
  std::string operator()(const Activity& body) const {
    return absl::StrCat(Known(body.kind).name, " ", Text(body.fields),
                        body.learnt.empty() ? "" : " learnt ",
                        Text(body.learnt));
  }
  std::string operator()(const MergedInto&) const { return "merged"; }
  std::string operator()(const Absorbed& body) const {
    return absl::StrCat("absorbed one of ", DescribeInstant(body.started_at),
                        body.first_answered_at ? ", answered" : "");
  }
  std::string operator()(const Erased&) const { return "erased"; }
};

}  // namespace

std::string Word(Direction direction) {
  switch (direction) {
    case Direction::kUnknown:
      return "unknown";
    case Direction::kOutbound:
      return "outbound";
    case Direction::kInbound:
      return "inbound";
    case Direction::kInternal:
      break;
  }
  return "internal";
}

std::string Word(ActorKind kind) {
  switch (kind) {
    case ActorKind::kUnknown:
      return "unknown";
    case ActorKind::kHuman:
      return "human";
    case ActorKind::kAutomation:
      return "automation";
    case ActorKind::kAutoresponder:
      return "autoresponder";
    case ActorKind::kImport:
      break;
  }
  return "import";
}

std::string FactName(RungAction action) {
  switch (action) {
    case RungAction::kRemind:
      return "reminder";
    case RungAction::kBreach:
      return "breach";
    case RungAction::kEscalate:
      return "escalation";
    case RungAction::kReassign:
      return "reassignment";
    case RungAction::kWarn:
      return "warning";
    case RungAction::kReview:
      return "review";
    case RungAction::kSetPriority:
      return "priority";
    case RungAction::kRequestAlternateOwner:
      return "alternate owner";
    case RungAction::kAcknowledge:
      break;
  }
  return "acknowledgement";
}

std::string DescribeInstant(absl::Time at) {
  return absl::FormatTime("%a %Y-%m-%d %H:%M:%E3S", at, absl::UTCTimeZone());
}

std::string Describe(const Event& event) {
  return absl::StrCat(DescribeInstant(event.occurred_at), " ", event.ref.source,
                      "/", event.ref.id, " sequence=", event.sequence,
                      " kind=", event.kind, " ",
                      std::visit(IntoWords{}, event.body));
}

std::string Describe(const Scenario& scenario) {
  std::string text = absl::StrCat("seed ", scenario.seed, ", up to ",
                                  DescribeInstant(scenario.horizon), "\n");
  for (const PolicyVersion& version : scenario.versions) {
    const Policy& policy = version.policy;
    const bool carries = policy.open_clocks == Policy::OpenClocks::kCarry;
    absl::StrAppend(&text, "VERSION ", policy.version, " from ",
                    DescribeInstant(policy.effective),
                    carries ? ", open clocks are carried" : "",
                    ", known from batch ", version.known_at, "\n",
                    Text(policy));
  }
  for (size_t i = 0; i < scenario.events.size(); ++i) {
    absl::StrAppend(&text, "[", i, "] ", Describe(scenario.events[i]), "\n");
  }
  for (size_t i = 0; i < scenario.arrival.size(); ++i) {
    const Batch& batch = scenario.arrival[i];
    absl::StrAppend(&text, "batch ", i, " at now ", DescribeInstant(batch.now),
                    ", read ", DescribeInstant(batch.read_at), ": [",
                    absl::StrJoin(batch.records, ", "), "]",
                    batch.restart ? ", then a restart" : "", "\n");
  }
  return text;
}

}  // namespace leadclock::property
