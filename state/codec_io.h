#ifndef LEADCLOCK_STATE_CODEC_IO_H_
#define LEADCLOCK_STATE_CODEC_IO_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

// What codec.cc writes with and reads by: numbers, and texts that are written
// once and named by their places. For that file alone.
namespace leadclock::codec {

inline constexpr std::array<std::string_view, 34> kCommonTexts = {
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
    "working",  "available_channel",
    "owner",    "backup",
    "manager",  "reason",
    "handoff",  "disposition",
    "outcome",  "next_step",
    "meeting",  "actor"};

// Bytes that are written one after another.
class Bytes {
 public:
  // What is written cannot be told beforehand; most leads need less.
  Bytes() : text_(512, '\0') {}

  void Number(uint64_t value) {
    Reserve(kLongestNumber);
    while (value >= 0x80) {
      text_[size_++] = static_cast<char>(value | 0x80);
      value >>= 7;
    }
    text_[size_++] = static_cast<char>(value);
  }
  void Append(std::string_view text) {
    Reserve(text.size());
    std::memcpy(text_.data() + size_, text.data(), text.size());
    size_ += text.size();
  }

  std::string_view view() const { return {text_.data(), size_}; }

 private:
  static constexpr size_t kLongestNumber = 10;

  void Reserve(size_t more) {
    if (text_.size() - size_ < more) text_.resize(2 * text_.size() + more);
  }

  std::string text_;
  size_t size_ = 0;
};

// Takes a number off the front of the bytes; false: there is none.
inline bool TakeNumber(std::string_view& bytes, uint64_t& value) {
  value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    if (bytes.empty()) return false;
    const auto byte = static_cast<uint8_t>(bytes.front());
    bytes.remove_prefix(1);
    value |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return true;
  }
  return false;
}

// Takes `count` texts off the front of the bytes.
inline bool TakeTexts(std::string_view& bytes, uint64_t count,
                      std::vector<std::string_view>& texts) {
  // No list can have more elements than there are bytes left.
  if (count > bytes.size()) return false;
  texts.reserve(count + 8);
  for (uint64_t i = 0; i < count; ++i) {
    uint64_t size = 0;
    if (!TakeNumber(bytes, size) || size > bytes.size()) return false;
    texts.push_back(bytes.substr(0, size));
    bytes.remove_prefix(size);
  }
  return true;
}

// The texts of a lead, those that are common to all of them first: finds each
// by its bytes.
class Texts {
 public:
  Texts() {
    for (const std::string_view text : kCommonTexts) Add(text);
  }

  void Reserve(size_t more) {
    texts_.reserve(texts_.size() + more + 8);
    while (slots_.size() < 2 * (texts_.size() + more)) Grow();
  }
  // Appends a text, whose bytes outlive this.
  size_t Add(std::string_view text) {
    texts_.push_back(text);
    if (slots_.size() < 2 * texts_.size()) {
      Grow();
    } else {
      Place(texts_.size() - 1);
    }
    return texts_.size() - 1;
  }
  // The place of a text, which is added if it is new.
  size_t PlaceOf(std::string_view text) {
    for (size_t at = Hash(text);; ++at) {
      const uint32_t slot = slots_[at & (slots_.size() - 1)];
      if (slot == 0) return Add(text);
      if (texts_[slot - 1] == text) return slot - 1;
    }
  }
  const std::vector<std::string_view>& texts() const { return texts_; }

 private:
  static size_t Hash(std::string_view text) {
    constexpr uint64_t kMix = 0x9e37'79b9'7f4a'7c15;
    uint64_t first = 0;
    uint64_t last = 0;
    if (text.size() >= sizeof(first)) {
      std::memcpy(&first, text.data(), sizeof(first));
      std::memcpy(&last, text.data() + text.size() - sizeof(last),
                  sizeof(last));
    } else {
      std::memcpy(&first, text.data(), text.size());
    }
    const uint64_t mixed = (first ^ (last * kMix) ^ text.size()) * kMix;
    return static_cast<size_t>(mixed >> 32);
  }
  void Place(size_t index) {
    size_t at = Hash(texts_[index]);
    while (slots_[at & (slots_.size() - 1)] != 0) ++at;
    slots_[at & (slots_.size() - 1)] = static_cast<uint32_t>(index + 1);
  }
  void Grow() {
    slots_.assign(2 * slots_.size(), 0);
    for (size_t i = 0; i < texts_.size(); ++i) Place(i);
  }

  std::vector<std::string_view> texts_;
  // The place in `texts_`, and one; 0: free. Their number is a power of two.
  std::vector<uint32_t> slots_ = std::vector<uint32_t>(128);
};

// The dictionary of a lead that is written.
class Dictionary {
 public:
  // Begins with texts that are stored already, as Write() gave them.
  explicit Dictionary(std::string_view stored) : texts_(CommonTexts()) {
    uint64_t count = 0;
    // They were read before, and are whole.
    if (!TakeNumber(stored, count)) return;
    stored_ = stored;
    stored_count_ = count;
    texts_.Reserve(count);
    std::vector<std::string_view> texts;
    TakeTexts(stored, count, texts);
    for (const std::string_view text : texts) texts_.Add(text);
  }

  uint64_t PlaceOf(std::string_view text) { return texts_.PlaceOf(text); }

  void Write(std::string& bytes) const {
    const std::vector<std::string_view>& texts = texts_.texts();
    const size_t first_new = kCommonTexts.size() + stored_count_;
    Bytes added;
    for (size_t i = first_new; i < texts.size(); ++i) {
      added.Number(texts[i].size());
      added.Append(texts[i]);
    }
    Bytes count;
    count.Number(texts.size() - kCommonTexts.size());
    bytes.append(count.view());
    bytes.append(stored_);
    bytes.append(added.view());
  }

 private:
  static const Texts& CommonTexts() {
    static const Texts* const kTexts = new Texts;
    return *kTexts;
  }

  std::string_view stored_;
  size_t stored_count_ = 0;
  // Of texts in what is written, which outlives the writer.
  Texts texts_;
};

class Writer {
 public:
  static constexpr bool kReading = false;

  explicit Writer(Dictionary& dictionary) : dictionary_(dictionary) {}

  void Number(uint64_t value) { bytes_.Number(value); }
  void Text(const std::string& text) {
    Number(text.empty() ? 0 : dictionary_.PlaceOf(text));
  }

  std::string_view bytes() const { return bytes_.view(); }

 private:
  Dictionary& dictionary_;
  Bytes bytes_;
};

class Reader {
 public:
  static constexpr bool kReading = true;

  Reader(std::string_view bytes, const std::vector<std::string_view>& texts)
      : rest_(bytes), texts_(texts) {}

  // Bytes that are not well-formed read as zeros from there on.
  bool failed() const { return failed_; }
  bool at_end() const { return rest_.empty(); }
  std::string_view rest() const { return rest_; }
  void Fail() {
    failed_ = true;
    rest_ = {};
  }

  void Number(uint64_t& value) {
    if (TakeNumber(rest_, value)) return;
    value = 0;
    Fail();
  }

  void Text(std::string& text) {
    uint64_t place = 0;
    Number(place);
    if (place < kCommonTexts.size()) {
      text = kCommonTexts[place];
    } else if (place - kCommonTexts.size() < texts_.size()) {
      text = texts_[place - kCommonTexts.size()];
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
  std::string_view rest_;
  const std::vector<std::string_view>& texts_;
  bool failed_ = false;
};

}  // namespace leadclock::codec

#endif  // LEADCLOCK_STATE_CODEC_IO_H_
