// SPDX-License-Identifier: Apache-2.0
#include "lies.hpp"

#include "support/stream_frame.hpp"
#include "support/tar.hpp"

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <utility>

namespace docker_sandbox::support {
namespace {

using nlohmann::json;
using Of = Lie::Of;

constexpr std::size_t k_huge = 100U * 1024 * 1024;
constexpr std::size_t k_piece = 64U * 1024;

std::string head(int status, const std::string& fields) {
  return "HTTP/1.1 " + std::to_string(status) + " Whatever\r\nApi-Version: 1.41\r\n" + fields + "\r\n";
}

std::string with_length(std::size_t length) {
  return "Content-Type: application/json\r\nContent-Length: " + std::to_string(length) + "\r\n";
}

/// So many bytes of the text, over and over, unless nobody takes them any more. Nothing of it is kept.
void pour(HttpConnection& connection, const std::string& text, std::size_t count) {
  std::string piece;
  while (count > 0 && piece.size() < k_piece) {
    piece += text;
  }
  for (std::size_t sent = 0; sent < count && !connection.broken(); sent += piece.size()) {
    connection.write(std::string_view(piece).substr(0, count - sent));
  }
}

std::function<void(HttpConnection&, const Response&)> body(std::function<std::string(const Response&)> make) {
  return [make = std::move(make)](HttpConnection& connection, const Response& honest) {
    const std::string text = make(honest);
    connection.write(head(200, with_length(text.size())) + text);
  };
}

std::function<void(HttpConnection&, const Response&)> body(const std::string& text) {
  return body([text](const Response&) { return text; });
}

/// `begin`, and then the piece for a hundred megabytes.
std::function<void(HttpConnection&, const Response&)> huge(int status, const std::string& begin,
                                                           const std::string& piece) {
  return [=](HttpConnection& connection, const Response&) {
    connection.write(head(status, with_length(k_huge + begin.size())) + begin);
    pour(connection, piece, k_huge);
  };
}

std::function<void(HttpConnection&, const Response&)> answer(int status, const std::string& fields,
                                                             const std::string& text = "") {
  return [=](HttpConnection& connection, const Response&) { connection.write(head(status, fields) + text); };
}

/// The honest body with each value below its top replaced.
std::function<void(HttpConnection&, const Response&)> members(json (*replace)(const json& value)) {
  return body([replace](const Response& honest) {
    json answer = json::parse(honest.body, nullptr, false);
    const auto change = [&](json& object) {
      for (auto& [name, value] : object.items()) {
        value = replace(value);
      }
    };
    if (answer.is_array()) {
      for (json& row : answer) {
        change(row);
      }
    } else if (answer.is_object()) {
      change(answer);
    }
    return answer.dump();
  });
}

json of_another_type(const json& value) {
  return value.is_string() ? json{{"a", 1}} : json("text");
}

json in_another_form(const json& value) {
  return value.is_number() ? json(-1.5e300) : value.is_array() ? json::array({nullptr, 7, json::array()}) : value;
}

json empty_of_its_type(const json& value) {
  return value.is_string()   ? json("")
         : value.is_number() ? json(0)
         : value.is_array()  ? json::array()
         : value.is_object() ? json::object()
                             : value;
}

/// The honest body with control characters behind each text but those that make a container a sandbox, and but its ID.
void add_controls(json& value, const std::string& name) {
  static const std::set<std::string> needed{"Id",
                                            "Source",
                                            "Destination",
                                            "Type",
                                            "docker/sandbox",
                                            "com.docker.sandbox.workingDirectory",
                                            "com.docker.sandbox.workingDirectoryInode",
                                            "com.docker.sandbox.credentials",
                                            "com.docker.sandbox.user"};
  if (value.is_string() && needed.count(name) == 0) {
    value = value.get<std::string>() +
            "\x1b]0;x\x07\r\xc2\x9b"
            "2J";
  } else if (value.is_array()) {
    for (json& element : value) {
      add_controls(element, name);
    }
  } else if (value.is_object()) {
    for (auto& [key, member] : value.items()) {
      add_controls(member, key);
    }
  }
}

std::string with_controls(const Response& honest) {
  json answer = json::parse(honest.body, nullptr, false);
  add_controls(answer, "");
  return answer.dump();
}

/// A label that is a list, which takes ten times in memory what it has as text.
std::string with_a_label_of_a_list(const Response& honest) {
  json answer = json::parse(honest.body, nullptr, false);
  std::string list = "[0";
  while (list.size() < 30U * 1024 * 1024) {
    list += ",0";
  }
  for (json& row : answer) {
    row["Labels"]["com.docker.sandbox.env"] = list + "]";
  }
  return answer.dump();
}

std::string with_controls_in_id(const Response& honest) {
  json answer = json::parse(honest.body, nullptr, false);
  const auto change = [](json& object) { object["Id"] = "\x1b[2J" + object.value("Id", ""); };
  if (answer.is_array()) {
    std::for_each(answer.begin(), answer.end(), change);
  } else {
    change(answer);
  }
  return answer.dump();
}

std::function<void(HttpConnection&, const Response&)> pull_report(std::function<std::string(std::size_t)> line,
                                                                  std::size_t count) {
  return [line = std::move(line), count](HttpConnection& connection, const Response&) {
    connection.write(head(200, "Content-Type: application/json\r\n"));
    for (std::size_t i = 0; i < count && !connection.broken(); ++i) {
      connection.write(line(i));
    }
  };
}

/// `begin`, and then the piece without end.
std::function<void(HttpConnection&, const Response&)> archive(const std::string& begin, const std::string& piece,
                                                              std::size_t count) {
  return [=](HttpConnection& connection, const Response&) {
    connection.write(head(200, "Content-Type: application/x-tar\r\n") + begin);
    pour(connection, piece, count);
  };
}

std::function<void(HttpConnection&, const Response&)> stream(const std::string& bytes, std::size_t count) {
  return [=](HttpConnection& connection, const Response&) {
    connection.write("HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n");
    pour(connection, bytes, count);
  };
}

}  // namespace

const std::vector<Lie>& lies() {
  static const std::string gzip(
      "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xab\xae\x05\x00\x43\xbf\xa6\xa3\x02\x00\x00\x00", 22);
  static const std::vector<Lie> all{
      {"not_json", Of::json, body("<html>It works!</html>")},
      {"nothing", Of::json, body("")},
      {"null", Of::json, body("null")},
      {"another_type", Of::json, body([](const Response& honest) {
         return honest.body.substr(0, 1) == "[" ? R"({"message":"x"})" : R"([{"Id":"x"}])";
       })},
      {"members_missing", Of::json,
       body([](const Response& honest) { return honest.body.substr(0, 1) == "[" ? "[{}]" : "{}"; })},
      {"members_null", Of::json, members([](const json&) { return json(); })},
      {"members_of_another_type", Of::json, members(of_another_type)},
      {"members_in_another_form", Of::json, members(in_another_form)},
      {"members_empty", Of::json, members(empty_of_its_type)},
      {"not_utf8", Of::json, body([](const Response& honest) {
         std::string text = honest.body;
         for (std::size_t at = text.find(":\""); at != std::string::npos; at = text.find(":\"", at + 3)) {
           text.insert(at + 2, "\xff\xfe");
         }
         return text;
       })},
      {"controls", Of::json, body(with_controls)},
      {"controls_in_id", Of::json, body(with_controls_in_id)},
      {"a_label_of_a_list", Of::list, body(with_a_label_of_a_list)},
      {"huge", Of::json, huge(200, "[", " ")},
      {"huge_text", Of::json, huge(200, "{\"Id\":\"", "x")},
      {"deep", Of::json, huge(200, "", "[")},
      {"deep_in_a_row", Of::json, huge(200, "[", "{\"a\":")},
      {"wide", Of::json, huge(200, "[{\"a\":[", "0,")},
      {"many_rows", Of::json, huge(200, "[", "{\"Id\":\"x\"},")},
      {"shorter_than_it_says", Of::json,
       [](HttpConnection& connection, const Response& honest) {
         connection.write(head(200, with_length(honest.body.size() + 100)) + honest.body);
       }},
      {"longer_than_it_says", Of::json,
       [](HttpConnection& connection, const Response& honest) {
         connection.write(head(200, with_length(honest.body.size() / 2)) + honest.body);
       }},
      {"compressed", Of::json, answer(200, "Content-Encoding: gzip\r\n" + with_length(gzip.size()), gzip)},
      {"chunks_without_end", Of::json,
       [](HttpConnection& connection, const Response&) {
         connection.write(head(200, "Transfer-Encoding: chunked\r\n"));
         pour(connection, "1000\r\n" + std::string(0x1000, '[') + "\r\n", SIZE_MAX);
       }},
      {"a_chunk_of_all_sizes", Of::json, answer(200, "Transfer-Encoding: chunked\r\n", "ffffffffffffffff\r\n[]")},
      {"a_length_that_is_none", Of::json, answer(200, "Content-Length: -7\r\n", "[]")},
      {"without_a_word", Of::any_answer, [](HttpConnection&, const Response&) {}},
      {"a_head_without_end", Of::any_answer,
       [](HttpConnection& connection, const Response&) {
         connection.write("HTTP/1.1 200 OK\r\n");
         pour(connection, "X-Padding: x\r\n", SIZE_MAX);
       }},
      {"a_first_line_without_end", Of::any_answer,
       [](HttpConnection& connection, const Response&) { pour(connection, "HTTP/1.1 200 ", SIZE_MAX); }},
      {"continue_without_end", Of::any_answer,
       [](HttpConnection& connection, const Response&) {
         pour(connection, "HTTP/1.1 100 Continue\r\n\r\n", SIZE_MAX);
       }},
      {"early_hints", Of::any_answer, answer(103, "Link: </x>\r\n")},
      {"switches_unasked", Of::any_answer, answer(101, "Upgrade: h2c\r\nConnection: Upgrade\r\n")},
      {"redirect", Of::any_answer, answer(301, "Location: /v1.41/containers/json\r\nContent-Length: 0\r\n")},
      {"redirect_to_itself", Of::any_answer, answer(307, "Location: http://docker/\r\nContent-Length: 0\r\n")},
      {"refused_in_html", Of::any_answer, answer(502, "Content-Length: 22\r\n", "<html>\x1b[2J\x9b no\x07</html>")},
      {"refused_without_a_word", Of::any_answer, answer(500, "Content-Length: 0\r\n")},
      {"refused_at_length", Of::any_answer, huge(500, R"({"message":")", "no ")},
      {"refused_a_megabyte", Of::any_answer,
       [](HttpConnection& connection, const Response&) {
         const std::string text = json{{"message", std::string(900'000, 'n')}}.dump();
         connection.write(head(500, with_length(text.size())) + text);
       }},
      {"a_status_that_is_none", Of::any_answer, answer(999, "Content-Length: 0\r\n")},
      {"stream_that_is_none", Of::stream, stream("It works!\n", 1000)},
      {"stream_of_all_sizes", Of::stream, stream(stream_frame(1, "x", 0xffffffffU), 1000)},
      {"stream_without_a_word", Of::stream, stream("", 0)},
      {"stream_without_end", Of::stream, stream(stream_frame(1, "no greeting\n"), SIZE_MAX)},
      {"stream_without_a_line", Of::stream, stream(stream_frame(1, std::string(60, 'x')), SIZE_MAX)},
      {"errors_without_end", Of::stream, stream(stream_frame(2, std::string(60, 'x')), SIZE_MAX)},
      {"an_error_of_the_engine", Of::stream, stream(stream_frame(3, "out of \x1b[31morder"), 20)},
      {"nothing_without_end", Of::stream, stream(stream_frame(1, ""), SIZE_MAX)},
      {"layers_without_end", Of::pull,
       pull_report([](std::size_t i) { return R"({"status":"x","id":")" + std::to_string(i) + "\"}\n"; }, SIZE_MAX)},
      {"a_layer_of_all_sizes", Of::pull,
       pull_report(
           [](std::size_t i) {
             return R"({"status":"Downloading","id":"1","progressDetail":{"current":)" +
                    std::string(i == 0 ? "9223372036854775807" : "-9223372036854775808") + ",\"total\":1}}\n";
           },
           2)},
      {"a_report_with_controls", Of::pull,
       pull_report([](std::size_t) { return R"({"status":"\u001b[2J\u009b2J","id":"\u0007"})" + std::string("\n"); },
                   5)},
      {"a_report_without_a_line", Of::pull,
       pull_report([](std::size_t) { return std::string(k_piece, '['); }, SIZE_MAX)},
      {"a_report_that_is_none", Of::pull, pull_report([](std::size_t) { return std::string("It works!\n"); }, 5)},
      {"an_archive_that_is_none", Of::archive, archive("It works!\n", "x", 10'000)},
      {"an_archive_that_is_cut", Of::archive,
       archive(tar_entry("runs/1/info", "token t\n", '0', 1'000'000), "x", 1000)},
      {"a_file_without_end", Of::archive,
       archive(tar_entry("runs/1/info", "token t\n") + tar_entry("runs/1/out.1", "", '0', std::size_t{8} << 30), "x\n",
               SIZE_MAX)},
      {"files_without_number", Of::archive, archive("", tar_entry("runs/1/out.7", "x\n"), k_huge)},
  };
  return all;
}

}  // namespace docker_sandbox::support
