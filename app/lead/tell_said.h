#ifndef LEADCLOCK_APP_LEAD_TELL_SAID_H_
#define LEADCLOCK_APP_LEAD_TELL_SAID_H_

#include <string>
#include <vector>

#include "app/lead/lead_file.h"
#include "leadclock/v1/lead_story.pb.h"
#include "processor/lead/explain.h"
#include "processor/policy/policy_book.h"
#include "state/people.h"

namespace leadclock {

// What was said of the lead, with what changed each time; a retraction with
// what of the file it was taken back for, by what was known then.
void TellSaid(const PolicyBook& policies, const LeadFile& file,
              const LeadStory& story, v1::LeadStory& out);

// Who is told by a rung or an SlaEvent.
void TellRecipients(
    const std::vector<Recipient>& recipients,
    google::protobuf::RepeatedPtrField<v1::LeadStory::Recipient>& out);

// What a record says, in words.
std::string WhatItSays(const LeadFile::Read& read);

}  // namespace leadclock

#endif  // LEADCLOCK_APP_LEAD_TELL_SAID_H_
