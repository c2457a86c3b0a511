// SPDX-License-Identifier: Apache-2.0
#include "container_list.hpp"

#include "docker_sandbox/base/error.hpp"
#include "json_codec.hpp"

#include <rapidjson/document.h>
#include <rapidjson/error/en.h>

#include <array>
#include <cstddef>
#include <cstring>

/// The one answer that grows with the number of sandboxes, two kilobytes each, nearly all of which nobody asks for. With
/// nlohmann/json, which json_codec reads all the others with, `ls` of five hundred took two and a half times the
/// instructions.
namespace docker_sandbox::engine {
namespace {

using rapidjson::Value;

/// No recursion: the nesting is the engine's.
constexpr unsigned k_parse_flags = rapidjson::kParseInsituFlag | rapidjson::kParseIterativeFlag;
/// Of a character that is cut off the parser takes as many bytes as its first one promises, wherever the text ends.
constexpr std::size_t k_longest_character = 4;

/// No list that an engine could send is larger: 10,000 containers have some 20 MB.
constexpr std::size_t k_max_size = 64U * 1024 * 1024;
/// A row without anything takes thirty times in memory what it has in text.
constexpr std::size_t k_max_rows = 100'000;

/// What is not as the API defines it.
struct Mismatch {
  std::string reason;
};

/// The member, or nothing where it is missing or null (Go's encoder writes null for nil slices and maps).
const Value* find(const Value& object, const char* name) {
  const auto member = object.FindMember(name);
  return member == object.MemberEnd() || member->value.IsNull() ? nullptr : &member->value;
}

void require(bool is_right, const char* name, const char* type) {
  if (!is_right) {
    throw Mismatch{std::string(name) + " is not " + type};
  }
}

std::string text_of(const Value& value, const char* name) {
  require(value.IsString(), name, "a string");
  return {value.GetString(), value.GetStringLength()};
}

std::string text(const Value& object, const char* name) {
  const Value* value = find(object, name);
  return value == nullptr ? std::string() : text_of(*value, name);
}

std::int64_t number(const Value& object, const char* name) {
  const Value* value = find(object, name);
  require(value == nullptr || value->IsInt64(), name, "an integer");
  return value == nullptr ? 0 : value->GetInt64();
}

template <typename Act>
void for_each(const Value& object, const char* name, Act act) {
  const Value* array = find(object, name);
  require(array == nullptr || array->IsArray(), name, "an array");
  if (array != nullptr) {
    for (const Value& element : array->GetArray()) {
      act(element);
    }
  }
}

MountPoint decode_mount(const Value& mount) {
  require(mount.IsObject(), "Mounts", "an array of objects");
  const Value* writable = find(mount, "RW");
  require(writable == nullptr || writable->IsBool(), "RW", "a boolean");
  return {.type = text(mount, "Type"),
          .name = text(mount, "Name"),
          .source = text(mount, "Source"),
          .destination = text(mount, "Destination"),
          .read_write = writable == nullptr || writable->GetBool()};
}

Labels decode_labels(const Value& row) {
  Labels labels;
  const Value* given = find(row, "Labels");
  require(given == nullptr || given->IsObject(), "Labels", "an object");
  if (given != nullptr) {
    for (const auto& [name, value] : given->GetObject()) {
      labels[text_of(name, "Labels")] = text_of(value, "Labels");
    }
  }
  return labels;
}

ContainerSummary decode_row(const Value& row) {
  require(row.IsObject(), "the list", "an array of objects");
  ContainerSummary summary;
  summary.id = text(row, "Id");
  require(!summary.id.empty(), "Id", "there");
  for_each(row, "Names", [&](const Value& element) {
    summary.names.push_back(json_codec::without_slash(text_of(element, "Names")));
  });
  summary.image = text(row, "Image");
  summary.image_id = text(row, "ImageID");
  summary.state = text(row, "State");
  summary.created = number(row, "Created");
  summary.labels = decode_labels(row);
  for_each(row, "Mounts", [&](const Value& mount) { summary.mounts.push_back(decode_mount(mount)); });
  summary.size_rw = number(row, "SizeRw");
  return summary;
}

/// The parser's form of a row. The text of a value may be two bytes, and here it takes sixteen or more: one that has more of
/// them than any container could have is refused before it fills the memory.
class Row : public rapidjson::Document {
  using Document = rapidjson::Document;

 public:
  using Document::Document;

  bool is_too_rich() const { return values_ > k_max_values; }

  /// Takes the text to pieces where it stands.
  template <unsigned flags>
  rapidjson::ParseResult parse(char* text) {
    values_ = 0;
    rapidjson::InsituStringStream stream(text);
    rapidjson::Reader reader;
    rapidjson::ParseResult result;
    const auto generate = [&](rapidjson::Document&) {
      result = reader.Parse<flags>(stream, *this);
      return !result.IsError();
    };
    Populate(generate);
    return result;
  }

  // What the parser tells; a "false" ends it.
  bool Null() { return counted(Document::Null()); }
  bool Bool(bool value) { return counted(Document::Bool(value)); }
  bool Int(int value) { return counted(Document::Int(value)); }
  bool Uint(unsigned value) { return counted(Document::Uint(value)); }
  bool Int64(std::int64_t value) { return counted(Document::Int64(value)); }
  bool Uint64(std::uint64_t value) { return counted(Document::Uint64(value)); }
  bool Double(double value) { return counted(Document::Double(value)); }
  bool String(const char* text, rapidjson::SizeType size, bool copy) {
    return counted(Document::String(text, size, copy));
  }
  bool StartObject() { return counted(Document::StartObject()); }
  bool StartArray() { return counted(Document::StartArray()); }

 private:
  static constexpr std::size_t k_max_values = 100'000;

  bool counted(bool taken) { return ++values_ <= k_max_values && taken; }

  std::size_t values_ = 0;
};

/// Looks at eight bytes at a time.
bool is_ascii(std::string_view text) {
  constexpr std::uint64_t k_high_bits = 0x8080808080808080U;
  std::uint64_t seen = 0;
  for (; text.size() >= sizeof seen; text.remove_prefix(sizeof seen)) {
    std::uint64_t eight = 0;
    std::memcpy(&eight, text.data(), sizeof eight);
    seen |= eight;
  }
  for (const char byte : text) {
    seen |= static_cast<unsigned char>(byte);
  }
  return (seen & k_high_bits) == 0;
}

/// Where an object ends, told from its brackets and quotation marks alone; what is wrong within is the parser's to find.
class ObjectEnd {
 public:
  /// Moves `at` on, behind the end of the object that `text` has from its first byte on, or behind all that there is.
  /// Whether that is the object's end; then it is ready for the next one.
  bool reach(std::string_view text, std::size_t& at) {
    while (at < text.size()) {
      if (in_text_) {
        const std::size_t mark = text.find('"', at);
        at = mark == std::string_view::npos ? text.size() : mark + 1;
        in_text_ = mark == std::string_view::npos || is_escaped(text, mark);
        continue;
      }
      switch (text[at++]) {
        case '"':
          in_text_ = true;
          break;
        case '{':
        case '[':
          ++depth_;
          break;
        case '}':
        case ']':
          if (--depth_ == 0) {
            return true;
          }
          break;
        default:
          break;
      }
    }
    return false;
  }

 private:
  /// What is in front of the backslashes is at least the quotation mark with which the string began.
  static bool is_escaped(std::string_view text, std::size_t mark) {
    const std::size_t before = text.find_last_not_of('\\', mark - 1);
    return (mark - before) % 2 == 0;
  }

  std::size_t depth_ = 0;
  bool in_text_ = false;
};

}  // namespace

class ContainerListReader::Rows {
 public:
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): memory_ is written before it is read
  explicit Rows(Take take) : take_(std::move(take)) {}

  void feed(std::string_view bytes) {
    std::size_t at = text_.size();  // the rest has been looked at
    text_.append(bytes);
    const std::size_t size = text_.size();
    text_.append(k_longest_character, '\0');
    std::size_t row = 0;  // where the one that is coming begins
    while (at < size) {
      if (next_ == Next::rest_of_row) {
        std::size_t length = at - row;
        const bool is_whole = end_.reach(std::string_view(text_).substr(row, size - row), length);
        at = row + length;
        if (is_whole) {
          decode(row, at);
          next_ = Next::separator;
        }
      } else {
        expect(text_[at], before_ + at);
        row = at;
        at += next_ == Next::rest_of_row ? 0 : 1;  // a row's first byte is its own
      }
    }
    const std::size_t done = next_ == Next::rest_of_row ? row : size;
    text_.resize(size);
    text_.erase(0, done);
    before_ += done;
  }

  void finish() const {
    if (next_ != Next::nothing) {
      fail("it ends too early", before_ + text_.size());
    }
  }

 private:
  enum class Next { list, first_row, row, rest_of_row, separator, nothing };

  static bool is_white_space(char byte) { return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t'; }

  /// A byte between rows.
  void expect(char byte, std::size_t offset) {
    if (is_white_space(byte)) {
      return;
    }
    switch (next_) {
      case Next::list:
        require(byte == '[', "the list", "an array of objects");
        next_ = Next::first_row;
        return;
      case Next::first_row:
      case Next::row:
        if (byte == ']') {
          if (next_ == Next::row) {
            fail("a row is missing", offset);
          }
          next_ = Next::nothing;
          return;
        }
        require(byte == '{', "the list", "an array of objects");
        next_ = Next::rest_of_row;
        return;
      case Next::separator:
        if (byte == ',' || byte == ']') {
          next_ = byte == ',' ? Next::row : Next::nothing;
          return;
        }
        fail("a comma or a square bracket is missing", offset);
      case Next::rest_of_row:
      case Next::nothing:
        fail("something is behind the list", offset);
    }
  }

  void decode(std::size_t begin, std::size_t end) {
    char* text = text_.data() + begin;
    const rapidjson::ParseResult result =
        is_ascii({text, end - begin})
            ? row_.parse<k_parse_flags | rapidjson::kParseStopWhenDoneFlag>(text)
            : row_.parse<k_parse_flags | rapidjson::kParseStopWhenDoneFlag | rapidjson::kParseValidateEncodingFlag>(
                  text);
    require(!row_.is_too_rich(), "a row", "what a container could have");
    if (result.IsError()) {
      fail(rapidjson::GetParseError_En(result.Code()), before_ + begin + result.Offset());
    }
    require(++rows_ <= k_max_rows, "the list", "one of containers that an engine could have");
    take_(decode_row(row_));
    row_.SetNull();
    pool_.Clear();
  }

  [[noreturn]] static void fail(const char* reason, std::size_t offset) {
    throw Mismatch{"at byte " + std::to_string(offset) + ": " + reason};
  }

  /// A row in the parser's form has some five kilobytes; without this its memory would be asked for and given back for each.
  static constexpr std::size_t k_row_memory = 16 * 1024;

  std::string text_;        ///< from the beginning of the row that is coming on
  std::size_t before_ = 0;  ///< bytes of the body in front of text_
  Next next_ = Next::list;
  ObjectEnd end_;
  std::size_t rows_ = 0;
  Take take_;
  alignas(std::max_align_t) std::array<char, k_row_memory> memory_;  // what is not used is never touched
  rapidjson::MemoryPoolAllocator<> pool_{memory_.data(), memory_.size()};
  Row row_{&pool_};
};

ContainerListReader::ContainerListReader(std::string what, Take take)
    : what_(std::move(what)), rows_(std::make_unique<Rows>(std::move(take))) {}

ContainerListReader::~ContainerListReader() = default;

void ContainerListReader::feed(std::string_view bytes) {
  size_ += bytes.size();
  if (size_ > k_max_size) {
    throw base::Error(base::ErrorKind::engine_protocol, "the engine's answer to " + what_ + " is too large to be one");
  }
  try {
    rows_->feed(bytes);
  } catch (const Mismatch& mismatch) {
    throw json_codec::unexpected_answer(what_, mismatch.reason);
  }
}

void ContainerListReader::finish() const {
  try {
    rows_->finish();
  } catch (const Mismatch& mismatch) {
    throw json_codec::unexpected_answer(what_, mismatch.reason);
  }
}

}  // namespace docker_sandbox::engine
