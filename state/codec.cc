// The stored form of a lead. Version 1:
//
//   lead     := version:u8 collapsed? history progress? replay ledger seq
//               hold? read? policy
//   number   := varint; signed ones zigzag
//   instant  := milliseconds since 1970, signed number
//   length   := milliseconds, signed number
//   text     := 0 size bytes     a text seen for the first time
//             | k (k > 0)        the k-th text of the dictionary
//   list     := size element*
//   optional := 0 | 1 element
//
// The dictionary begins with kCommonTexts and grows by each new text, so that
// the ids that recur in a lead (owners, events, attribute names) cost a byte.
// The order of an object's parts is that of the Fields functions below, which
// serve both directions. Changing one of them, an enumeration or kCommonTexts
// is a new version.

#include "state/codec.h"

#include <array>
#include <concepts>
#include <type_traits>
#include <utility>

#include "absl/strings/str_cat.h"

namespace leadclock {
namespace {

constexpr uint8_t kVersion = 1;

constexpr std::array<std::string_view, 24> kCommonTexts = {
    "",         "market",
    "source",   "intent",
    "stage",    "team",
    "priority", "customer",
    "consent",  "status",
    "name",     "crm_url",
    "campaign", "service_interest",
    "form",     "high",
    "mid",      "low",
    "phone",    "email",
    "sms",      "new",
    "working",  "available_channel"};

class Writer {
 public:
  static constexpr bool kReading = false;

  void Number(uint64_t value) {
    while (value >= 0x80) {
      bytes_.push_back(static_cast<char>(value | 0x80));
      value >>= 7;
    }
    bytes_.push_back(static_cast<char>(value));
  }

  void Text(const std::string& text) {
    for (size_t i = 0; i < kCommonTexts.size(); ++i) {
      if (kCommonTexts[i] == text) return Number(i + 1);
    }
    for (size_t i = 0; i < seen_.size(); ++i) {
      if (*seen_[i] == text) return Number(kCommonTexts.size() + i + 1);
    }
    Number(0);
    Number(text.size());
    bytes_.append(text);
    seen_.push_back(&text);
  }

  std::string TakeBytes() { return std::move(bytes_); }

 private:
  std::string bytes_;
  // Texts of the object that is being written, which outlives the writer.
  std::vector<const std::string*> seen_;
};

class Reader {
 public:
  static constexpr bool kReading = true;

  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  // Bytes that are not well-formed read as zeros from there on.
  bool failed() const { return failed_; }
  bool at_end() const { return rest_.empty(); }
  void Fail() {
    failed_ = true;
    rest_ = {};
  }

  void Number(uint64_t& value) {
    value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      if (rest_.empty()) return Fail();
      const auto byte = static_cast<uint8_t>(rest_.front());
      rest_.remove_prefix(1);
      value |= static_cast<uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return;
    }
    Fail();
  }

  void Text(std::string& text) {
    uint64_t index = 0;
    Number(index);
    if (failed_) return;
    if (index == 0) return NewText(text);
    if (index <= kCommonTexts.size()) {
      text = kCommonTexts[index - 1];
    } else if (index - kCommonTexts.size() <= seen_.size()) {
      text = seen_[index - kCommonTexts.size() - 1];
    } else {
      Fail();
    }
  }

  // No list can have more elements than there are bytes left.
  void Size(uint64_t& size) {
    Number(size);
    if (size > rest_.size()) {
      size = 0;
      Fail();
    }
  }

 private:
  void NewText(std::string& text) {
    uint64_t size = 0;
    Size(size);
    if (failed_) return;
    text = rest_.substr(0, size);
    seen_.push_back(rest_.substr(0, size));
    rest_.remove_prefix(size);
  }

  std::string_view rest_;
  std::vector<std::string_view> seen_;  // points into the bytes
  bool failed_ = false;
};

constexpr uint64_t ZigZag(int64_t value) {
  return (static_cast<uint64_t>(value) << 1) ^
         static_cast<uint64_t>(value >> 63);
}
constexpr int64_t UnZigZag(uint64_t value) {
  return static_cast<int64_t>((value >> 1) ^ (~(value & 1) + 1));
}

// The greatest value of each enumeration that is stored.
constexpr Direction Greatest(Direction) { return Direction::kInternal; }
constexpr ActorKind Greatest(ActorKind) { return ActorKind::kImport; }
constexpr Verdict Greatest(Verdict) { return Verdict::kStopped; }
constexpr Eligibility Greatest(Eligibility) { return Eligibility::kStopped; }
constexpr FactKind Greatest(FactKind) { return FactKind::kClosed; }

// `T` is an `Object`, const where it is written and not where it is read.
template <typename T, typename Object>
concept A = std::same_as<std::remove_const_t<T>, Object>;

// Says of each type what it is made of, once for both directions.
template <typename Io>
class Format {
 public:
  explicit Format(Io& io) : io_(io) {}

  void Put(A<Event> auto& v) {
    All(v.ref, v.occurred_at, v.sequence, v.kind, v.body);
  }

  void Put(A<Lead> auto& v) {
    All(v.collapsed, v.history, v.progress, v.replay, v.ledger, v.lead_seq,
        v.hold_until, v.last_read, v.policy_version, v.policy_hash);
  }

 private:
  void All(auto&... values) { (Put(values), ...); }

  // ---- Objects ----

  void Put(A<EventRef> auto& v) { All(v.source, v.id); }
  void Put(A<PeopleChanges> auto& v) { All(v.owner, v.backup, v.manager); }
  void Put(A<LeadCreated> auto& v) { All(v.attributes, v.people, v.flags); }
  void Put(A<AttributesChanged> auto& v) { Put(v.attributes); }
  void Put(A<FlagsChanged> auto& v) { All(v.added, v.removed); }
  void Put(A<Assigned> auto& v) { Put(v.people); }
  void Put(A<Touched> auto& v) {
    All(v.channel, v.direction, v.actor_kind, v.actor, v.meaningful,
        v.personalized, v.reply_path);
  }
  void Put(A<Withdrawn> auto& v) { Put(v.event); }
  void Put(A<Noted> auto&) {}
  void Put(A<Erased> auto&) {}
  void Put(A<People> auto& v) { All(v.owner, v.backup, v.manager); }
  void Put(A<Attributes> auto& v) { All(v.values, v.flags); }
  void Put(A<ClockRun> auto& v) {
    All(v.clock, v.cycle, v.started_by, v.started_at, v.counted, v.counted_to,
        v.paused, v.calendar, v.target, v.verdict, v.due, v.counted_at_due,
        v.rungs_passed, v.rungs_fired, v.ended_at, v.answered_at, v.reason);
  }
  void Put(A<Progress> auto& v) {
    All(v.birth, v.born_by, v.position, v.attributes, v.people, v.eligibility,
        v.eligibility_reason, v.erased, v.runs);
  }
  void Put(A<Collapsed> auto& v) { All(v.up_to, v.base); }
  // Without the attributes: they are told once, when the fact is said.
  void Put(A<Fact> auto& v) {
    All(v.clock, v.started_by, v.kind, v.rung, v.at, v.policy_version, v.people,
        v.cycle, v.started_at, v.target, v.counted, v.counted_at_due, v.due,
        v.answered_at, v.reason);
  }
  void Put(A<Said> auto& v) {
    All(v.fact, v.count, v.corrections, v.notify, v.retracted, v.settled);
  }

  // ---- What objects are made of ----

  template <typename T>
  requires std::unsigned_integral<std::remove_const_t<T>> || std::is_enum_v<T>
  void Put(T& value) {
    if constexpr (!Io::kReading) {
      io_.Number(static_cast<uint64_t>(value));
    } else {
      uint64_t number = 0;
      io_.Number(number);
      value = static_cast<T>(number);
      bool fits = static_cast<uint64_t>(value) == number;
      if constexpr (std::is_enum_v<T>) fits = fits && value <= Greatest(T{});
      if (!fits) {
        value = T{};
        io_.Fail();
      }
    }
  }

  void Put(A<int64_t> auto& value) {
    uint64_t number = ZigZag(value);
    Put(number);
    if constexpr (Io::kReading) value = UnZigZag(number);
  }

  void Put(A<std::string> auto& text) { io_.Text(text); }

  template <typename Kind>
  void Put(const Id<Kind>& id) {
    io_.Text(id.text());
  }
  template <typename Kind>
  void Put(Id<Kind>& id) {
    std::string text = id.text();
    io_.Text(text);
    id = Id<Kind>(std::move(text));
  }

  void Put(A<absl::Time> auto& value) {
    int64_t millis = absl::ToUnixMillis(value);
    Put(millis);
    if constexpr (Io::kReading) value = absl::FromUnixMillis(millis);
  }

  void Put(A<absl::Duration> auto& value) {
    int64_t millis = absl::ToInt64Milliseconds(value);
    Put(millis);
    if constexpr (Io::kReading) value = absl::Milliseconds(millis);
  }

  void Put(A<std::shared_ptr<const Attributes>> auto& value) {
    if constexpr (Io::kReading) {
      Attributes attributes;
      Put(attributes);
      value = std::make_shared<const Attributes>(std::move(attributes));
    } else {
      Put(*value);
    }
  }

  void Put(A<std::pair<std::string, std::string>> auto& pair) {
    All(pair.first, pair.second);
  }

  template <typename T>
  void Put(const std::optional<T>& value) {
    const bool given = value.has_value();
    Put(given);
    if (given) Put(*value);
  }
  template <typename T>
  void Put(std::optional<T>& value) {
    bool given = value.has_value();
    Put(given);
    if (given) Put(value.emplace());
  }

  template <typename T>
  void Put(const std::vector<T>& list) {
    io_.Number(list.size());
    for (const T& element : list) Put(element);
  }
  template <typename T>
  void Put(std::vector<T>& list) {
    uint64_t size = 0;
    io_.Size(size);
    for (uint64_t i = 0; i < size && !io_.failed(); ++i) {
      Put(list.emplace_back());
    }
  }

  void Put(const EventBody& body) {
    io_.Number(body.index());
    std::visit([&](const auto& alternative) { Put(alternative); }, body);
  }
  void Put(EventBody& body) {
    uint64_t index = 0;
    io_.Number(index);
    if (!Emplace(index, body,
                 std::make_index_sequence<std::variant_size_v<EventBody>>())) {
      return io_.Fail();
    }
    std::visit([&](auto& alternative) { Put(alternative); }, body);
  }

  template <size_t... Index>
  static bool Emplace(uint64_t index, EventBody& body,
                      std::index_sequence<Index...>) {
    return ((index == Index && (body.emplace<Index>(), true)) || ...);
  }

  Io& io_;
};

}  // namespace

std::string EncodeLead(const Lead& lead) {
  Writer writer;
  writer.Number(kVersion);
  Format(writer).Put(lead);
  return writer.TakeBytes();
}

absl::StatusOr<Lead> DecodeLead(std::string_view bytes) {
  if (bytes.empty() || static_cast<uint8_t>(bytes.front()) != kVersion) {
    return absl::DataLossError(absl::StrCat(
        "a lead's stored state is not of the format that this version of "
        "leadclock knows (",
        kVersion, "); it was written by another version, or is damaged"));
  }
  bytes.remove_prefix(1);
  Reader reader(bytes);
  Lead lead;
  Format(reader).Put(lead);
  if (reader.failed() || !reader.at_end()) {
    return absl::DataLossError("a lead's stored state is damaged");
  }
  return lead;
}

std::string EncodeEvent(const Event& event) {
  Writer writer;
  Format(writer).Put(event);
  return writer.TakeBytes();
}

}  // namespace leadclock
