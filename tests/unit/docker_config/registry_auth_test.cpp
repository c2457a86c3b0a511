// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/docker_config/registry_auth.hpp"

#include "docker_sandbox/base/text.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace docker_sandbox::docker_config {
namespace {

std::string header_of(const std::string& image, const ConfigFile& config, const Environment& environment = {},
                      std::string* warning = nullptr) {
  std::string ignored;
  std::string text = registry_auth_header(image, config, environment, warning == nullptr ? &ignored : warning);
  for (char& c : text) {
    c = c == '-' ? '+' : c == '_' ? '/' : c;
  }
  return base::base64_decode(text).value_or("not base64");
}

TEST(RegistryKey, IsTheFirstPartWhenThatIsAHost) {
  EXPECT_EQ(registry_key("docker/sandbox-templates:gemini"), "https://index.docker.io/v1/");
  EXPECT_EQ(registry_key("busybox"), "https://index.docker.io/v1/");
  EXPECT_EQ(registry_key("docker.io/library/busybox"), "https://index.docker.io/v1/");
  EXPECT_EQ(registry_key("localhost/x"), "localhost");
  EXPECT_EQ(registry_key("127.0.0.1:5000/x:1"), "127.0.0.1:5000");
  EXPECT_EQ(registry_key("ghcr.io/a/b@sha256:00"), "ghcr.io");
}

TEST(RegistryAuth, WithoutALoginIsAnEmptyObject) {
  EXPECT_EQ(header_of("busybox", {}), "{}");
}

TEST(RegistryAuth, AuthsAreFoundByTheirHostName) {
  ConfigFile config;
  config.auths["https://r.example/v2/"].auth = base::base64_encode("me:p:w");
  EXPECT_EQ(header_of("r.example/x", config), R"({"password":"p:w","serveraddress":"r.example","username":"me"})");
  EXPECT_EQ(header_of("other.example/x", config), "{}");
}

TEST(RegistryAuth, TheEnvironmentComesFirst) {
  ConfigFile config;
  config.auths["r.example"].auth = base::base64_encode("me:pw");
  const Environment environment{
      {"DOCKER_AUTH_CONFIG", R"({"auths":{"r.example":{"auth":")" + base::base64_encode("ci:token") + R"("}}})"}};
  EXPECT_NE(header_of("r.example/x", config, environment).find("\"ci\""), std::string::npos);
}

TEST(RegistryAuth, AnEnvironmentThatIsNestedDeeplyNeedsNoStack) {
  constexpr std::size_t k_levels = 250'000;
  const std::string deep = std::string(k_levels, '[') + std::string(k_levels, ']');
  EXPECT_EQ(header_of("r.example/x", {}, {{"DOCKER_AUTH_CONFIG", R"({"auths":{"r.example":)" + deep + "}}"}}), "{}");
}

TEST(RegistryAuth, TheHelperOfTheRegistryIsAsked) {
  std::string directory = (std::filesystem::temp_directory_path() / "helper-XXXXXX").string();
  ASSERT_NE(::mkdtemp(directory.data()), nullptr);
  const std::string program = directory + "/docker-credential-probe";
  std::ofstream(program)
      << "#!/bin/sh\nread -r key\n[ \"$1 $key\" = 'get r.example' ] || { echo \"asked $1 $key\"; exit 1; }\n"
         "echo '{\"ServerURL\":\"r.example\",\"Username\":\"<token>\",\"Secret\":\"t0k\"}'\n";
  std::filesystem::permissions(program, std::filesystem::perms::owner_all);
  // The helper is looked up in our own PATH.
  const std::string path = directory + ":" + std::getenv("PATH");
  ::setenv("PATH", path.c_str(), 1);
  ConfigFile config;
  config.credential_helpers["r.example"] = "probe";
  std::string warning;
  EXPECT_EQ(header_of("r.example/x", config, {{"PATH", path}}, &warning),
            R"({"identitytoken":"t0k","serveraddress":"r.example"})");
  EXPECT_EQ(warning, "");
  config.credentials_store = "probe";
  EXPECT_EQ(header_of("other.example/x", config, {{"PATH", path}}, &warning), "{}");
  EXPECT_NE(warning.find("asked get other.example"), std::string::npos) << warning;
  std::filesystem::remove_all(directory);
}

TEST(RegistryAuth, AMissingHelperIsAWarning) {
  ConfigFile config;
  config.credentials_store = "no-such-helper-anywhere";
  std::string warning;
  EXPECT_EQ(header_of("busybox", config, {}, &warning), "{}");
  EXPECT_NE(warning.find("docker-credential-no-such-helper-anywhere"), std::string::npos);
}

}  // namespace
}  // namespace docker_sandbox::docker_config
