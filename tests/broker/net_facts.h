#ifndef LEADCLOCK_TESTS_BROKER_NET_FACTS_H_
#define LEADCLOCK_TESTS_BROKER_NET_FACTS_H_

#include <set>
#include <string>
#include <vector>

#include "leadclock/v1/sla_event.pb.h"

namespace leadclock::broker {

// A fact as it is compared: what it says, about which run, and whom it names;
// one line for people to read.
struct NetFact {
  std::string lead;
  std::string clock;
  std::string name;  // of the rung, or "met", "missed", ...
  int64_t at_ms = 0;
  std::string started_by;
  std::string owner;
  std::string backup;
  std::string manager;
  // As RecipientText() gives them; empty if it is no rung.
  std::string recipients;
  // Of tasks: by which event, and for whom.
  std::string task = {};
};
std::string LineOf(const NetFact& fact);
// "owner=ann"; or "owner=max as manager", if it fell to another role.
std::string RecipientText(const std::string& role, const std::string& id,
                          const std::string& fell_to);

// Lines, in an order of no meaning.
using NetFacts = std::set<std::string>;

// What stands of what was said: not retracted, and with the people last named.
// `problems` is what must never be: an id twice, a gap in the numbers of a
// lead, a correction of what does not stand, a breach before its instant.
struct Standing {
  NetFacts facts;
  std::vector<std::string> problems;
};
Standing StandingOf(const std::vector<v1::SlaEvent>& said);

// For people: what is missing, and what is too much; empty if they are equal.
std::string Difference(const NetFacts& said, const NetFacts& expected);

}  // namespace leadclock::broker

#endif  // LEADCLOCK_TESTS_BROKER_NET_FACTS_H_
