#ifndef LEADCLOCK_APP_SCENARIO_LEAD_FIELDS_H_
#define LEADCLOCK_APP_SCENARIO_LEAD_FIELDS_H_

#include "app/scenario/line.h"
#include "app/scenario/times.h"
#include "leadclock/v1/lead_event.pb.h"
#include "processor/policy/yaml_reader.h"

namespace leadclock {

// What is known of a lead, by the names that policies use. Of each, `map` holds
// the fields of `written`, which may be absent; what is not written is left as
// it is. Reports what is wrong.

// Attributes, people and flags.
void ReadLeadFields(const YamlValue& written, YamlMap& map,
                    const TimeFrame& frame, v1::LeadCreated& created);

// Attributes alone.
void ReadAttributeFields(const YamlValue& written, YamlMap& map,
                         const TimeFrame& frame,
                         v1::LeadAttributes& attributes);

// One attribute and what it is: "intent high". The line is read to its end.
void ReadAttributeWords(Line& line, v1::LeadAttributes& attributes);

}  // namespace leadclock

#endif  // LEADCLOCK_APP_SCENARIO_LEAD_FIELDS_H_
