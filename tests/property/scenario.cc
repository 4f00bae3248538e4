#include "tests/property/scenario.h"

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <set>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/civil_time.h"
#include "state/codec.h"

namespace leadclock::property {
namespace {

// ---------------------------------------------------------------------------
// Calendars. To compile one takes a while, so there is one set for all.

struct KnownCalendar {
  std::string name;
  CalendarSpec spec;
  BusinessCalendar calendar;
};

OpenRange Hours(double opens, double closes) {
  return {absl::Minutes(opens * 60), absl::Minutes(closes * 60)};
}

CalendarSpec OnWeekdays(std::string zone, const std::vector<OpenRange>& hours) {
  CalendarSpec spec;
  spec.zone = std::move(zone);
  for (size_t day = 0; day < 5; ++day) spec.week[day] = hours;
  return spec;
}

CalendarSpec OnAllDays(std::string zone, const std::vector<OpenRange>& hours) {
  CalendarSpec spec;
  spec.zone = std::move(zone);
  spec.week.fill(hours);
  return spec;
}

std::vector<std::pair<std::string, CalendarSpec>> CalendarSpecs() {
  CalendarSpec london = OnWeekdays("Europe/London", {Hours(9, 17.5)});
  london.week[5] = {Hours(9, 12), Hours(13, 15)};
  london.holidays = {absl::CivilDay(2026, 3, 6), absl::CivilDay(2026, 4, 3),
                     absl::CivilDay(2026, 12, 25)};
  london.special_hours[absl::CivilDay(2026, 3, 5)] = {Hours(9, 12)};
  london.special_hours[absl::CivilDay(2026, 12, 24)] = {Hours(9, 12)};

  CalendarSpec new_york =
      OnWeekdays("America/New_York", {Hours(8, 12), Hours(13, 18)});
  new_york.holidays = {absl::CivilDay(2026, 3, 9), absl::CivilDay(2026, 11, 2)};
  new_york.special_hours[absl::CivilDay(2026, 3, 9)] = {Hours(10, 11)};

  CalendarSpec night = OnAllDays("Europe/London", {Hours(22, 30)});
  night.holidays = {absl::CivilDay(2026, 3, 5)};

  // Across the hour that New York skips, or repeats.
  CalendarSpec early =
      OnAllDays("America/New_York", {Hours(0.5, 1.5), Hours(2.5, 4.25)});

  CalendarSpec shifts =
      OnAllDays("Asia/Kolkata", {Hours(6, 14), Hours(14, 22)});
  shifts.special_hours[absl::CivilDay(2026, 3, 6)] = {};

  CalendarSpec long_nights = OnWeekdays("Asia/Tokyo", {Hours(18, 42)});

  CalendarSpec brief = OnAllDays(
      "UTC", {Hours(9, 9.25), Hours(9.5, 10), Hours(10, 11), Hours(12, 12.5)});

  return {
      {"office", OnWeekdays("UTC", {Hours(9, 17)})},
      {"office with lunch", OnWeekdays("UTC", {Hours(9, 12), Hours(13, 17)})},
      {"london", london},
      {"new york", new_york},
      {"night", night},
      {"early", early},
      {"shifts", shifts},
      {"long nights", long_nights},
      {"brief", brief},
      {"phoenix", OnAllDays("America/Phoenix", {Hours(7, 19)})},
  };
}

const std::vector<KnownCalendar>& KnownCalendars() {
  static const std::vector<KnownCalendar>& known = *[] {
    auto* calendars = new std::vector<KnownCalendar>;
    calendars->push_back({"always", {}, BusinessCalendar::Always()});
    for (auto& [name, spec] : CalendarSpecs()) {
      absl::StatusOr<BusinessCalendar> calendar =
          BusinessCalendar::Create(spec);
      if (!calendar.ok()) {
        std::cerr << name << ": " << calendar.status() << "\n";
        std::abort();
      }
      calendars->push_back({name, spec, *std::move(calendar)});
    }
    return calendars;
  }();
  return known;
}

// ---------------------------------------------------------------------------
// The generator

// The contract's order of kinds.
constexpr uint32_t kLeadCreated = 20;
constexpr uint32_t kAttributesChanged = 22;
constexpr uint32_t kConsentChanged = 23;
constexpr uint32_t kFlagsChanged = 24;
constexpr uint32_t kStageChanged = 25;
constexpr uint32_t kStatusChanged = 26;
constexpr uint32_t kAssigned = 27;
constexpr uint32_t kTouch = 30;
constexpr uint32_t kMeetingBooked = 31;
constexpr uint32_t kWithdrawn = 38;

// A lead that can be reached on two channels has a line for each. No policy
// asks for both in one text.
constexpr char kBothChannels[] = "phone\nemail";

// What policies ask about, and what leads have.
const std::vector<std::pair<std::string, std::vector<std::string>>>&
Attributes() {
  static const auto& attributes =
      *new std::vector<std::pair<std::string, std::vector<std::string>>>{
          {"market", {"uk", "us", ""}},
          {"intent", {"high", "low", ""}},
          {"stage", {"mql", "sql", ""}},
          {"available_channel", {"phone", "email", kBothChannels, ""}},
          {"consent", {"granted", "withdrawn", ""}},
          {"status", {"working", "on_hold", "waiting", ""}}};
  return attributes;
}

const std::vector<std::string>& Flags() {
  static const auto& flags = *new std::vector<std::string>{"complaint", "vip"};
  return flags;
}

const std::vector<std::string>& Persons() {
  static const auto& persons =
      *new std::vector<std::string>{"ann", "bob", "cid", ""};
  return persons;
}

const std::vector<std::string>& Channels() {
  static const auto& channels = *new std::vector<std::string>{"phone", "email"};
  return channels;
}

class Generator {
 public:
  explicit Generator(uint64_t seed) : dice_(seed) { scenario_.seed = seed; }

  Scenario Make() {
    fine_ = dice_.Chance(20);
    scenario_.step = fine_ ? absl::Milliseconds(1) : absl::Minutes(1);
    MakePolicy();
    MakeHistory();
    MakeArrival();
    return std::move(scenario_);
  }

 private:
  absl::Duration Steps(int64_t n) const { return n * scenario_.step; }

  // ---- The policy

  void MakePolicy() {
    Policy& policy = scenario_.policy;
    policy.version = 1;
    policy.hash = "hash";
    AddCalendar(0);
    for (int64_t n = dice_.Below(3); n > 0; --n) {
      AddCalendar(static_cast<size_t>(
          dice_.Between(1, static_cast<int64_t>(KnownCalendars().size()) - 1)));
    }
    while (dice_.Chance(30) && policy.calendar_for.size() < 2) {
      policy.calendar_for.push_back({SomeCondition(), SomeCalendar()});
    }
    policy.calendar_for.push_back({{}, SomeCalendar()});

    static const std::vector<std::string> reasons = {"consent", "complaint",
                                                     "stage"};
    while (dice_.Chance(45) && policy.eligible.size() < reasons.size()) {
      const bool stops = dice_.Chance(50);
      policy.eligible.push_back({SomeIneligible(),
                                 stops ? EligibilityRule::Then::kStop
                                       : EligibilityRule::Then::kExclude,
                                 reasons[policy.eligible.size()]});
    }

    clocks_ = static_cast<uint16_t>(dice_.Between(1, 4));
    for (uint16_t clock = 0; clock < clocks_; ++clock) AddClock(clock);
  }

  void AddCalendar(size_t known) {
    const KnownCalendar& calendar = KnownCalendars()[known];
    scenario_.policy.calendars.push_back({calendar.name, calendar.calendar});
    scenario_.calendars.push_back(calendar.spec);
  }

  uint16_t SomeCalendar() {
    return static_cast<uint16_t>(
        dice_.Below(static_cast<int64_t>(scenario_.policy.calendars.size())));
  }

  Condition SomeCondition() {
    Condition condition;
    do {
      AttributeTest test;
      if (dice_.Chance(15)) {
        test = {"flag", {dice_.OneOf(Flags())}};
      } else {
        const auto& [name, values] = dice_.OneOf(Attributes());
        test.attribute = name;
        do {
          const std::string& value = dice_.OneOf(values);
          test.any_of.push_back(value == kBothChannels ? "email" : value);
        } while (dice_.Chance(20));
      }
      condition.push_back(test);
    } while (dice_.Chance(15));
    asked_.insert(asked_.end(), condition.begin(), condition.end());
    return condition;
  }

  Condition SomeIneligible() {
    static const std::vector<Condition> conditions = {
        {{"consent", {"withdrawn"}}},
        {{"flag", {"complaint"}}},
        {{"stage", {"sql"}}, {"intent", {"low", "high"}}}};
    const Condition& condition = dice_.OneOf(conditions);
    asked_.insert(asked_.end(), condition.begin(), condition.end());
    return condition;
  }

  void AddClock(uint16_t index) {
    ClockRule clock;
    clock.name = absl::StrCat("clock", index);
    do {
      clock.starts.push_back(SomeStart(index));
    } while (dice_.Chance(20));
    do {
      clock.stops.push_back(SomeStop(index));
    } while (dice_.Chance(25));
    if (dice_.Chance(40)) clock.pauses.push_back("on_hold");
    if (dice_.Chance(25)) clock.pauses.push_back("waiting");
    while (dice_.Chance(40) && clock.targets.size() < 3) {
      clock.targets.push_back({SomeCondition(), SomeTarget()});
    }
    clock.targets.push_back({{}, SomeTarget()});
    if (dice_.Chance(50)) clock.calendar = SomeCalendar();
    while (dice_.Chance(70) && clock.ladder.size() < 6) {
      clock.ladder.push_back(SomeRung(clock));
    }
    scenario_.policy.clocks.push_back(clock);
  }

  Trigger SomeStart(uint16_t clock) {
    Trigger trigger;
    const int64_t kind = dice_.Below(100);
    if (clock == 0 && kind < 85) return trigger;  // lead_created
    if (clocks_ == 1 || kind < 40) {
      trigger.kind = dice_.Chance(60) ? Trigger::Kind::kLeadCreated
                                      : Trigger::Kind::kAssigned;
      return trigger;
    }
    if (kind < 45) {
      trigger.kind = Trigger::Kind::kTouch;
      trigger.touch = SomeTouchTest();
      return trigger;
    }
    trigger.kind =
        kind < 72 ? Trigger::Kind::kClockAnswered : Trigger::Kind::kClockMissed;
    trigger.clock = AnotherClock(clock);
    return trigger;
  }

  uint16_t AnotherClock(uint16_t clock) {
    const auto other = static_cast<uint16_t>(dice_.Below(clocks_ - 1));
    return other < clock ? other : static_cast<uint16_t>(other + 1);
  }

  Trigger SomeStop(uint16_t clock) {
    Trigger trigger;
    if (dice_.Chance(20)) {
      trigger.kind = Trigger::Kind::kAssigned;
      return trigger;
    }
    if (clocks_ > 1 && dice_.Chance(10)) {
      trigger.kind = Trigger::Kind::kClockAnswered;
      trigger.clock = AnotherClock(clock);
      return trigger;
    }
    trigger.kind = Trigger::Kind::kTouch;
    trigger.touch = SomeTouchTest();
    return trigger;
  }

  TouchTest SomeTouchTest() {
    TouchTest test;
    if (dice_.Chance(60)) {
      test.direction =
          dice_.Chance(80) ? Direction::kOutbound : Direction::kInbound;
    }
    if (dice_.Chance(40)) test.actor_kind = ActorKind::kHuman;
    if (dice_.Chance(35)) {
      test.by = {Role::kOwner};
      if (dice_.Chance(40)) test.by.push_back(Role::kBackup);
      if (dice_.Chance(40)) test.by.push_back(Role::kManager);
    }
    if (dice_.Chance(20)) test.meaningful = dice_.Chance(80);
    if (dice_.Chance(8)) test.personalized = dice_.Chance(50);
    if (dice_.Chance(8)) test.reply_path = dice_.Chance(50);
    if (dice_.Chance(15)) test.channels = {dice_.OneOf(Channels())};
    return test;
  }

  // In minutes, such that every share of one is whole minutes.
  absl::Duration SomeTarget() {
    if (fine_) return Steps(dice_.Chance(8) ? 0 : dice_.Between(1, 40));
    return absl::Minutes(
        20 * dice_.OneOf<int64_t>({0, 1, 1, 1, 2, 2, 3, 3, 6, 6, 12, 24}));
  }

  absl::Duration SomeLength() {
    if (fine_) return Steps(dice_.Below(25));
    return absl::Minutes(5 * dice_.OneOf<int64_t>({0, 1, 1, 2, 2, 3, 4, 8}));
  }

  Rung SomeRung(const ClockRule& clock) {
    static const std::vector<RungAction> actions = {
        RungAction::kRemind, RungAction::kBreach, RungAction::kEscalate,
        RungAction::kReassign};
    Rung rung;
    rung.name = absl::StrCat("rung", clock.ladder.size());
    rung.action = dice_.OneOf(actions);
    rung.to = {Role::kOwner};
    rung.mark.from = static_cast<Mark::From>(dice_.Below(4));
    if (rung.mark.from == Mark::From::kShare) {
      rung.mark.percent = static_cast<int>(fine_ ? dice_.Between(1, 100)
                                                 : 5 * dice_.Between(1, 20));
    } else {
      rung.mark.length = SomeLength();
    }
    const absl::Duration shortest = Steps(1);
    if (rung.mark.from == Mark::From::kBeforeDue &&
        rung.mark.length < shortest) {
      rung.mark.length = shortest;
    }
    if (dice_.Chance(20)) rung.when = SomeCondition();
    return rung;
  }

  // ---- The history

  void MakeHistory() {
    birth_ = SomeBirth();
    length_ = fine_ ? Steps(dice_.Between(60, 200))
                    : absl::Hours(dice_.OneOf<int64_t>({6, 6, 12, 24, 48, 80}));
    scenario_.horizon = birth_ + length_;

    if (!dice_.Chance(2)) {
      AddEvent(birth_, kLeadCreated, SomeCreated());
    }
    const int64_t many = dice_.OneOf<int64_t>({2, 5, 10, 20});
    for (int64_t n = dice_.Between(many / 2, many); n > 0; --n) AddSomething();
    std::sort(
        scenario_.events.begin(), scenario_.events.end(),
        [](const Event& a, const Event& b) { return StandsBefore(a, b); });
  }

  // A boundary of one of the calendars, or close to it, in one of several
  // weeks: plain ones, Christmas, and where clocks change.
  absl::Time SomeBirth() {
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
    return dice_.Chance(15) ? at : at + Steps(dice_.Between(-near, near / 3));
  }

  std::optional<absl::Time> SomeBoundary(reference::Day day) {
    const size_t calendar = SomeCalendar();
    if (calendar == 0) return std::nullopt;
    const std::vector<reference::Opening> openings = reference::OpeningsOf(
        ReferencePolicy(scenario_).calendars[calendar], day - 1, day + 1);
    if (openings.empty()) return std::nullopt;
    const reference::Opening& opening = dice_.OneOf(openings);
    return InstantOf(dice_.Chance(50) ? opening.opens : opening.closes);
  }

  // When something happens: best, when something else does.
  absl::Time SomeInstant() {
    const int64_t choice = dice_.Below(100);
    if (choice < 40 && !facts_.empty()) {
      return InstantOf(dice_.OneOf(facts_).at);
    }
    if (choice < 50 && !facts_.empty()) {
      return InstantOf(dice_.OneOf(facts_).at) + Steps(dice_.Between(-1, 1));
    }
    if (choice < 62 && !scenario_.events.empty()) {
      return dice_.OneOf(scenario_.events).occurred_at;
    }
    if (choice < 67 && !facts_.empty()) {
      // Where another target would have been due.
      return InstantOf(dice_.OneOf(facts_).started_at) + SomeTarget();
    }
    if (choice < 72) {
      const std::optional<absl::Time> boundary = SomeBoundary(
          ReferenceInstant(birth_) / reference::kDay + dice_.Below(2));
      if (boundary && *boundary >= birth_ && *boundary < scenario_.horizon) {
        return *boundary;
      }
    }
    if (choice < 76) return birth_ - Steps(dice_.Below(30));
    return birth_ + Steps(dice_.Below(length_ / scenario_.step / 2));
  }

  void AddSomething() {
    if (scenario_.events.size() % 3 == 1) {
      facts_ = Live(scenario_, scenario_.events).facts;
    }
    const absl::Time at = std::min(SomeInstant(), scenario_.horizon - Steps(1));
    const int64_t choice = dice_.Below(100);
    if (choice < 30) {
      AddEvent(at, kTouch, SomeTouch());
    } else if (choice < 45) {
      AddEvent(at, kAssigned, Assigned{SomePeople(80)});
    } else if (choice < 60) {
      static const std::vector<std::string> statuses = {"working", "on_hold",
                                                        "waiting", "on_hold"};
      AddEvent(at, kStatusChanged,
               AttributesChanged{{{"status", dice_.OneOf(statuses)}}});
    } else if (choice < 75) {
      AddAttributes(at);
    } else if (choice < 78) {
      AddEvent(at, kFlagsChanged, SomeFlags());
    } else if (choice < 84) {
      AddEvent(at, kLeadCreated, SomeCreated());
    } else if (choice < 85) {
      AddEvent(at, kMeetingBooked, Noted{});
    } else if (choice < 92) {
      AddWithdrawal(at);
    } else {
      AddDuplicate(at);
    }
  }

  void AddEvent(absl::Time at, uint32_t kind, EventBody body) {
    Event event;
    event.ref = {dice_.Chance(70) ? "crm" : "phone",
                 absl::StrCat("e", scenario_.events.size())};
    event.occurred_at = at;
    event.sequence = dice_.Chance(60) ? 0 : dice_.Between(1, 3);
    event.kind = kind;
    event.body = std::move(body);
    scenario_.events.push_back(std::move(event));
  }

  LeadCreated SomeCreated() {
    LeadCreated created;
    for (const auto& [name, values] : Attributes()) {
      if (!dice_.Chance(30)) continue;
      created.attributes.emplace_back(name, dice_.OneOf(values));
    }
    created.people = SomePeople(50);
    for (const std::string& flag : Flags()) {
      if (dice_.Chance(10)) created.flags.push_back(flag);
    }
    return created;
  }

  PeopleChanges SomePeople(int owner_percent) {
    PeopleChanges people;
    if (dice_.Chance(owner_percent)) {
      people.owner = PersonId(dice_.OneOf(Persons()));
    }
    if (dice_.Chance(25)) people.backup = PersonId(dice_.OneOf(Persons()));
    if (dice_.Chance(25)) people.manager = PersonId(dice_.OneOf(Persons()));
    return people;
  }

  Touched SomeTouch() {
    Touched touch;
    touch.channel = dice_.OneOf(Channels());
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
    return touch;
  }

  std::optional<bool> SomeJudgement() {
    if (dice_.Chance(30)) return std::nullopt;
    return dice_.Chance(70);
  }

  // Mostly what the policy asks about.
  void AddAttributes(absl::Time at) {
    const auto& [some_name, some_values] = dice_.OneOf(Attributes());
    std::string name = some_name;
    std::string value = dice_.OneOf(some_values);
    if (!asked_.empty() && dice_.Chance(70)) {
      const AttributeTest& test = dice_.OneOf(asked_);
      if (test.attribute == "flag") {
        return AddEvent(at, kFlagsChanged, SomeFlags());
      }
      name = test.attribute;
      value = dice_.OneOf(test.any_of);
      if (dice_.Chance(50)) value = SomeValueOf(name);
    }
    AttributesChanged changed = {{{name, value}}};
    if (name == "consent") return AddEvent(at, kConsentChanged, changed);
    if (name == "status") return AddEvent(at, kStatusChanged, changed);
    if (name == "stage") return AddEvent(at, kStageChanged, changed);
    if (name != "market" && dice_.Chance(20)) {
      changed.attributes.emplace_back("market", SomeValueOf("market"));
    }
    AddEvent(at, kAttributesChanged, changed);
  }

  const std::string& SomeValueOf(const std::string& attribute) {
    const auto found = std::find_if(
        Attributes().begin(), Attributes().end(),
        [&](const auto& entry) { return entry.first == attribute; });
    return dice_.OneOf(found->second);
  }

  FlagsChanged SomeFlags() {
    FlagsChanged changed;
    for (const std::string& flag : Flags()) {
      if (dice_.Chance(60)) {
        (dice_.Chance(60) ? changed.added : changed.removed).push_back(flag);
      }
    }
    return changed;
  }

  void AddWithdrawal(absl::Time at) {
    EventRef withdrawn = {"crm", absl::StrCat("e", dice_.Below(12))};
    if (dice_.Chance(80) && !scenario_.events.empty()) {
      withdrawn = dice_.OneOf(scenario_.events).ref;
    }
    AddEvent(at, kWithdrawn, Withdrawn{withdrawn});
  }

  // The same again, or the same event with another content.
  void AddDuplicate(absl::Time at) {
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

  // ---- The arrival

  void MakeArrival() {
    const std::vector<size_t> records = SomeOrder();
    // The wall clock goes on from the first event to the horizon.
    absl::Time wall = scenario_.horizon;
    for (const Event& event : scenario_.events) {
      wall = std::min(wall, event.occurred_at);
    }
    absl::Time now = wall;
    const int64_t pace =
        1 + (scenario_.horizon - wall) / scenario_.step / dice_.Between(1, 16);
    size_t next = 0;
    while (next < records.size()) {
      Batch batch;
      for (int64_t n = dice_.Below(4); n > 0 && next < records.size(); --n) {
        batch.records.push_back(records[next++]);
      }
      // It is asked when things happen, too.
      wall = dice_.Chance(30)
                 ? std::max(wall, dice_.OneOf(scenario_.events).occurred_at)
                 : wall + Steps(dice_.Below(pace));
      wall = std::min(wall, scenario_.horizon - Steps(1));
      now = std::max(now,
                     dice_.Chance(60) ? wall : wall - Steps(dice_.Below(30)));
      batch.now = now;
      batch.read_at = wall;
      batch.restart = dice_.Chance(30);
      scenario_.arrival.push_back(std::move(batch));
    }
    scenario_.arrival.push_back(
        {{}, scenario_.horizon, scenario_.horizon, false});
  }

  // Each record at least once.
  std::vector<size_t> SomeOrder() {
    const bool everything_twice = dice_.Chance(50);
    std::vector<size_t> records;
    for (size_t i = 0; i < scenario_.events.size(); ++i) {
      records.push_back(i);
      if (everything_twice || dice_.Chance(10)) records.push_back(i);
    }
    const bool in_order = dice_.Chance(25);
    for (size_t i = records.size(); !in_order && i > 1; --i) {
      const int64_t other = dice_.Below(static_cast<int64_t>(i));
      std::swap(records[i - 1], records[static_cast<size_t>(other)]);
    }
    return records;
  }

  Dice dice_;
  Scenario scenario_;
  bool fine_ = false;  // milliseconds, not minutes
  uint16_t clocks_ = 0;
  // What the policy asks about the lead.
  Condition asked_;
  absl::Time birth_;
  absl::Duration length_;
  // What the reference says of the history so far, now and then.
  std::vector<reference::Fact> facts_;
};

// ---------------------------------------------------------------------------
// Into the reference's words

std::vector<reference::Hours> ReferenceHours(
    const std::vector<OpenRange>& ranges) {
  std::vector<reference::Hours> hours;
  for (const OpenRange& range : ranges) {
    hours.push_back({absl::ToInt64Milliseconds(range.opens),
                     absl::ToInt64Milliseconds(range.closes)});
  }
  return hours;
}

reference::Day ReferenceDay(absl::CivilDay date) {
  return reference::DayOf(static_cast<int>(date.year()),
                          static_cast<unsigned>(date.month()),
                          static_cast<unsigned>(date.day()));
}

reference::Calendar ReferenceCalendar(const CalendarSpec& spec) {
  reference::Calendar calendar;
  calendar.zone = spec.zone;
  for (size_t weekday = 0; weekday < 7; ++weekday) {
    calendar.week[weekday] = ReferenceHours(spec.week[weekday]);
  }
  for (const absl::CivilDay holiday : spec.holidays) {
    calendar.holidays.insert(ReferenceDay(holiday));
  }
  for (const auto& [date, ranges] : spec.special_hours) {
    calendar.special_hours[ReferenceDay(date)] = ReferenceHours(ranges);
  }
  return calendar;
}

std::string Text(Direction direction) {
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

std::string Text(ActorKind kind) {
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

std::string Text(Role role) {
  switch (role) {
    case Role::kOwner:
      return "owner";
    case Role::kBackup:
      return "backup";
    case Role::kManager:
      break;
  }
  return "manager";
}

reference::Condition ReferenceCondition(const Condition& condition) {
  reference::Condition out;
  for (const AttributeTest& test : condition) {
    out.push_back({test.attribute, test.any_of});
  }
  return out;
}

reference::TouchTest ReferenceTouchTest(const TouchTest& test) {
  reference::TouchTest out;
  if (test.direction) out.direction = Text(*test.direction);
  if (test.actor_kind) out.actor_kind = Text(*test.actor_kind);
  for (const Role role : test.by) out.by.push_back(Text(role));
  out.meaningful = test.meaningful;
  out.personalized = test.personalized;
  out.reply_path = test.reply_path;
  out.channels = test.channels;
  return out;
}

std::vector<reference::Trigger> ReferenceTriggers(
    const std::vector<Trigger>& triggers) {
  using On = reference::Trigger::On;
  const auto on = [](Trigger::Kind kind) {
    switch (kind) {
      case Trigger::Kind::kLeadCreated:
        return On::kLeadCreated;
      case Trigger::Kind::kAssigned:
        return On::kAssigned;
      case Trigger::Kind::kTouch:
        return On::kTouch;
      case Trigger::Kind::kClockAnswered:
        return On::kAnswered;
      case Trigger::Kind::kClockMissed:
        break;
    }
    return On::kMissed;
  };
  std::vector<reference::Trigger> out;
  for (const Trigger& trigger : triggers) {
    out.push_back(
        {on(trigger.kind), ReferenceTouchTest(trigger.touch), trigger.clock});
  }
  return out;
}

reference::Mark ReferenceMark(const Mark& mark) {
  using From = reference::Mark::From;
  const auto from = [](Mark::From from) {
    switch (from) {
      case Mark::From::kStart:
        return From::kStart;
      case Mark::From::kBeforeDue:
        return From::kBeforeDue;
      case Mark::From::kAfterDue:
        return From::kAfterDue;
      case Mark::From::kShare:
        break;
    }
    return From::kShare;
  };
  return {from(mark.from), absl::ToInt64Milliseconds(mark.length),
          mark.percent};
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
      break;
  }
  return "reassignment";
}

reference::Clock ReferenceClock(const ClockRule& clock) {
  reference::Clock out;
  out.starts = ReferenceTriggers(clock.starts);
  out.stops = ReferenceTriggers(clock.stops);
  out.pauses = clock.pauses;
  for (const ClockRule::TargetRule& rule : clock.targets) {
    out.targets.push_back({ReferenceCondition(rule.when),
                           absl::ToInt64Milliseconds(rule.target)});
  }
  if (clock.calendar) out.calendar = *clock.calendar;
  for (const Rung& rung : clock.ladder) {
    out.ladder.push_back({ReferenceMark(rung.mark), FactName(rung.action),
                          ReferenceCondition(rung.when)});
  }
  return out;
}

void SetPeople(const PeopleChanges& people, reference::Event* event) {
  if (people.owner) event->owner = people.owner->text();
  if (people.backup) event->backup = people.backup->text();
  if (people.manager) event->manager = people.manager->text();
}

struct IntoReference {
  reference::Event* event;

  void operator()(const LeadCreated& body) const {
    event->what = reference::Event::What::kLeadCreated;
    event->attributes = body.attributes;
    event->flags_added = body.flags;
    SetPeople(body.people, event);
  }
  void operator()(const AttributesChanged& body) const {
    event->what = reference::Event::What::kAttributesChanged;
    event->attributes = body.attributes;
  }
  void operator()(const FlagsChanged& body) const {
    event->what = reference::Event::What::kFlagsChanged;
    event->flags_added = body.added;
    event->flags_removed = body.removed;
  }
  void operator()(const Assigned& body) const {
    event->what = reference::Event::What::kAssigned;
    SetPeople(body.people, event);
  }
  void operator()(const Touched& body) const {
    event->what = reference::Event::What::kTouch;
    event->touch = {body.channel,          Text(body.direction),
                    Text(body.actor_kind), body.actor.text(),
                    body.meaningful,       body.personalized,
                    body.reply_path};
  }
  void operator()(const Withdrawn& body) const {
    event->what = reference::Event::What::kWithdrawn;
    event->withdraws = {body.event.source, body.event.id};
  }
  void operator()(const Noted&) const {
    event->what = reference::Event::What::kNoted;
  }
  void operator()(const Erased&) const {
    // The reference knows no leads that are not kept.
    event->what = reference::Event::What::kNoted;
  }
};

// ---------------------------------------------------------------------------
// In words

std::string Text(const Condition& condition) {
  if (condition.empty()) return "otherwise";
  return absl::StrJoin(condition, " and ",
                       [](std::string* out, const AttributeTest& test) {
                         absl::StrAppend(out, test.attribute, " in [",
                                         absl::StrJoin(test.any_of, ","), "]");
                       });
}

std::string Text(const std::optional<bool>& judgement) {
  if (!judgement) return "?";
  return *judgement ? "yes" : "no";
}

std::string Text(const TouchTest& test) {
  std::vector<std::string> parts;
  if (test.direction) parts.push_back(Text(*test.direction));
  if (test.actor_kind) parts.push_back(Text(*test.actor_kind));
  for (const Role role : test.by) parts.push_back("by " + Text(role));
  if (test.meaningful) parts.push_back("meaningful=" + Text(test.meaningful));
  if (test.personalized) {
    parts.push_back("personalized=" + Text(test.personalized));
  }
  if (test.reply_path) parts.push_back("reply_path=" + Text(test.reply_path));
  for (const std::string& channel : test.channels) parts.push_back(channel);
  return absl::StrCat("touch(", absl::StrJoin(parts, " "), ")");
}

std::string Text(const std::vector<Trigger>& triggers) {
  return absl::StrJoin(
      triggers, " | ", [](std::string* out, const Trigger& trigger) {
        switch (trigger.kind) {
          case Trigger::Kind::kLeadCreated:
            return absl::StrAppend(out, "lead_created");
          case Trigger::Kind::kAssigned:
            return absl::StrAppend(out, "assigned");
          case Trigger::Kind::kTouch:
            return absl::StrAppend(out, Text(trigger.touch));
          case Trigger::Kind::kClockAnswered:
            return absl::StrAppend(out, "clock", trigger.clock, ".answered");
          case Trigger::Kind::kClockMissed:
            return absl::StrAppend(out, "clock", trigger.clock, ".missed");
        }
      });
}

std::string Text(const Mark& mark) {
  std::string length = absl::FormatDuration(mark.length);
  switch (mark.from) {
    case Mark::From::kStart:
      return length;
    case Mark::From::kBeforeDue:
      return "due - " + length;
    case Mark::From::kAfterDue:
      return "due + " + length;
    case Mark::From::kShare:
      break;
  }
  return absl::StrCat(mark.percent, "%");
}

std::string Text(const Policy& policy) {
  std::string text;
  const auto calendar_name = [&](uint16_t calendar) {
    return policy.calendars[calendar].name;
  };
  for (const CalendarRule& rule : policy.calendar_for) {
    absl::StrAppend(&text, "calendar_for ", Text(rule.when), ": ",
                    calendar_name(rule.calendar), "\n");
  }
  for (const EligibilityRule& rule : policy.eligible) {
    const bool stops = rule.then == EligibilityRule::Then::kStop;
    absl::StrAppend(&text, stops ? "stop" : "exclude", " if ", Text(rule.when),
                    ": ", rule.reason, "\n");
  }
  for (const ClockRule& clock : policy.clocks) {
    absl::StrAppend(&text, clock.name, ": starts ", Text(clock.starts),
                    "; stops ", Text(clock.stops));
    if (!clock.pauses.empty()) {
      absl::StrAppend(&text, "; pauses [", absl::StrJoin(clock.pauses, ","),
                      "]");
    }
    if (clock.calendar) {
      absl::StrAppend(&text, "; calendar ", calendar_name(*clock.calendar));
    }
    absl::StrAppend(&text, "\n");
    for (const ClockRule::TargetRule& rule : clock.targets) {
      absl::StrAppend(&text, "  target ", absl::FormatDuration(rule.target),
                      " (", Text(rule.when), ")\n");
    }
    for (const Rung& rung : clock.ladder) {
      absl::StrAppend(&text, "  ", rung.name, " at ", Text(rung.mark), ": ",
                      FactName(rung.action));
      if (!rung.when.empty()) {
        absl::StrAppend(&text, " when ", Text(rung.when));
      }
      absl::StrAppend(&text, "\n");
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
    return "assigned" + Text(body.people);
  }
  std::string operator()(const Touched& body) const {
    return absl::StrCat("touch ", body.channel, " ", Text(body.direction), " ",
                        Text(body.actor_kind), " by '", body.actor.text(),
                        "' meaningful=", Text(body.meaningful),
                        " personalized=", Text(body.personalized),
                        " reply_path=", Text(body.reply_path));
  }
  std::string operator()(const Withdrawn& body) const {
    return absl::StrCat("withdrawn ", body.event.source, "/", body.event.id);
  }
  std::string operator()(const Noted&) const { return "noted"; }
  std::string operator()(const Erased&) const { return "erased"; }
};

// ---------------------------------------------------------------------------
// Shrinking

using Simplification = std::function<void(Scenario&)>;

template <typename T>
void Erase(std::vector<T>& list, size_t index) {
  list.erase(list.begin() + static_cast<ptrdiff_t>(index));
}

void AddClockSimplifications(const ClockRule& clock, size_t c,
                             std::vector<Simplification>* out) {
  const auto add = [&](const std::function<void(ClockRule&)>& simplify) {
    out->push_back(
        [c, simplify](Scenario& s) { simplify(s.policy.clocks[c]); });
  };
  for (size_t i = 0; i < clock.ladder.size(); ++i) {
    add([i](ClockRule& rule) { Erase(rule.ladder, i); });
    if (clock.ladder[i].when.empty()) continue;
    add([i](ClockRule& rule) { rule.ladder[i].when.clear(); });
  }
  for (size_t i = 0; i + 1 < clock.targets.size(); ++i) {
    add([i](ClockRule& rule) { Erase(rule.targets, i); });
  }
  for (size_t i = 0; i < clock.pauses.size(); ++i) {
    add([i](ClockRule& rule) { Erase(rule.pauses, i); });
  }
  for (size_t i = 0; i < clock.starts.size(); ++i) {
    add([i](ClockRule& rule) { Erase(rule.starts, i); });
  }
  for (size_t i = 0; i < clock.stops.size(); ++i) {
    add([i](ClockRule& rule) { Erase(rule.stops, i); });
    if (clock.stops[i].touch == TouchTest{}) continue;
    add([i](ClockRule& rule) { rule.stops[i].touch = {}; });
  }
  if (clock.calendar.has_value() && *clock.calendar != 0) {
    add([](ClockRule& rule) { rule.calendar = 0; });
  }
}

// The record is no more, and those behind it move up.
void EraseEvent(size_t index, Scenario& scenario) {
  Erase(scenario.events, index);
  for (Batch& batch : scenario.arrival) {
    std::erase(batch.records, index);
    for (size_t& record : batch.records) {
      if (record > index) --record;
    }
  }
}

// Fewer batches and restarts, and no record twice.
void AddArrivalSimplifications(const std::vector<Batch>& arrival,
                               std::vector<Simplification>* out) {
  std::set<size_t> seen;
  for (size_t i = 0; i + 1 < arrival.size(); ++i) {
    if (arrival[i].records.empty()) {
      out->push_back([i](Scenario& s) { Erase(s.arrival, i); });
    } else {
      out->push_back([i](Scenario& s) {
        std::vector<size_t> records = std::move(s.arrival[i].records);
        std::vector<size_t>& next = s.arrival[i + 1].records;
        next.insert(next.begin(), records.begin(), records.end());
        Erase(s.arrival, i);
      });
    }
    if (arrival[i].restart) {
      out->push_back([i](Scenario& s) { s.arrival[i].restart = false; });
    }
    for (size_t r = 0; r < arrival[i].records.size(); ++r) {
      if (seen.insert(arrival[i].records[r]).second) continue;
      out->push_back([i, r](Scenario& s) { Erase(s.arrival[i].records, r); });
    }
  }
}

// Each leaves one thing out.
std::vector<Simplification> Simplifications(const Scenario& scenario) {
  std::vector<Simplification> out;
  for (size_t i = scenario.events.size(); i-- > 0;) {
    out.push_back([i](Scenario& s) { EraseEvent(i, s); });
  }
  AddArrivalSimplifications(scenario.arrival, &out);
  const Policy& policy = scenario.policy;
  for (size_t i = 0; i < policy.eligible.size(); ++i) {
    out.push_back([i](Scenario& s) { Erase(s.policy.eligible, i); });
  }
  for (size_t i = 0; i + 1 < policy.calendar_for.size(); ++i) {
    out.push_back([i](Scenario& s) { Erase(s.policy.calendar_for, i); });
  }
  if (policy.calendar_for.back().calendar != 0) {
    out.push_back(
        [](Scenario& s) { s.policy.calendar_for.back().calendar = 0; });
  }
  for (size_t i = 0; i < policy.clocks.size(); ++i) {
    AddClockSimplifications(policy.clocks[i], i, &out);
  }
  for (size_t i = 0; i < scenario.events.size(); ++i) {
    if (scenario.events[i].sequence == 0) continue;
    out.push_back([i](Scenario& s) { s.events[i].sequence = 0; });
  }
  return out;
}

}  // namespace

Scenario MakeScenario(uint64_t seed) { return Generator(seed).Make(); }

reference::Policy ReferencePolicy(const Scenario& scenario) {
  const Policy& policy = scenario.policy;
  reference::Policy out;
  for (const CalendarSpec& spec : scenario.calendars) {
    out.calendars.push_back(ReferenceCalendar(spec));
  }
  out.calendars.front().always = true;
  for (const CalendarRule& rule : policy.calendar_for) {
    out.calendar_for.push_back({ReferenceCondition(rule.when), rule.calendar});
  }
  for (const EligibilityRule& rule : policy.eligible) {
    out.eligible.push_back({ReferenceCondition(rule.when), rule.reason});
  }
  for (const ClockRule& clock : policy.clocks) {
    out.clocks.push_back(ReferenceClock(clock));
  }
  return out;
}

reference::Millis ReferenceInstant(absl::Time at) {
  return absl::ToUnixMillis(at);
}

absl::Time InstantOf(reference::Millis at) { return absl::FromUnixMillis(at); }

reference::Event ReferenceEvent(const Event& event) {
  reference::Event out;
  out.name = {event.ref.source, event.ref.id};
  out.at = ReferenceInstant(event.occurred_at);
  out.sequence = event.sequence;
  out.kind = static_cast<int>(event.kind);
  out.stored_form = EncodeEvent(event);
  std::visit(IntoReference{&out}, event.body);
  return out;
}

std::vector<reference::Event> ReferenceEvents(
    const std::vector<Event>& events) {
  std::vector<reference::Event> out;
  for (const Event& event : events) out.push_back(ReferenceEvent(event));
  return out;
}

reference::Life Live(const Scenario& scenario,
                     const std::vector<Event>& events) {
  return reference::Live(ReferencePolicy(scenario), ReferenceEvents(events),
                         ReferenceInstant(scenario.horizon),
                         absl::ToInt64Milliseconds(scenario.step));
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
                                  DescribeInstant(scenario.horizon), "\n",
                                  Text(scenario.policy));
  for (size_t i = 0; i < scenario.events.size(); ++i) {
    absl::StrAppend(&text, "[", i, "] ", Describe(scenario.events[i]), "\n");
  }
  for (const Batch& batch : scenario.arrival) {
    absl::StrAppend(&text, "at now ", DescribeInstant(batch.now), ", read ",
                    DescribeInstant(batch.read_at), ": [",
                    absl::StrJoin(batch.records, ", "), "]",
                    batch.restart ? ", then a restart" : "", "\n");
  }
  return text;
}

Scenario Shrink(Scenario scenario,
                const std::function<bool(const Scenario&)>& fails) {
  bool found = true;
  while (found) {
    found = false;
    for (const Simplification& simplify : Simplifications(scenario)) {
      Scenario smaller = scenario;
      simplify(smaller);
      if (!fails(smaller)) continue;
      scenario = std::move(smaller);
      found = true;
      break;
    }
  }
  return scenario;
}

}  // namespace leadclock::property
