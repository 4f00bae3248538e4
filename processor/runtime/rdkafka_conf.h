#ifndef LEADCLOCK_PROCESSOR_RUNTIME_RDKAFKA_CONF_H_
#define LEADCLOCK_PROCESSOR_RUNTIME_RDKAFKA_CONF_H_

#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "processor/runtime/rdkafka_handle.h"
#include "processor/runtime/worker_options.h"

namespace leadclock::rdkafka {

// After this the broker aborts a transaction by itself.
inline constexpr absl::Duration kTransactionTimeout = absl::Seconds(10);

// Whether the configuration may set this property to this value.
absl::Status CheckProperty(const std::string& name, const std::string& value);

// Clients as the runtime needs them. Fail with InvalidArgument on a property
// that librdkafka does not know, or that is not the configuration's to set.
absl::StatusOr<Client> NewMember(const ConnectionOptions& options);
using OnDelivery = void(rd_kafka_t*, const rd_kafka_message_t*, void* opaque);
absl::StatusOr<Client> NewProducer(const ConnectionOptions& options,
                                   OnDelivery* on_delivery, void* opaque);
// Reads committed records, of partitions that it is told, in no group.
absl::StatusOr<Client> NewReader(const ConnectionOptions& options);
// Asks and administers. Sees what open transactions hide. Knows the group, but
// is no member of it.
absl::StatusOr<Client> NewAdmin(const ConnectionOptions& options);

}  // namespace leadclock::rdkafka

#endif  // LEADCLOCK_PROCESSOR_RUNTIME_RDKAFKA_CONF_H_
