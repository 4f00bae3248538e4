#include "processor/runtime/rdkafka_admin.h"

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace leadclock::rdkafka {
namespace {

using Metadata = Owned<const rd_kafka_metadata_t, rd_kafka_metadata_destroy>;
using ConfigResource =
    Owned<rd_kafka_ConfigResource_t, rd_kafka_ConfigResource_destroy>;

// nullopt: there is no such topic.
absl::StatusOr<std::optional<TopicFacts>> Describe(rd_kafka_t* client,
                                                   const std::string& name,
                                                   absl::Duration timeout) {
  const Topic topic(rd_kafka_topic_new(client, name.c_str(), nullptr));
  const rd_kafka_metadata_t* raw = nullptr;
  const rd_kafka_resp_err_t asked =
      rd_kafka_metadata(client, 0, topic.get(), &raw, Millis(timeout));
  if (asked != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return ToStatus(asked, absl::StrCat("looking up topic ", name));
  }
  const Metadata metadata(raw);
  const std::span<rd_kafka_metadata_topic> topics(
      metadata->topics, static_cast<size_t>(metadata->topic_cnt));
  if (topics.empty() ||
      topics[0].err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART) {
    return std::nullopt;
  }
  if (topics[0].err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return ToStatus(topics[0].err, absl::StrCat("looking up topic ", name));
  }
  return TopicFacts{.partitions = topics[0].partition_cnt, .id = ""};
}

#if RD_KAFKA_VERSION >= 0x02030000
using TopicNames =
    Owned<rd_kafka_TopicCollection_t, rd_kafka_TopicCollection_destroy>;
#endif

}  // namespace

AdminOptions MakeAdminOptions(rd_kafka_t* client, rd_kafka_admin_op_t operation,
                              absl::Duration timeout) {
  AdminOptions options(rd_kafka_AdminOptions_new(client, operation));
  std::array<char, 256> why{};
  rd_kafka_AdminOptions_set_request_timeout(options.get(), Millis(timeout),
                                            why.data(), why.size());
  return options;
}

absl::StatusOr<std::map<std::string, TopicFacts>> DescribeTopics(
    rd_kafka_t* client, const std::vector<std::string>& topics,
    absl::Duration timeout) {
  std::map<std::string, TopicFacts> facts;
  const Deadline deadline(timeout);
  for (const std::string& name : topics) {
    const auto topic = Describe(client, name, deadline.Left());
    if (!topic.ok()) return topic.status();
    if (*topic) facts[name] = **topic;
  }
  return facts;
}

#if RD_KAFKA_VERSION >= 0x02030000
void AddTopicIds(rd_kafka_t* client, std::map<std::string, TopicFacts>& facts,
                 absl::Duration timeout) {
  std::vector<const char*> names;
  names.reserve(facts.size());
  for (const auto& [name, of_topic] : facts) names.push_back(name.c_str());
  const TopicNames wanted(
      rd_kafka_TopicCollection_of_topic_names(names.data(), names.size()));
  const AdminOptions options =
      MakeAdminOptions(client, RD_KAFKA_ADMIN_OP_DESCRIBETOPICS, timeout);
  const Event event = Await(client, [&](rd_kafka_queue_t* queue) {
    rd_kafka_DescribeTopics(client, wanted.get(), options.get(), queue);
  });
  const auto* result = rd_kafka_event_DescribeTopics_result(event.get());
  if (result == nullptr) return;

  size_t count = 0;
  const auto** topics = rd_kafka_DescribeTopics_result_topics(result, &count);
  for (const auto* topic : std::span(topics, count)) {
    const rd_kafka_Uuid_t* id = rd_kafka_TopicDescription_topic_id(topic);
    const auto known = facts.find(rd_kafka_TopicDescription_name(topic));
    if (id == nullptr || known == facts.end()) continue;
    if (rd_kafka_Uuid_most_significant_bits(id) == 0 &&
        rd_kafka_Uuid_least_significant_bits(id) == 0) {
      continue;  // the broker is too old to have ids
    }
    known->second.id = rd_kafka_Uuid_base64str(id);
  }
}
#else
void AddTopicIds(rd_kafka_t*, std::map<std::string, TopicFacts>&,
                 absl::Duration) {}
#endif

absl::StatusOr<std::map<std::string, std::string>> TopicConfigs(
    rd_kafka_t* client, const std::string& topic, absl::Duration timeout) {
  const ConfigResource wanted(
      rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.c_str()));
  const AdminOptions options =
      MakeAdminOptions(client, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, timeout);
  const Event event = Await(client, [&](rd_kafka_queue_t* queue) {
    rd_kafka_ConfigResource_t* resource = wanted.get();
    rd_kafka_DescribeConfigs(client, &resource, 1, options.get(), queue);
  });
  const std::string doing = absl::StrCat("asking what ", topic, " is set to");
  absl::Status status = ToStatus(rd_kafka_event_error(event.get()), doing);
  if (!status.ok()) return status;
  const auto* result = rd_kafka_event_DescribeConfigs_result(event.get());
  size_t count = 0;
  const auto** resources =
      rd_kafka_DescribeConfigs_result_resources(result, &count);
  if (count == 0) return kafka_error::Unavailable(doing);
  status = ToStatus(rd_kafka_ConfigResource_error(resources[0]), doing);
  if (!status.ok()) return status;

  std::map<std::string, std::string> configs;
  const auto** entries = rd_kafka_ConfigResource_configs(resources[0], &count);
  for (const auto* entry : std::span(entries, count)) {
    const char* value = rd_kafka_ConfigEntry_value(entry);
    if (value != nullptr) configs[rd_kafka_ConfigEntry_name(entry)] = value;
  }
  return configs;
}

std::optional<absl::Duration> TombstoneRetention(rd_kafka_t* client,
                                                 const std::string& topic,
                                                 absl::Duration timeout) {
  const auto configs = TopicConfigs(client, topic, timeout);
  if (!configs.ok()) return std::nullopt;
  const auto retention = configs->find("delete.retention.ms");
  int64_t millis = 0;
  if (retention == configs->end() ||
      !absl::SimpleAtoi(retention->second, &millis)) {
    return std::nullopt;
  }
  return absl::Milliseconds(millis);
}

}  // namespace leadclock::rdkafka
