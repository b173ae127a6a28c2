#pragma once

/// Everything that libsyncd offers.
#include <syncd/client.hpp>
#include <syncd/store.hpp>
