#ifndef LEADCLOCK_APP_LEAD_STORY_WORDS_H_
#define LEADCLOCK_APP_LEAD_STORY_WORDS_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "leadclock/v1/lead_story.pb.h"
#include "processor/policy/text_table.h"

// Parts of a lead's story as its page says them.
namespace leadclock {

// Also of what counts day and night.
inline constexpr absl::string_view kUtc = "UTC";

// Of a text of the story.
absl::Time InstantOf(const std::string& text);
// UTC, if there is no such zone on this machine.
absl::TimeZone ZoneOf(const std::string& name);

std::string Local(absl::Time instant, absl::TimeZone zone);
std::string Local(const std::string& instant, absl::TimeZone zone);

// The line without what is empty.
std::string Joined(std::vector<std::string> words, absl::string_view by);
std::string InBrackets(const std::string& text);

// "[crm e1]". Of what may not be known; then it is empty.
std::string Ref(const std::string& source, const std::string& id);
// "crm e1"; "": none.
std::string NameOf(const v1::LeadStory::Ref& event);
// "by crm e1"; "": none.
std::string By(const v1::LeadStory::Ref& event);

std::string ToWhom(
    const google::protobuf::RepeatedPtrField<v1::LeadStory::Recipient>& to);

// Which leads a rule means; "": it is the only one.
std::string Because(const std::string& rule);

// Under a heading, if there is anything.
void AppendPart(absl::string_view heading, const TextTable& table,
                size_t indent, std::string& text);

}  // namespace leadclock

#endif  // LEADCLOCK_APP_LEAD_STORY_WORDS_H_
