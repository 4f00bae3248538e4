// bench_feed: fills the input topics with leads and their activities.
//
// Every lead is created, assigned, gets an automatic reply and a call of its
// owner: 1 record on the topic of created leads and 3 on that of activities.
// The records of all leads are interleaved as they would arrive, one lead a
// millisecond of history, which ends six minutes ago.

#include <librdkafka/rdkafka.h>

#include <CLI/CLI.hpp>
#include <array>
#include <cstdint>
#include <iostream>
#include <map>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "leadclock/v1/lead_event.pb.h"

namespace leadclock {
namespace {

struct Options {
  std::string brokers = "127.0.0.1:9092";
  std::string created = "leads.created";
  std::string activity = "leads.activity";
  int64_t leads = 500'000;
  // Open leads have no call, so that their clocks run on.
  int64_t open_percent = 20;
};

constexpr std::array<const char*, 3> kMarkets = {"uk", "us", "de"};
constexpr std::array<const char*, 3> kSources = {"paid_search", "referral",
                                                 "website"};
constexpr std::array<const char*, 4> kIntents = {"high", "mid", "low",
                                                 "unclear"};

void Fail(const std::string& what, const std::string& why) {
  std::cerr << "bench_feed: " << what << ": " << why << '\n';
  std::exit(1);
}

class Producer {
 public:
  explicit Producer(const std::string& brokers) {
    std::array<char, 512> error{};
    rd_kafka_conf_t* conf = rd_kafka_conf_new();
    for (const auto& [name, value] :
         {std::pair("bootstrap.servers", brokers.c_str()),
          std::pair("partitioner", "murmur2"), std::pair("linger.ms", "20"),
          std::pair("compression.codec", "lz4"),
          std::pair("enable.idempotence", "true"),
          std::pair("queue.buffering.max.messages", "500000")}) {
      if (rd_kafka_conf_set(conf, name, value, error.data(), error.size()) !=
          RD_KAFKA_CONF_OK) {
        Fail(name, error.data());
      }
    }
    handle_.reset(
        rd_kafka_new(RD_KAFKA_PRODUCER, conf, error.data(), error.size()));
    if (!handle_) Fail("producer", error.data());
  }

  ~Producer() {
    if (rd_kafka_flush(handle_.get(), 60'000) != RD_KAFKA_RESP_ERR_NO_ERROR) {
      Fail("flush", "records were left after a minute");
    }
  }

  void Send(const std::string& topic, const v1::LeadEvent& event) {
    const std::string value = event.SerializeAsString();
    const std::string& key = event.lead_id();
    rd_kafka_topic_t* const handle = TopicOf(topic);
    while (rd_kafka_produce(handle, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY,
                            const_cast<char*>(value.data()), value.size(),
                            key.data(), key.size(), nullptr) != 0) {
      if (rd_kafka_last_error() != RD_KAFKA_RESP_ERR__QUEUE_FULL) {
        Fail(topic, rd_kafka_err2str(rd_kafka_last_error()));
      }
      rd_kafka_poll(handle_.get(), 100);
    }
  }

 private:
  struct Destroy {
    void operator()(rd_kafka_t* handle) const { rd_kafka_destroy(handle); }
  };
  struct DestroyTopic {
    void operator()(rd_kafka_topic_t* topic) const {
      rd_kafka_topic_destroy(topic);
    }
  };

  rd_kafka_topic_t* TopicOf(const std::string& name) {
    auto& topic = topics_[name];
    if (!topic) {
      topic.reset(rd_kafka_topic_new(handle_.get(), name.c_str(), nullptr));
    }
    return topic.get();
  }

  std::unique_ptr<rd_kafka_t, Destroy> handle_;
  std::map<std::string, std::unique_ptr<rd_kafka_topic_t, DestroyTopic>>
      topics_;
};

v1::LeadEvent EventOf(int64_t lead, const char* kind, absl::Time at) {
  v1::LeadEvent event;
  event.set_lead_id(absl::StrCat("lead-", lead));
  event.set_id(absl::StrCat(kind, "-", lead));
  event.set_source("bench-crm");
  event.set_occurred_at_ms(absl::ToUnixMillis(at));
  return event;
}

void SendLead(const Options& options, int64_t lead, absl::Time at,
              Producer& producer) {
  const auto pick = [&](const auto& choices) {
    return choices[static_cast<size_t>(lead) % choices.size()];
  };
  const std::string owner = absl::StrCat("owner-", lead % 200);

  v1::LeadEvent created = EventOf(lead, "created", at);
  v1::LeadAttributes& attributes =
      *created.mutable_lead_created()->mutable_attributes();
  attributes.set_market(pick(kMarkets));
  attributes.set_lead_source(pick(kSources));
  attributes.set_intent(pick(kIntents));
  attributes.set_crm_url(absl::StrCat("https://crm.example/leads/", lead));
  producer.Send(options.created, created);

  v1::LeadEvent assigned = EventOf(lead, "assigned", at + absl::Seconds(30));
  assigned.mutable_assigned()->set_owner_id(owner);
  assigned.mutable_assigned()->set_backup_id("backup-1");
  assigned.mutable_assigned()->set_manager_id("manager-1");
  producer.Send(options.activity, assigned);

  v1::LeadEvent reply = EventOf(lead, "reply", at + absl::Seconds(40));
  reply.mutable_touch()->set_channel("email");
  reply.mutable_touch()->set_direction(v1::Touch::OUTBOUND);
  reply.mutable_touch()->set_actor_kind(v1::Touch::AUTORESPONDER);
  producer.Send(options.activity, reply);

  v1::LeadEvent call = EventOf(lead, "call", at + absl::Minutes(5));
  call.mutable_touch()->set_channel("phone");
  call.mutable_touch()->set_direction(v1::Touch::OUTBOUND);
  call.mutable_touch()->set_actor_id(owner);
  call.mutable_touch()->set_meaningful(true);
  const bool open = lead % 100 < options.open_percent;
  call.mutable_touch()->set_actor_kind(open ? v1::Touch::AUTOMATION
                                            : v1::Touch::HUMAN);
  producer.Send(options.activity, call);
}

void Run(const Options& options) {
  const absl::Time began = absl::Now();
  {
    Producer producer(options.brokers);
    for (int64_t lead = 0; lead < options.leads; ++lead) {
      const absl::Time at =
          began - absl::Minutes(6) - absl::Milliseconds(options.leads - lead);
      SendLead(options, lead, at, producer);
    }
  }
  std::cout << options.leads << " leads and " << 3 * options.leads
            << " activities in " << absl::FormatDuration(absl::Now() - began)
            << '\n';
}

}  // namespace
}  // namespace leadclock

int main(int argc, char** argv) {
  leadclock::Options options;
  CLI::App app("Fills the input topics with leads and their activities.");
  app.add_option("--brokers", options.brokers, "host:port")
      ->capture_default_str();
  app.add_option("--created", options.created, "topic")->capture_default_str();
  app.add_option("--activity", options.activity, "topic")
      ->capture_default_str();
  app.add_option("--leads", options.leads, "how many")->capture_default_str();
  app.add_option("--open-percent", options.open_percent,
                 "how many of them nobody answers")
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  leadclock::Run(options);
}
