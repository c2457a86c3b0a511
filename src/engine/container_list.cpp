// SPDX-License-Identifier: Apache-2.0
#include "container_list.hpp"

#include "json_codec.hpp"

#include <rapidjson/document.h>
#include <rapidjson/error/en.h>

#include <array>
#include <cstddef>

/// The one answer that grows with the number of sandboxes, two kilobytes each, nearly all of which nobody asks for. With
/// nlohmann/json, which json_codec reads all the others with, `ls` of five hundred took two and a half times the
/// instructions.
namespace docker_sandbox::engine {
namespace {

using rapidjson::Value;

/// No recursion: the nesting is the engine's.
constexpr unsigned k_parse_flags =
    rapidjson::kParseInsituFlag | rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag;

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

  template <unsigned flags>
  rapidjson::ParseResult parse(rapidjson::InsituStringStream& stream) {
    values_ = 0;
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

/// Row by row, so that only one of them is in memory in the parser's form, which takes more than what is kept of it.
class ListReader {
 public:
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): memory_ is written before it is read
  explicit ListReader(std::string& body) : end_(body.data() + body.size()), stream_(body.data()) {}

  std::vector<ContainerSummary> read() {
    std::vector<ContainerSummary> rows;
    if (next() != '[') {
      parse<k_parse_flags>();
      require(false, "the list", "an array of objects");
    }
    stream_.Take();
    if (next() == ']') {
      stream_.Take();
    } else {
      do {
        parse<k_parse_flags | rapidjson::kParseStopWhenDoneFlag>();
        rows.push_back(decode_row(row_));
        require(rows.size() <= k_max_rows, "the list", "one of containers that an engine could have");
        row_.SetNull();
        pool_.Clear();
      } while (goes_on());
    }
    if (next() != '\0' || stream_.src_ != end_) {
      fail(rapidjson::kParseErrorDocumentRootNotSingular, stream_.Tell());
    }
    return rows;
  }

 private:
  // A row without anything takes thirty times in memory what it has in text.
  static constexpr std::size_t k_max_rows = 100'000;

  /// The byte behind the white space. A body that was cut, or holds one, has a NUL.
  char next() {
    rapidjson::SkipWhitespace(stream_);
    return stream_.Peek();
  }

  bool goes_on() {
    const char separator = next();
    if (separator != ',' && separator != ']') {
      fail(rapidjson::kParseErrorArrayMissCommaOrSquareBracket, stream_.Tell());
    }
    stream_.Take();
    return separator == ',';
  }

  template <unsigned flags>
  void parse() {
    const rapidjson::ParseResult result = row_.parse<flags>(stream_);
    require(!row_.is_too_rich(), "a row", "what a container could have");
    if (result.IsError()) {
      fail(result.Code(), result.Offset());
    }
  }

  [[noreturn]] static void fail(rapidjson::ParseErrorCode code, std::size_t offset) {
    throw Mismatch{"at byte " + std::to_string(offset) + ": " + rapidjson::GetParseError_En(code)};
  }

  /// A row in the parser's form has some five kilobytes; without this its memory would be asked for and given back for each.
  static constexpr std::size_t k_row_memory = 16 * 1024;

  const char* end_;
  rapidjson::InsituStringStream stream_;
  alignas(std::max_align_t) std::array<char, k_row_memory> memory_;  // what is not used is never touched
  rapidjson::MemoryPoolAllocator<> pool_{memory_.data(), memory_.size()};
  Row row_{&pool_};
};

}  // namespace

std::vector<ContainerSummary> decode_container_list(std::string body, std::string_view what) {
  try {
    return ListReader(body).read();
  } catch (const Mismatch& mismatch) {
    throw json_codec::unexpected_answer(what, mismatch.reason);
  }
}

}  // namespace docker_sandbox::engine
