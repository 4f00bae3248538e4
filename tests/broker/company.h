#ifndef LEADCLOCK_TESTS_BROKER_COMPANY_H_
#define LEADCLOCK_TESTS_BROKER_COMPANY_H_

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "leadclock/v1/lead_event.pb.h"
#include "tests/broker/net_facts.h"
#include "tests/property/dice.h"

// A company with one policy, and what happens to its leads, at random. What
// must be said of them is known from the plain reference.
namespace leadclock::broker {

// In YAML, as it is run. Leads of the market `live` have targets of seconds.
extern const char* const kCompanyPolicy;

// What happens to one lead.
struct Life {
  std::vector<v1::LeadEvent> events;
  // Nothing is decided later, and what happens comes in whole steps.
  absl::Time horizon;
  absl::Duration step;
};

// A lead of the spring of 2024: all that time decides has long been decided.
Life SomeLife(const std::string& lead, property::Dice& dice);

// A lead of this minute, born at `birth`: time decides while one watches.
Life SomeLiveLife(const std::string& lead, absl::Time birth,
                  property::Dice& dice);

std::vector<Life> SomeLives(int count, property::Dice& dice);

// What the reference says of these lives.
NetFacts Expected(const std::vector<Life>& lives);

// The events of all lives in no order that means anything, and some twice.
std::vector<v1::LeadEvent> Shuffled(const std::vector<Life>& lives,
                                    property::Dice& dice);

// LEADCLOCK_BROKER_SEED, else another one each time; printed.
property::Dice PrintedDice();

}  // namespace leadclock::broker

#endif  // LEADCLOCK_TESTS_BROKER_COMPANY_H_
