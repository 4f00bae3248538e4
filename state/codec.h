#ifndef LEADCLOCK_STATE_CODEC_H_
#define LEADCLOCK_STATE_CODEC_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "state/event.h"
#include "state/lead.h"

namespace leadclock {

// The bytes in which a lead is remembered: what the store and the opaque part
// of sla.leads hold. The first byte is the version of the format.
std::string EncodeLead(const Lead& lead);

// Fails with DataLoss if the bytes are not what EncodeLead writes. Nothing of
// the lead is unread.
absl::StatusOr<Lead> DecodeLead(std::string_view bytes);

// The same without looking at the lead's past, which may be damaged. To encode
// a lead with an unread past costs the same, however long that is.
absl::StatusOr<Lead> DecodeRecent(std::string_view bytes);

// Reads what is unread. Fails with DataLoss, and leaves the lead as it is.
absl::Status ReadPast(Lead& lead);

// An event's stored form. Equal events have equal bytes; of two contents of
// one event that have equal sequences, the one with the greater bytes stands.
std::string EncodeEvent(const Event& event);

}  // namespace leadclock

#endif  // LEADCLOCK_STATE_CODEC_H_
