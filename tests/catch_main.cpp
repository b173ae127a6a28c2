// Catch2's main is slow to compile, so it is built once for all test programs.
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
