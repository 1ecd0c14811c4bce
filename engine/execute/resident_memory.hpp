// An executor may wait for days: meanwhile it should weigh next to nothing.
#pragma once

namespace nvmf::execute {

// Gives freed heap and the pages of code and constants back. They come again from the page cache
// when they are needed, so this is for the beginning of a long wait.
void give_back_memory();

} // namespace nvmf::execute
