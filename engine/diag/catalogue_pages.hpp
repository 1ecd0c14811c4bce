// The pages of the catalogue, by hundreds. Examples are what a main file says behind `version: 1`,
// unless they are about files or the host; the tests load them.
#pragma once

#include "diag/catalogue.hpp"

#include <span>

namespace nvmf::diag {

std::span<const CatalogueEntry> pages_of_text();         // 1xx
std::span<const CatalogueEntry> pages_of_structure();    // 2xx
std::span<const CatalogueEntry> pages_of_references();   // 3xx
std::span<const CatalogueEntry> pages_of_reachability(); // 4xx
std::span<const CatalogueEntry> pages_of_settings();     // 5xx, 6xx
std::span<const CatalogueEntry> pages_of_files();        // 7xx to 9xx

} // namespace nvmf::diag
