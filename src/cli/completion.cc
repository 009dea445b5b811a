// SPDX-License-Identifier: Apache-2.0
#include "cli/completion.h"

#include <string_view>

namespace querymark {
namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

// 'It'\''s so': one word for bash and zsh. fish reads \' within quotes instead.
std::string quoted(std::string_view text, std::string_view quote_escape = "'\\''") {
  std::string word = "'";
  for (const char c : text) {
    if (c == '\'') {
      word.append(quote_escape);
    } else {
      word += c;
    }
  }
  return word + "'";
}

// The verb and those above it understand its options; common ones are the program's.
std::vector<VerbOption> options_of(const std::vector<Verb>& verbs, const Verb& verb) {
  std::vector<VerbOption> options = verb.options;
  if (verb.path.empty()) return options;
  for (const VerbOption& common : verbs.front().options) {
    if (common.name != "--help") options.push_back(common);
  }
  return options;
}

// Cases of a loop over the words before the cursor that finds out in `verb` which verb they name.
std::string verb_case(const std::vector<Verb>& verbs) {
  std::string patterns;
  for (const Verb& verb : verbs) {
    if (verb.path.empty()) continue;
    const bool is_nested = verb.path.find(' ') != std::string::npos;
    if (!patterns.empty()) patterns += '|';
    patterns += quoted((is_nested ? std::string() : std::string(1, ' ')).append(verb.path));
  }
  return "    case \"$verb $word\" in\n      " + patterns + ") verb=\"${verb:+$verb }$word\" ;;\n    esac\n";
}

// [ and ] end a description, : a field.
std::string zsh_escaped(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

std::string zsh_option(const VerbOption& option) {
  std::string text = option.name + "[" + zsh_escaped(option.description) + "]";
  if (!option.choices.empty()) return quoted(text + ":value:(" + joined(option.choices) + ")");
  if (!option.value.empty()) text += ":" + option.value + ":_files";
  return quoted(text);
}

std::string fish_condition(const std::vector<Verb>& verbs, const std::string& path) {
  if (path.empty()) return "not __fish_seen_subcommand_from " + joined(verbs.front().verbs);
  std::string condition;
  for (size_t begin = 0; begin < path.size();) {
    const size_t end = std::min(path.find(' ', begin), path.size());
    condition +=
        (begin == 0 ? "" : "; and ") + ("__fish_seen_subcommand_from " + path.substr(begin, end - begin));
    begin = end + 1;
  }
  return condition;
}

}  // namespace

std::string bash_completion(const std::vector<Verb>& verbs) {
  std::string choices;
  std::string words;
  for (const Verb& verb : verbs) {
    std::vector<std::string> names = verb.verbs;
    for (const VerbOption& option : options_of(verbs, verb)) {
      names.push_back(option.name);
      if (!option.choices.empty())
        choices += "    " + quoted(verb.path + " " + option.name) +
                   ") words=" + quoted(joined(option.choices)) + " ;;\n";
    }
    words += "      " + quoted(verb.path) + ") words=" + quoted(joined(names)) + " ;;\n";
  }
  return "# bash completion for querymark\n"
         "_querymark() {\n"
         "  local verb= word words=\n"
         "  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n" +
         verb_case(verbs) +
         "  done\n"
         "  case \"$verb ${COMP_WORDS[COMP_CWORD-1]}\" in\n" +
         choices +
         "  esac\n"
         "  word=${COMP_WORDS[COMP_CWORD]}\n"
         "  if [ -z \"$words\" ]; then\n"
         "    case \"$verb\" in\n" +
         words +
         "    esac\n"
         "    # Between options, a verb without verbs takes files.\n"
         "    case \"$word\" in -*) ;; *) words=$(printf '%s\\n' $words | grep -v '^-') ;; esac\n"
         "  fi\n"
         "  COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
         "}\n"
         "complete -o default -F _querymark querymark\n";
}

std::string zsh_completion(const std::vector<Verb>& verbs) {
  std::string cases;
  for (const Verb& verb : verbs) {
    cases += "    " + quoted(verb.path) + ")\n";
    if (!verb.verbs.empty()) {
      cases += "      verbs=(";
      for (const Verb& below : verbs) {
        const size_t name = below.path.rfind(' ') == std::string::npos ? 0 : below.path.rfind(' ') + 1;
        const std::string above = name == 0 ? "" : below.path.substr(0, name - 1);
        if (!below.path.empty() && above == verb.path)
          cases += quoted(below.path.substr(name) + ":" + zsh_escaped(below.description)) + " ";
      }
      cases += ")\n";
    }
    cases += "      options=(";
    for (const VerbOption& option : options_of(verbs, verb)) cases += zsh_option(option) + " ";
    cases += ") ;;\n";
  }
  return "#compdef querymark\n"
         "_querymark() {\n"
         "  local verb= word\n"
         "  local -a verbs options\n"
         "  for word in ${words[2,CURRENT-1]}; do\n" +
         verb_case(verbs) +
         "  done\n"
         "  case \"$verb\" in\n" +
         cases +
         "  esac\n"
         "  if (( $#verbs )) && [[ $PREFIX != -* ]]; then\n"
         "    _describe -t verbs verb verbs\n"
         "  else\n"
         "    _arguments $options '*:file:_files'\n"
         "  fi\n"
         "}\n"
         "_querymark \"$@\"\n";
}

std::string fish_completion(const std::vector<Verb>& verbs) {
  constexpr std::string_view kQuoteEscape = "\\'";
  std::string script = "# fish completion for querymark\n";
  for (const Verb& verb : verbs) {
    if (!verb.path.empty()) {
      const size_t space = verb.path.rfind(' ');
      const std::string above = space == std::string::npos ? "" : verb.path.substr(0, space);
      script += "complete -c querymark -f -n " + quoted(fish_condition(verbs, above)) + " -a " +
                verb.path.substr(space == std::string::npos ? 0 : space + 1) + " -d " +
                quoted(verb.description, kQuoteEscape) + "\n";
    }
    for (const VerbOption& option : verb.options) {
      script += "complete -c querymark";
      if (!option.is_common) script += " -n " + quoted(fish_condition(verbs, verb.path));
      script += " -l " + option.name.substr(2);
      if (!option.choices.empty()) {
        script += " -x -a " + quoted(joined(option.choices));
      } else if (!option.value.empty()) {
        script += " -r";
      }
      script += " -d " + quoted(option.description, kQuoteEscape) + "\n";
    }
  }
  return script;
}

}  // namespace querymark
