#ifndef LEADCLOCK_APP_SCENARIO_WORDS_H_
#define LEADCLOCK_APP_SCENARIO_WORDS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "app/scenario/scenario.h"
#include "leadclock/v1/lead_state.pb.h"
#include "leadclock/v1/sla_event.pb.h"

namespace leadclock {

// The words of scenarios for what Leadclock says.

// "answered late", "lead outcome": each kind of event, as scenarios call it.
std::string KindWords(v1::SlaEvent::Kind kind);

// Every kind that there is, those of several words first.
const std::vector<v1::SlaEvent::Kind>& AllKinds();

// A review of the lead itself, of no clock.
inline constexpr char kLeadReview[] = "lead review";

// What may become of a task: "task opened", which facts call task_opened.
inline constexpr absl::string_view kTaskWords[] = {
    "task opened", "task changed", "task done", "task cancelled"};

// Whether the event is one of those that are meant.
bool IsOf(const FactName& name, const v1::SlaEvent& event);

// "breach first_response".
std::string NameWords(const FactName& name);

// The fact as a line of `expect`.
std::string FactLine(const ExpectedFact& fact, const TimeFrame& frame);

// What was said, as such a line: of all that may be said of it, what `like`
// says; null: what tells it from others.
std::string FactLine(const v1::SlaEvent& event, const ExpectedFact* like,
                     const TimeFrame& frame);

// Whether all that is expected of the fact is so.
bool IsAsExpected(const ExpectedFact& expected, const v1::SlaEvent& event,
                  const TimeFrame& frame);

// "at_risk", ...; "gone" of a lead that is not kept.
std::string StandingWord(v1::LeadStatus::Standing standing);
std::vector<std::string> StandingWords();

// How a clock stands.
inline constexpr absl::string_view kClockWords[] = {
    "on_track",      "at_risk", "breached", "paused",     "met",
    "answered_late", "stopped", "closed",   "not_started"};

}  // namespace leadclock

#endif  // LEADCLOCK_APP_SCENARIO_WORDS_H_
