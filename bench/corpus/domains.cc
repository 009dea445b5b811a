// SPDX-License-Identifier: Apache-2.0
#include "corpus/domains.h"

#include <algorithm>
#include <numeric>

#include "corpus/text.h"

namespace querymark::corpus {
namespace {

constexpr std::string_view kWords[] = {
    "acorn",   "agile",   "alpha",  "amber",  "anchor",  "apex",    "apple",   "arc",     "arrow",   "aspen",
    "atlas",   "aura",    "autumn", "azure",  "bamboo",  "banner",  "basil",   "beacon",  "berry",   "birch",
    "bison",   "blaze",   "bloom",  "blue",   "bold",    "boost",   "brave",   "breeze",  "bridge",  "bright",
    "brook",   "bubble",  "cabin",  "cactus", "camel",   "candle",  "canyon",  "cargo",   "castle",  "cedar",
    "chalk",   "charm",   "cherry", "cinder", "citrus",  "clever",  "cliff",   "cloud",   "clover",  "cobalt",
    "comet",   "copper",  "coral",  "cosmic", "crane",   "crisp",   "crown",   "crystal", "cypress", "daily",
    "dawn",    "delta",   "denim",  "desert", "diamond", "dolphin", "dragon",  "dream",   "drift",   "dune",
    "eagle",   "early",   "easy",   "echo",   "ember",   "emerald", "epic",    "falcon",  "fancy",   "fern",
    "field",   "finch",   "flame",  "flint",  "flora",   "fluent",  "forest",  "fossil",  "fox",     "fresh",
    "frost",   "galaxy",  "garden", "gentle", "giant",   "ginger",  "glacier", "globe",   "gold",    "grand",
    "granite", "green",   "grove",  "harbor", "hawk",    "hazel",   "heron",   "hidden",  "hill",    "honest",
    "honey",   "horizon", "humble", "icon",   "indigo",  "inner",   "iris",    "iron",    "island",  "ivory",
    "ivy",     "jade",    "jasmin", "jolly",  "jungle",  "juniper", "kettle",  "kind",    "kestrel", "koala",
    "lagoon",  "lark",    "laurel", "larch",  "legend",  "lemon",   "lilac",   "lime",    "linen",   "lion",
    "little",  "lotus",   "lucky",  "lunar",  "lynx",    "magnet",  "maple",   "marble",  "marine",  "meadow",
    "mellow",  "metro",   "mint",   "mirror", "misty",   "modern",  "moon",    "moss",    "mystic",  "nectar",
    "nest",    "nimble",  "noble",  "north",  "nugget",  "oak",     "oasis",   "ocean",   "olive",   "onyx",
    "opal",    "orange",  "orbit",  "orchid", "otter",   "owl",     "oxide",   "palm",    "panda",   "paper",
    "pearl",   "pebble",  "pepper", "pilot",  "pine",    "pixel",   "planet",  "plum",    "polar",   "poppy",
    "prairie", "prime",   "prism",  "pulse",  "quartz",  "quick",   "quiet",   "rain",    "rapid",   "raven",
    "reef",    "ridge",   "river",  "robin",  "rocket",  "royal",   "ruby",    "rustic",  "sage",    "salmon",
    "sand",    "scout",   "shadow", "sharp",  "silver",  "simple",  "sky",     "smart",   "snow",    "solar",
    "sonic",   "spark",   "spring", "spruce", "star",    "steel",   "stone",   "storm",   "summit",  "sunny",
    "swift",   "tango",   "teal",   "tempo",  "terra",   "thunder", "tiger",   "timber",  "topaz",   "tulip",
    "tundra",  "urban",   "valley", "velvet", "violet",  "vivid",   "walnut",  "wave",    "willow",  "winter",
    "zebra",   "zen",     "zephyr", "zinc",   "zodiac",  "yonder"};
static_assert(std::size(kWords) == 256);

constexpr std::string_view kEndings[] = {
    "",      "hub",   "shop",  "media", "web",  "net",   "lab",    "tech",   "soft",  "works", "group",
    "store", "world", "zone",  "base",  "box",  "life",  "home",   "health", "data",  "trade", "travel",
    "games", "press", "-shop", "-blog", "-app", "-info", "online", "click",  "track", "ads"};
static_assert(std::size(kEndings) == 32);

struct Suffix {
  std::string_view text;
  unsigned weight;
};

// Suffixes of one label, of two (ICANN), and of the private section.
constexpr Suffix kSuffixes[] = {{"com", 430},
                                {"net", 60},
                                {"org", 60},
                                {"de", 45},
                                {"co.uk", 32},
                                {"ru", 28},
                                {"io", 24},
                                {"info", 20},
                                {"com.br", 18},
                                {"nl", 15},
                                {"fr", 14},
                                {"it", 12},
                                {"pl", 12},
                                {"com.au", 11},
                                {"co.jp", 11},
                                {"jp", 8},
                                {"xyz", 14},
                                {"online", 11},
                                {"top", 11},
                                {"shop", 10},
                                {"site", 8},
                                {"club", 6},
                                {"cn", 8},
                                {"com.cn", 6},
                                {"co.in", 5},
                                {"in", 6},
                                {"eu", 8},
                                {"ca", 7},
                                {"ch", 6},
                                {"se", 5},
                                {"es", 5},
                                {"us", 5},
                                {"me", 5},
                                {"co", 7},
                                {"biz", 5},
                                {"tv", 4},
                                {"app", 5},
                                {"dev", 5},
                                {"ai", 5},
                                {"co.za", 4},
                                {"com.mx", 4},
                                {"com.tr", 4},
                                {"com.ar", 3},
                                {"org.uk", 3},
                                {"ac.uk", 1},
                                {"gov.au", 1},
                                {"edu", 2},
                                {"gov", 1},
                                {"com.tw", 3},
                                {"co.kr", 3},
                                {"xn--p1ai", 4},
                                {"xn--fiqs8s", 1},
                                {"github.io", 6},
                                {"blogspot.com", 4},
                                {"herokuapp.com", 4},
                                {"netlify.app", 3},
                                {"vercel.app", 4},
                                {"pages.dev", 4},
                                {"workers.dev", 3},
                                {"web.app", 3},
                                {"duckdns.org", 3},
                                {"azurewebsites.net", 4},
                                {"ddns.net", 2},
                                {"cloudfront.net", 6},
                                {"global.ssl.fastly.net", 1},
                                {"int.kawasaki.jp", 1}};

constexpr std::string_view kMalwareSuffixes[] = {"com",  "net", "top",   "xyz", "ru",
                                                 "info", "biz", "click", "cc",  "ws"};

constexpr unsigned weight_sum() {
  unsigned sum = 0;
  for (const Suffix& suffix : kSuffixes) sum += suffix.weight;
  return sum;
}

// The suffix that each unit of weight belongs to.
struct SuffixWheel {
  uint8_t index[weight_sum()] = {};
  constexpr SuffixWheel() {
    size_t at = 0;
    for (size_t i = 0; i < std::size(kSuffixes); ++i) {
      for (unsigned j = 0; j < kSuffixes[i].weight; ++j) index[at++] = static_cast<uint8_t>(i);
    }
  }
};
constexpr SuffixWheel kSuffixWheel;

void append_suffix(std::string& out, uint64_t index) {
  out += '.';
  out += kSuffixes[kSuffixWheel.index[mix(index) % std::size(kSuffixWheel.index)]].text;
}

// A permutation of the numbers of `bits` bits, so that neighbours look different.
uint64_t scramble(uint64_t value, unsigned bits) {
  const uint64_t mask = (uint64_t{1} << bits) - 1;
  value = (value * 0x9e3779b1 + 0x5bd1e995) & mask;
  value ^= value >> (bits / 2);
  return (value * 0x85ebca6b) & mask;
}

void append_syllable(std::string& out, uint64_t digit) {
  out += "bdfgklmnprstvwzh"[digit & 15];
  out += "aiou"[digit >> 4 & 3];
}

// Two words, in one of four ways: 18 bits.
void append_popular(std::string& out, uint64_t index) {
  const uint64_t digits = scramble(index, 18);
  const uint64_t style = digits >> 16;
  if (style == 3) out += "get";
  out += kWords[digits & 255];
  if (style == 1) out += '-';
  out += kWords[digits >> 8 & 255];
  if (style == 2) append_number(out, 24);
}

// A word, two syllables, an ending: 25 bits.
void append_tail(std::string& out, uint64_t index) {
  const uint64_t digits = scramble(index, 25);
  out += kWords[digits & 255];
  append_syllable(out, digits >> 8);
  append_syllable(out, digits >> 14);
  out += kEndings[digits >> 20 & 31];
}

// 12 to 19 characters without sense.
void append_malware(std::string& out, uint64_t index) {
  uint64_t digits = mix(index);
  const uint64_t size = 12 + digits % 8;
  for (uint64_t i = 0; i < size; ++i) {
    if (i == 8) digits = mix(digits);
    out += kBase32Digits[digits >> (8 * (i % 8)) & 31];
  }
  out += '.';
  out += kMalwareSuffixes[digits % std::size(kMalwareSuffixes)];
}

}  // namespace

void append_domain(std::string& out, uint64_t index) {
  if (index >= kTailEnd) return append_malware(out, index);
  if (index < kPopularCount) {
    append_popular(out, index);
  } else {
    append_tail(out, index);
  }
  append_suffix(out, index);
}

ZipfDomains::ZipfDomains() : sums_(kPopularCount) {
  uint64_t sum = 0;
  for (uint64_t i = 0; i < kPopularCount; ++i) sums_[i] = sum += (uint64_t{1} << 40) / (i + 1);
}

uint64_t ZipfDomains::draw(Random& random) const {
  const auto found = std::upper_bound(sums_.begin(), sums_.end(), random.below(sums_.back()));
  return static_cast<uint64_t>(found - sums_.begin());
}

// Steps of a fixed width around the circle of all candidates: it meets each once, as the width shares no
// factor with their number.
uint64_t interesting_domain(uint64_t seed, uint64_t position) {
  constexpr uint64_t kStep = 13'101'107;
  static_assert(std::gcd(kStep, kInterestingCount) == 1);
  return kNeverInterestingCount + (position * kStep + mix(seed) % kInterestingCount) % kInterestingCount;
}

}  // namespace querymark::corpus
