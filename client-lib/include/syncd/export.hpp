#pragma once

/// Marks what the shared library offers; everything else in it is hidden.
#define SYNCD_API __attribute__((visibility("default")))
/// A private part of what it offers.
#define SYNCD_LOCAL __attribute__((visibility("hidden")))
