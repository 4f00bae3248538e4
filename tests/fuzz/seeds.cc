// Writes the first inputs of each fuzz target into a folder of its name:
//
//   fuzz_seeds FOLDER
//
// They follow the contract, the codec, the examples and the documents as these
// are now, and are the same each time.

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/util/json_util.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "app/dev/crm.h"
#include "leadclock/v1/lead_event.pb.h"
#include "processor/job/published_policy.h"
#include "processor/policy/parse_policy.h"
#include "processor/policy/yaml_reader.h"
#include "processor/runtime/offset_metadata.h"
#include "tests/fuzz/record_check.h"
#include "tests/fuzz/require.h"
#include "tests/lead/story.h"

namespace leadclock::fuzz {
namespace {

constexpr int64_t kInstant = 1'772'800'000'000;  // 2026-03-06T12:26:40Z

class Seeds {
 public:
  explicit Seeds(std::filesystem::path folder) : folder_(std::move(folder)) {
    std::filesystem::remove_all(folder_);
  }

  void Add(const std::string& target, const std::string& bytes) {
    const std::filesystem::path folder = folder_ / target;
    std::filesystem::create_directories(folder);
    std::ofstream(folder / absl::StrCat("seed-", ++count_), std::ios::binary)
        << bytes;
  }

 private:
  const std::filesystem::path folder_;
  int count_ = 0;
};

// ---- Messages ----

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// Gives every field of a message a value; of a oneof the last one stays.
void Fill(Message& message) {
  const auto* reflection = message.GetReflection();
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* field = message.GetDescriptor()->field(i);
    const bool repeated = field->is_repeated();
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING:
        repeated ? reflection->AddString(&message, field, field->name())
                 : reflection->SetString(&message, field, field->name());
        break;
      case FieldDescriptor::CPPTYPE_INT64:
        reflection->SetInt64(&message, field, kInstant);
        break;
      case FieldDescriptor::CPPTYPE_DOUBLE:
        reflection->SetDouble(&message, field, 0.5);
        break;
      case FieldDescriptor::CPPTYPE_BOOL:
        reflection->SetBool(&message, field, true);
        break;
      case FieldDescriptor::CPPTYPE_ENUM:
        reflection->SetEnumValue(&message, field, 1);
        break;
      case FieldDescriptor::CPPTYPE_MESSAGE:
        Fill(repeated ? *reflection->AddMessage(&message, field)
                      : *reflection->MutableMessage(&message, field));
        break;
      default:
        Require(false, "a field's type is known here");
    }
  }
}

void AddMessage(const v1::LeadEvent& event, Seeds& seeds) {
  std::string json;
  Require(google::protobuf::util::MessageToJsonString(event, &json).ok(),
          "a message can be written as JSON");
  seeds.Add("wire_json", json);
  seeds.Add("wire_protobuf", event.SerializeAsString());
}

// One of each kind, with every field.
void AddKinds(Seeds& seeds) {
  const auto* kinds = v1::LeadEvent::descriptor()->FindOneofByName("event");
  for (int i = 0; i < kinds->field_count(); ++i) {
    v1::LeadEvent event;
    Fill(event);
    Fill(*event.GetReflection()->MutableMessage(&event, kinds->field(i)));
    AddMessage(event, seeds);
  }
}

// ---- States ----

// What a CRM says of some leads, and the states that this leaves.
void AddLeads(Seeds& seeds) {
  constexpr int64_t kReadUpTo[] = {5, 6};
  const LeadJob& job = TestJob(WireFormat::kProtobuf);
  SyntheticCrm crm(CompanyOf(TestPolicy()),
                   {.seed = 1, .start = story::At("2026-03-09 09:00")});
  std::map<std::string, StateChange> leads;
  for (int i = 0; i < 120; ++i) {
    const SyntheticCrm::Record record = crm.Next();
    if (i < 12) AddMessage(record.event, seeds);
    const Decoded decoded =
        job.Decode({.input = static_cast<int>(record.topic),
                    .partition = 0,
                    .offset = i,
                    .timestamp = record.sent_at,
                    .read_at = record.sent_at,
                    .key = record.event.lead_id(),
                    .value = record.event.SerializeAsString(),
                    .headers = {}});
    const DecodedRecord* const records[] = {
        std::get<std::unique_ptr<const DecodedRecord>>(decoded).get()};
    StateChange& lead = leads[record.event.lead_id()];
    absl::StatusOr<StateChange> change =
        job.Apply(record.event.lead_id(), lead.state, records,
                  {.now = record.sent_at,
                   .read_at = record.sent_at,
                   .wall = record.sent_at,
                   .read_up_to = kReadUpTo});
    Require(change.ok(), "a state that was written can be read");
    if (change->changelog_value) lead = *std::move(change);
  }
  for (const auto& [id, change] : leads) {
    seeds.Add("stored_lead", *change.changelog_value);
    seeds.Add("stored_lead", change.state.substr(8));
  }
}

// ---- Texts ----

std::string Read(const std::string& path) {
  const absl::StatusOr<std::string> text =
      ReadYamlFile(absl::StrCat(LEADCLOCK_SOURCE_DIR, "/", path));
  Require(text.ok(), "an example is there");
  return *text;
}

// Comments teach a fuzzer nothing.
std::string WithoutComments(const std::string& yaml) {
  std::string code;
  for (const absl::string_view line : absl::StrSplit(yaml, '\n')) {
    const absl::string_view text = line.substr(0, line.find(" #"));
    if (text.empty() || absl::StartsWith(text, "#")) continue;
    absl::StrAppend(&code, text, "\n");
  }
  return code;
}

void AddPublished(Seeds& seeds, const std::string& yaml) {
  const auto policy = ParsePolicy(WithoutComments(yaml), "policy.yaml");
  Require(policy.ok(), "an example is a policy", policy.status().ToString());
  seeds.Add("published_policy",
            WritePublished(*policy, absl::FromUnixMillis(kInstant),
                           /*correct=*/true));
}

void AddPolicies(Seeds& seeds) {
  for (const char* path :
       {"examples/policies/default.yaml", "examples/policies/enforced.yaml",
        "examples/policies/example.yaml",
        "examples/policies/human_response.yaml",
        "examples/policies/intent.yaml", "examples/policies/journey.yaml",
        "examples/policies/markets.yaml", "examples/servicenow/policy.yaml"}) {
    seeds.Add("policy_yaml", WithoutComments(Read(path)));
    AddPublished(seeds, Read(path));
  }
  seeds.Add("policy_yaml",
            "version: 1\n"
            "recipients:\n"
            "  team_lead: [{when: {team: smb}, is: u17}, {otherwise: u18}]\n"
            "  operations: sales-ops\n"
            "fallback: [backup, team_lead]\n"
            "eligible:\n"
            "  - {when: {flag: vip}, then: review, reason: vip, to: backup}\n"
            "responses: {touch: {direction: outbound}}\n"
            "clocks:\n"
            "  - name: a\n"
            "    starts: lead_created\n"
            "    stops: touch\n"
            "    target: 15m\n"
            "    at_risk: due - 5m\n"
            "    ladder:\n"
            "      - {at: 50%, do: set_priority, priority: high}\n"
            "      - {at: due, do: breach, to: [owner, team_lead]}\n"
            "  - name: b\n"
            "    starts: [a.missed, a.answered]\n"
            "    stops: {touch: {channel: another}}\n"
            "    target: 1h\n"
            "    at_risk: never\n");
  seeds.Add("policy_yaml",
            "version: 2\n"
            "extends: default\n"
            "calendar_for: [{when: {market: us}, use: always}, {otherwise: "
            "always}]\n"
            "clocks:\n"
            "  - {name: second_touch, remove: true}\n"
            "  - name: first_response\n"
            "    ladder: [{name: breach, to: manager}]\n"
            "overrides:\n"
            "  - when: {market: {not: uk}}\n"
            "    clocks:\n"
            "      first_response:\n"
            "        target: [{when: {intent: low}, is: 8h}, {otherwise: 2h}]\n"
            "        calendar: always\n"
            "        ladder: [{at: due, do: breach, to: owner}]\n"
            "  - {when: {team: a}, clocks: {assignment: {target: 1m}}}\n");
  AddPublished(seeds,
               "version: 3\neffective: 2026-03-01T00:00:00Z\n"
               "open_clocks: carry\nextends: default\n");
}

// Of each sort of scenario a file, and each case.
void AddScenarios(Seeds& seeds) {
  const std::string folder = "tests/scenarios/";
  for (const char* name : {"a/at_risk",
                           "a/defaults",
                           "b/reviews",
                           "b/first_version",
                           "basics/every_event",
                           "basics/late_records",
                           "basics/outages",
                           "basics/standings",
                           "basics/versions",
                           "c/cadence",
                           "c/recycling",
                           "cases/answers",
                           "cases/changes",
                           "cases/imports",
                           "cases/merges",
                           "cases/opening_hours",
                           "cases/outages",
                           "cases/pauses",
                           "cases/people",
                           "cases/reopening",
                           "cases/summer_time",
                           "d/outcomes",
                           "d/tasks",
                           "e/touches"}) {
    seeds.Add("scenario_yaml",
              WithoutComments(Read(absl::StrCat(folder, name, ".test.yaml"))));
  }
}

// The settings that docs/configuration.md shows, and all of them that name no
// file of secrets.
void AddSettings(Seeds& seeds) {
  const std::string page = Read("docs/configuration.md");
  const std::vector<std::string> parts = absl::StrSplit(page, "```");
  for (const std::string& part : parts) {
    if (!absl::StartsWith(part, "yaml\n")) continue;
    const std::string yaml = WithoutComments(part.substr(5));
    seeds.Add("settings_yaml", yaml);
    std::string open;
    for (const absl::string_view line : absl::StrSplit(yaml, '\n')) {
      if (!absl::StrContains(line, "{file: ")) {
        absl::StrAppend(&open, line, "\n");
      }
    }
    seeds.Add("settings_yaml", open);
  }
}

void AddKeys(Seeds& seeds) {
  for (const char* key :
       {"lead-1", "application/json; charset=utf-8", "application/protobuf",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}) {
    seeds.Add("record_key", key);
  }
}

void AddOffsetMetadata(Seeds& seeds) {
  seeds.Add("offset_metadata", "");
  seeds.Add("offset_metadata", "leadclock 1 1772442000123 none policy 1 0123");
  OffsetMetadata metadata = {.now = absl::FromUnixMillis(kInstant),
                             .changelog_id = "",
                             .sweep = std::nullopt,
                             .fingerprint = "policy 1 0123abcd"};
  seeds.Add("offset_metadata", FormatOffsetMetadata(metadata));
  metadata.changelog_id = "u7XyQm0hT2KDbGZ1v9wN3g";
  metadata.sweep = "lead-1";
  seeds.Add("offset_metadata", FormatOffsetMetadata(metadata));
}

}  // namespace
}  // namespace leadclock::fuzz

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: fuzz_seeds FOLDER\n";
    return 64;
  }
  leadclock::fuzz::Seeds seeds(argv[1]);
  leadclock::fuzz::AddKinds(seeds);
  leadclock::fuzz::AddLeads(seeds);
  leadclock::fuzz::AddKeys(seeds);
  leadclock::fuzz::AddPolicies(seeds);
  leadclock::fuzz::AddScenarios(seeds);
  leadclock::fuzz::AddSettings(seeds);
  leadclock::fuzz::AddOffsetMetadata(seeds);
  return 0;
}
