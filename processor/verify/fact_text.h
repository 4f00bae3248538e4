#ifndef LEADCLOCK_PROCESSOR_VERIFY_FACT_TEXT_H_
#define LEADCLOCK_PROCESSOR_VERIFY_FACT_TEXT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "leadclock/v1/sla_event.pb.h"
#include "processor/policy/policy_book.h"
#include "state/lead.h"

namespace leadclock {

// The fact that an event speaks of: its identity, and what it tells.
// Nullopt: no such version of the policy is known, or it has no such clock or
// rung.
std::optional<Fact> FactOf(const PolicyBook& policies,
                           const v1::SlaEvent& event);

// For people: "first_response breach_1 at 2026-03-02T09:15:00Z, begun by crm
// event e1".
std::string LineOf(const PolicyBook& policies, const Fact& fact);
std::string LineOf(const v1::SlaEvent& event);
// "owner ann, backup nobody, manager max, to the owner ann".
std::string WhomItNames(const Fact& fact);
// What one of two facts of one identity tells otherwise than the other one:
// "counted 12m in place of 7m".
std::string WhatDiffers(const Fact& said, const Fact& true_one);

// "breach", "met", ...
const char* KindName(FactKind kind);

// "leads.created@5, leads.activity@6 and now 2026-03-02T09:15:00Z".
std::string LineOf(const std::vector<std::string>& topics,
                   const std::vector<int64_t>& next, absl::Time now);

// "sla.breaches[3]@17".
std::string PlaceOf(std::string_view topic, int32_t partition, int64_t offset);

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_VERIFY_FACT_TEXT_H_
