// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/output/template_value.hpp"
#include "go_template_lexer.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace docker_sandbox::output {

/// The value of a literal; *problem gets Go's words for one that is malformed.
TemplateValue literal_value(const Token& token, std::string* problem);

/// As Go's strconv.Unquote for "…" and `…`; nothing when it is malformed.
std::optional<std::string> unquote(std::string_view quoted);

/// As Go's strconv.ParseInt(text, 0, 64).
std::optional<std::int64_t> parse_integer(std::string_view text);

}  // namespace docker_sandbox::output
