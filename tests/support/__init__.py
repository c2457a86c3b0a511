# SPDX-License-Identifier: Apache-2.0
"""What the end-to-end tests stand on. Standard library, pytest, pexpect and pyte of Debian 12 only."""
