// Headers that most translation units include and that take longest to read. Each file still
// includes what it uses: this header only spares the compiler from reading them again and again,
// and the build without it (NVMF_PRECOMPILED=OFF) is what keeps that true.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>
#include <tl/expected.hpp>
