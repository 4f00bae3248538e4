#include "tests/property/history_maker.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tests/property/activities.h"
#include "tests/property/into_reference.h"
#include "tests/property/vocabulary.h"

namespace leadclock::property {
namespace {

// The contract's order of kinds.
constexpr uint32_t kLeadCreated = 20;
constexpr uint32_t kAttributesChanged = 22;
constexpr uint32_t kFlagsChanged = 24;
constexpr uint32_t kAssigned = 27;
constexpr uint32_t kTouch = 30;
constexpr uint32_t kWithdrawn = 38;

}  // namespace

void HistoryMaker::Make() {
  birth_ = SomeBirth();
  length_ = fine_ ? dice_.Between(60, 200) * scenario_.step
                  : absl::Hours(dice_.OneOf<int64_t>({6, 6, 12, 24, 48, 80}));
  scenario_.horizon = birth_ + length_;
  AddVersions();

  if (!dice_.Chance(2)) {
    AddEvent(birth_, kLeadCreated, SomeCreated());
  }
  const int64_t many = policies_.is_rich()
                           ? dice_.OneOf<int64_t>({5, 10, 20, 30})
                           : dice_.OneOf<int64_t>({2, 5, 10, 20});
  for (int64_t n = dice_.Between(many / 2, many); n > 0; --n) AddSomething();
  MoveVersions();
  std::sort(scenario_.events.begin(), scenario_.events.end(),
            [](const Event& a, const Event& b) { return StandsBefore(a, b); });
}

// Often one, so that there is room for all else, too.
void HistoryMaker::AddVersions() {
  if (dice_.Chance(40)) return;
  std::vector<absl::Time> instants;
  do {
    scenario_.versions.push_back(policies_.MakeNext(scenario_.versions.back()));
    const int64_t steps = length_ / scenario_.step;
    const int64_t most =
        dice_.Chance(50) ? steps : std::min<int64_t>(steps, 90);
    instants.push_back(birth_ + dice_.Below(most) * scenario_.step);
  } while (scenario_.versions.size() < 4 && dice_.Chance(35));
  LetThemTakeEffect(instants);
}

void HistoryMaker::MoveVersions() {
  if (scenario_.versions.size() == 1) return;
  const reference::Life life = Live(scenario_, scenario_.events);
  facts_ = life.facts;
  std::vector<absl::Time> instants;
  for (size_t i = 1; i < scenario_.versions.size(); ++i) {
    absl::Time at = scenario_.versions[i].policy.effective;
    const int64_t choice = dice_.Below(100);
    if (choice < 20) at = SomeInstant();
    if (choice >= 50) at = SomeInstantWithin(life.runs).value_or(at);
    instants.push_back(std::min(at, scenario_.horizon - scenario_.step));
  }
  LetThemTakeEffect(instants);
  if (dice_.Chance(20)) {
    scenario_.versions[0].policy.effective =
        scenario_.versions[1].policy.effective -
        dice_.Between(1, 40) * scenario_.step;
  }
}

std::optional<absl::Time> HistoryMaker::SomeInstantWithin(
    const std::vector<reference::Run>& runs) {
  std::vector<std::pair<absl::Time, int64_t>> open;  // since when, how long
  for (const reference::Run& run : runs) {
    const absl::Time from = InstantOf(run.started_at);
    const absl::Time to =
        run.is_open ? scenario_.horizon : InstantOf(run.ended_at);
    const int64_t steps = (to - from) / scenario_.step;
    if (steps > 1) open.emplace_back(from, steps);
  }
  if (open.empty()) return std::nullopt;
  const auto& [from, steps] = dice_.OneOf(open);
  // Rather early, before it is due.
  const int64_t most = dice_.Chance(30) ? steps - 1 : 60;
  return from + dice_.Between(1, std::min(steps - 1, most)) * scenario_.step;
}

void HistoryMaker::LetThemTakeEffect(std::vector<absl::Time> instants) {
  std::sort(instants.begin(), instants.end());
  for (size_t i = 1; i < instants.size(); ++i) {
    instants[i] = std::max(instants[i], instants[i - 1] + scenario_.step);
  }
  for (size_t i = 0; i < instants.size(); ++i) {
    scenario_.versions[i + 1].policy.effective = instants[i];
  }
}

absl::Time HistoryMaker::SomeBirth() {
  const std::vector<reference::Day> days = {
      reference::DayOf(2026, 3, 2),   reference::DayOf(2026, 3, 5),
      reference::DayOf(2026, 3, 6),   reference::DayOf(2026, 3, 7),
      reference::DayOf(2026, 3, 8),   reference::DayOf(2026, 3, 28),
      reference::DayOf(2026, 10, 24), reference::DayOf(2026, 10, 31),
      reference::DayOf(2026, 12, 24), reference::DayOf(2026, 6, 10)};
  const reference::Day day = dice_.OneOf(days);
  const absl::Time at = SomeBoundary(day).value_or(
      InstantOf(day * reference::kDay) + absl::Minutes(dice_.Below(24 * 60)));
  const int64_t near = fine_ ? 40 : 90;
  return dice_.Chance(15)
             ? at
             : at + dice_.Between(-near, near / 3) * scenario_.step;
}

std::optional<absl::Time> HistoryMaker::SomeBoundary(reference::Day day) {
  const PolicyVersion& version = dice_.OneOf(scenario_.versions);
  const auto calendar = static_cast<size_t>(
      dice_.Below(static_cast<int64_t>(version.calendars.size())));
  if (calendar == 0) return std::nullopt;
  const std::vector<reference::Opening> openings = reference::OpeningsOf(
      ReferencePolicy(version).calendars[calendar], day - 1, day + 1);
  if (openings.empty()) return std::nullopt;
  const reference::Opening& opening = dice_.OneOf(openings);
  return InstantOf(dice_.Chance(50) ? opening.opens : opening.closes);
}

absl::Time HistoryMaker::SomeInstant() {
  if (scenario_.versions.size() > 1 && dice_.Chance(15)) {
    const int64_t later = static_cast<int64_t>(scenario_.versions.size()) - 1;
    const auto version = static_cast<size_t>(dice_.Between(1, later));
    return scenario_.versions[version].policy.effective;
  }
  const int64_t choice = dice_.Below(100);
  if (choice < 40 && !facts_.empty()) {
    return InstantOf(dice_.OneOf(facts_).at);
  }
  if (choice < 50 && !facts_.empty()) {
    return InstantOf(dice_.OneOf(facts_).at) +
           dice_.Between(-1, 1) * scenario_.step;
  }
  if (choice < 62 && !scenario_.events.empty()) {
    return dice_.OneOf(scenario_.events).occurred_at;
  }
  if (choice < 67 && !facts_.empty()) {
    // Where another target would have been due.
    const reference::Fact& fact = dice_.OneOf(facts_);
    return InstantOf(fact.clock == reference::kNoClock ? fact.at
                                                       : fact.started_at) +
           policies_.SomeTarget();
  }
  if (choice < 72) {
    const std::optional<absl::Time> boundary = SomeBoundary(
        ReferenceInstant(birth_) / reference::kDay + dice_.Below(2));
    if (boundary && *boundary >= birth_ && *boundary < scenario_.horizon) {
      return *boundary;
    }
  }
  if (choice < 76) return birth_ - dice_.Below(30) * scenario_.step;
  return birth_ + dice_.Below(length_ / scenario_.step / 2) * scenario_.step;
}

void HistoryMaker::AddSomething() {
  if (scenario_.events.size() % 3 == 1) {
    facts_ = Live(scenario_, scenario_.events).facts;
  }
  const absl::Time at =
      std::min(SomeInstant(), scenario_.horizon - scenario_.step);
  if (policies_.is_rich() && dice_.Chance(50)) return AddFromRules(at);
  const int64_t choice = dice_.Below(100);
  if (choice < 30) {
    AddEvent(at, kTouch, SomeTouch());
  } else if (choice < 45) {
    Assigned assigned{SomePeople(80)};
    for (const char* const role : {"operations", "team_lead"}) {
      if (!dice_.Chance(20)) continue;
      assigned.holders.emplace_back(role, PersonId(dice_.OneOf(Persons())));
    }
    AddEvent(at, kAssigned, std::move(assigned));
  } else if (choice < 60) {
    AddActivity(at, SomeActivity(ActivityKind::kStatusChanged, dice_));
  } else if (choice < 75) {
    AddAttributes(at);
  } else if (choice < 78) {
    AddEvent(at, kFlagsChanged, SomeFlags());
  } else if (choice < 84) {
    AddEvent(at, kLeadCreated, SomeCreated());
  } else if (choice < 85) {
    AddActivity(at, SomeActivity(ActivityKind::kMeetingBooked, dice_));
  } else if (choice < 92) {
    AddWithdrawal(at);
  } else {
    AddDuplicate(at);
  }
}

void HistoryMaker::AddEvent(absl::Time at, uint32_t kind, EventBody body) {
  Event event;
  event.ref = {dice_.Chance(70) ? "crm" : "phone",
               absl::StrCat("e", scenario_.events.size())};
  event.occurred_at = at;
  event.sequence = dice_.Chance(60) ? 0 : dice_.Between(1, 3);
  event.kind = kind;
  event.body = std::move(body);
  scenario_.events.push_back(std::move(event));
}

LeadCreated HistoryMaker::SomeCreated() {
  LeadCreated created;
  for (const auto& [name, values] : Attributes()) {
    if (!dice_.Chance(30)) continue;
    created.attributes.emplace_back(name, dice_.OneOf(values));
  }
  AddToldByTasks(created.attributes);
  created.people = SomePeople(50);
  for (const std::string& flag : Flags()) {
    if (dice_.Chance(10)) created.flags.push_back(flag);
  }
  return created;
}

PeopleChanges HistoryMaker::SomePeople(int owner_percent) {
  PeopleChanges people;
  if (dice_.Chance(owner_percent)) {
    people.owner = PersonId(dice_.OneOf(Persons()));
  }
  if (dice_.Chance(25)) people.backup = PersonId(dice_.OneOf(Persons()));
  if (dice_.Chance(25)) people.manager = PersonId(dice_.OneOf(Persons()));
  return people;
}

Touched HistoryMaker::SomeTouch() {
  Touched touch;
  if (!dice_.Chance(8)) touch.channel = dice_.OneOf(Channels());
  touch.direction = dice_.OneOf<Direction>(
      {Direction::kOutbound, Direction::kOutbound, Direction::kOutbound,
       Direction::kInbound, Direction::kInternal, Direction::kUnknown});
  touch.actor_kind = dice_.OneOf<ActorKind>(
      {ActorKind::kHuman, ActorKind::kHuman, ActorKind::kHuman,
       ActorKind::kAutoresponder, ActorKind::kUnknown});
  touch.actor = PersonId(dice_.OneOf(Persons()));
  touch.meaningful = SomeJudgement();
  touch.personalized = SomeJudgement();
  touch.reply_path = SomeJudgement();
  if (policies_.is_rich() && dice_.Chance(20)) touch.changes_terms = true;
  if (policies_.is_rich() && dice_.Chance(20)) touch.apology = dice_.Chance(80);
  return touch;
}

std::optional<bool> HistoryMaker::SomeJudgement() {
  if (dice_.Chance(30)) return std::nullopt;
  return dice_.Chance(70);
}

void HistoryMaker::AddAttributes(absl::Time at) {
  const auto& [some_name, some_values] = dice_.OneOf(Attributes());
  std::string name = some_name;
  std::string value = dice_.OneOf(some_values);
  if (!policies_.asked().empty() && dice_.Chance(70)) {
    const AttributeTest& test = dice_.OneOf(policies_.asked());
    if (test.attribute == "flag") {
      return AddEvent(at, kFlagsChanged, SomeFlags());
    }
    name = test.attribute;
    if (!test.any_of.empty()) value = dice_.OneOf(test.any_of);
    if (dice_.Chance(50)) value = SomeValueOf(name);
  }
  AttributesChanged changed = {{{name, value}}};
  for (const KnownActivity& known : KnownActivities()) {
    if (known.attribute != name) continue;
    Activity activity = SomeActivity(known.kind, dice_);
    SetField(name, value, activity);
    // For all, and not for a channel.
    if (name == "consent" && dice_.Chance(50))
      SetField("channel", "", activity);
    return AddActivity(at, std::move(activity));
  }
  if (name != "market" && dice_.Chance(20)) {
    changed.attributes.emplace_back("market", SomeValueOf("market"));
  }
  AddToldByTasks(changed.attributes);
  AddEvent(at, kAttributesChanged, changed);
}

void HistoryMaker::AddToldByTasks(AttributeChanges& attributes) {
  if (!policies_.is_rich() || !dice_.Chance(25)) return;
  attributes.emplace_back(dice_.OneOf(ToldByTasks()),
                          dice_.OneOf<std::string>({"one", "two", ""}));
}

const std::string& HistoryMaker::SomeValueOf(const std::string& attribute) {
  const auto found =
      std::find_if(Attributes().begin(), Attributes().end(),
                   [&](const auto& entry) { return entry.first == attribute; });
  return dice_.OneOf(found->second);
}

FlagsChanged HistoryMaker::SomeFlags() {
  FlagsChanged changed;
  for (const std::string& flag : Flags()) {
    if (dice_.Chance(60)) {
      (dice_.Chance(60) ? changed.added : changed.removed).push_back(flag);
    }
  }
  return changed;
}

void HistoryMaker::AddWithdrawal(absl::Time at) {
  EventRef withdrawn = {"crm", absl::StrCat("e", dice_.Below(12))};
  if (dice_.Chance(80) && !scenario_.events.empty()) {
    withdrawn = dice_.OneOf(scenario_.events).ref;
  }
  AddEvent(at, kWithdrawn, Withdrawn{withdrawn});
}

void HistoryMaker::AddDuplicate(absl::Time at) {
  if (scenario_.events.empty()) return;
  Event again = dice_.OneOf(scenario_.events);
  if (dice_.Chance(75)) {
    const Event& other = dice_.OneOf(scenario_.events);
    const EventRef ref = again.ref;
    if (dice_.Chance(50)) again = other;
    again.ref = ref;
    if (dice_.Chance(60)) again.occurred_at = at;
    if (dice_.Chance(50)) again.sequence = dice_.Between(0, 3);
  }
  scenario_.events.push_back(again);
}

}  // namespace leadclock::property
