"""The ways in which the mutation run breaks C++ text: small mistakes that a person makes.

`mutants_of(text)` is all there is to know.  Comments, strings, characters and preprocessor lines are left alone; the
rest is taken as clang-format writes it: blanks around a binary operator, none around the brackets of a template.
"""
import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Mutant:
    start: int  # offset in the text
    end: int
    replacement: str
    operator: str  # what was done, for the report


NOT_CODE = re.compile(r"""
      //[^\n]* | /\*.*?\*/                                # comments
    | R"(?P<mark>[^(\s]*)\(.*?\)(?P=mark)"                # raw strings
    | "(?:\\.|[^"\\\n])*"                                 # strings
    | (?<![0-9A-Fa-f])'(?:\\.|[^'\\\n])+'                 # characters, not the separators in 10'000
    | ^[ \t]*\#[^\n]*                                     # preprocessor lines
""", re.VERBOSE | re.DOTALL | re.MULTILINE)

# (the text, its replacement, its name in the report)
SWAPS = [(rf"(?<= ){re.escape(old)}(?=[ \n])", new, f"`{old}` to `{new}`") for old, new in [
    ("==", "!="), ("!=", "=="), ("<", "<="), ("<=", "<"), (">", ">="), (">=", ">"),
    ("&&", "||"), ("||", "&&"), ("+", "-"), ("-", "+")]]
SWAPS += [(rf"\b{old}\b", new, f"`{old}` to `{new}`") for old, new in [
    ("true", "false"), ("false", "true"), ("any_of", "all_of"), ("all_of", "any_of"), ("none_of", "any_of"),
    ("std::min", "std::max"), ("std::max", "std::min")]]
SWAPS += [(r"!(?![=\s])", "", "removed `!`")]

NUMBER = re.compile(r"(?<![\w.'])\d[\d']*(?![\w.'])")
CONDITION = re.compile(r"\bif (?:constexpr )?\(")
LEAVE = re.compile(r"^[ \t]+(?:return\b[^;{}]*|break|continue);$", re.MULTILINE)
# A call or an assignment that is a statement of its own.  Declarations have two words before the `(` or the `=`.
STATEMENT = re.compile(r"^[ \t]+(?:(?:\(void\))?\*?[\w:.>()\[\]-]+(?:\([^;{}]*\)| [-+|&]?= [^;{}]*)"
                       r"|(?:\+\+|--)[^;{}]+);$", re.MULTILINE)


def code_of(text):
    """The text with blanks, of the same length, for all that is not code."""
    return NOT_CODE.sub(lambda found: re.sub(r"[^\n]", " ", found.group()), text)


def closing(code, opening):
    """Where the parenthesis that opens at `opening` is closed."""
    depth = 0
    for at in range(opening, len(code)):
        depth += {"(": 1, ")": -1}.get(code[at], 0)
        if depth == 0:
            return at
    return len(code)


def negated_conditions(code):
    for found in CONDITION.finditer(code):
        begin, end = found.end(), closing(code, found.end() - 1)
        begin = max(begin, code.rfind(";", begin, end) + 1)  # after `if (init;`
        condition = code[begin:end].strip()
        is_declaration = re.search(r"(?<![=!<>])=(?!=)(?![^(]*\))", condition)
        is_simple = not re.search(r"&&|\|\|", condition)  # the operators negate these
        if is_declaration or is_simple and (condition.startswith("!") or re.search(" [=!]= ", condition)):
            continue
        yield Mutant(begin, end, None, "negated condition")


def begins_statement(code, start):
    before = code[:start].rstrip()
    return before.endswith((";", "{", "}", ")", ":", "else"))


def is_last_return(code, found):
    """Whether a function ends with it: the program needs it."""
    return found.group().lstrip().startswith("return") and code.startswith("\n}", found.end())


def dropped_statements(code):
    for found in LEAVE.finditer(code):
        if not is_last_return(code, found):
            yield Mutant(found.start(), found.end(), "{}", f"dropped `{found.group().split()[0].rstrip(';')}`")
    for found in STATEMENT.finditer(code):
        is_word = re.match(r"\s*(?:return|break|continue|else|case|default|using|goto|delete|throw)\b", found.group())
        if not is_word and begins_statement(code, found.start()):
            yield Mutant(found.start(), found.end(), "{}", "dropped statement")


def mutants_of(text):
    """All mutants of a C++ text, in the order of their places."""
    code = code_of(text)
    mutants = [Mutant(found.start(), found.end(), new, name)
               for pattern, new, name in SWAPS for found in re.finditer(pattern, code)]
    mutants += [Mutant(found.start(), found.end(), f"({found.group()} + 1)", "off by one")
                for found in NUMBER.finditer(code)]
    mutants += [Mutant(each.start, each.end, f"!({text[each.start:each.end].strip()})", each.operator)
                for each in negated_conditions(code)]
    mutants += dropped_statements(code)
    return sorted(mutants, key=lambda each: (each.start, each.end, each.operator))


def apply(text, mutant):
    return text[:mutant.start] + mutant.replacement + text[mutant.end:]


def line_of(text, mutant):
    first = mutant.start + len(text[mutant.start:mutant.end]) - len(text[mutant.start:mutant.end].lstrip())
    return text.count("\n", 0, first) + 1
