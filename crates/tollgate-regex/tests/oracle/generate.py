"""Writes tests/data/java.jsonl: cases, and what java.util.regex of JDK 17 makes of them."""

import json
import os
import pathlib
import random
import subprocess
import tempfile

HERE = pathlib.Path(__file__).parent
TABLE = HERE.parent / "data" / "java.jsonl"

# Pattern, and the texts to try it on.
MATCHES = [
    # Literals, alternation, groups.
    ("", ["", "a"]), ("a", ["a", "b", "", "aa", "ba"]), ("abc", ["abc", "xabcx", "ab"]),
    ("a|ab", ["ab", "a", "b"]), ("ab|a", ["ab", "a"]), ("a|b|", ["", "c", "ab"]), ("|a", ["a", ""]),
    ("(a|ab)(c|bcd)(d*)", ["abcd", "acd"]), ("(a)(b)?", ["a", "ab"]), ("(a(b(c)))", ["abc"]),
    ("(?:a)(b)", ["ab"]), ("()", ["", "a"]), ("(|a)b", ["ab", "b"]), ("((a)|b)*", ["ab", "ba", ""]),
    ("(?:(a)|b)*", ["ab", "ba"]), ("(a*)*", ["b", "aa"]), ("(a*)+", ["aab", "b"]),
    ("(|a)*", ["aa"]), ("(|a)+", ["aa", ""]), ("(a|b)*?c", ["abc", "c"]), ("()*a", ["a"]),
    ("(a?)*", ["aa", "b"]), ("(a?){3}", ["a", "aaaa"]), ("(?:a?)*?b", ["aab"]),
    ("(a?b?)*c", ["abc", "c", "abba"]), ("}", ["}"]), ("]", ["]"]), ("a]}", ["a]}"]),
    ("é+", ["éé", "e"]), ("😀", ["😀", "x😀"]), (".", ["😀", "é", "\n"]), ("[😀-😎]", ["😃", "x"]),
    ("-", ["-"]), ("&&", ["&&"]), ("a-z", ["a-z", "b"]), ("/", ["/"]), ("#", ["#"]), ("~", ["~"]),
    ("a b", ["a b", "ab"]), ('"a"', ['"a"']), ("{2}", ["", "x"]), ("a{2}{3}", ["aaaaaa", "aa"]),
    # Quantifiers.
    ("a?", ["", "a", "aa"]), ("a*", ["", "aaa", "b"]), ("a+", ["", "aaa", "baab"]),
    ("a{2}", ["a", "aa", "aaa"]), ("a{2,}", ["a", "aa", "aaaaa"]), ("a{1,2}", ["", "a", "aaa"]),
    ("a{0}", ["", "a"]), ("a{0,0}b", ["b"]), ("a??", ["a"]), ("a*?", ["aa"]), ("a+?", ["aa"]),
    ("a{2}?", ["aaaa"]), ("a{1,3}?", ["aaa"]), ("<.*>", ["<a><b>"]), ("<.*?>", ["<a><b>"]),
    ("a?+a", ["a", "aa"]), ("a*+a", ["aa"]), ("a++a", ["aa"]), ("a{1,2}+a", ["aa", "aaa"]),
    ("a++b", ["aab"]), ("(ab)*+ab", ["abab"]), ("(?:a|ab){2}+", ["aba", "aab"]),
    ("(?:a|ab)*+c", ["abc", "aac"]), ("(a|b)?+b", ["b", "ab"]), ("[ab]*+b", ["ab"]),
    (".*+x", ["aax"]), ("x*+y", ["xxy"]), ("(x+x+)+y", ["xxxy"]), ("a{3,}b", ["aab", "aaaab"]),
    ("(ab){2,3}", ["ab", "abab", "abababab"]), ("(?:ab)+?", ["abab"]), ("(a{2}){2}", ["aaaa"]),
    ("^*a", ["a", "ba"]), ("$*", ["a"]), (r"\b*a", ["a"]), (r"\z{2}", ["a"]), ("(?=a)*a", ["a"]),
    ("a*{2}", ["aa"]), ("4\\d{2}", ["404", "40", "4040"]), ("(\\d{3})+", ["123456", "1234"]),
    # The dot and line terminators.
    ("a.b", ["a\nb", "a\rb", "a\u0085b", "a\u2028b", "a\u2029b", "a\u000bb", "a\fb", "axb"]),
    ("(?s)a.b", ["a\nb", "a\u2028b", "axb"]), ("(?d)a.b", ["a\nb", "a\rb", "a\u2028b"]),
    ("(?sd)a.b", ["a\nb"]), (".*Error.*", ["an Error here", "an\nError", ""]),
    ("(\n|.)*Error(\n|.)*", ["an\nError\nx", "no"]), ("(?s).*Error.*", ["an\nError\nx"]),
    (r"\R", ["\n", "\r\n", "\r", "\u2028", "\u0085", "\u000b", "a"]), (r"\R\n", ["\r\n", "\n\n"]),
    (r"\R{1}\n", ["\r\n", "\n\n"]), (r"\R+", ["\r\n\r\n", "\n\r"]), (r"a\Rb", ["a\r\nb", "a\nb"]),
    (r"(\R)+\n", ["\r\n\n"]), (r"\N", ["a", "\n"]),
    # Anchors.
    ("^a", ["a", "ba", "b\na"]), ("a$", ["a", "ab", "a\n", "a\r\n", "a\r", "a\u0085", "a\n\n"]),
    ("^a$", ["a", "a\n"]), ("(?m)^a", ["b\na", "b\ra", "b\r\na", "b\u2028a", "b\u0085a"]),
    ("(?m)a$", ["a\nb", "a\rb", "a\r\nb", "a\u2028b", "a"]), ("(?m)^", ["", "\n", "a\n", "a\nb\n"]),
    ("(?m)$", ["", "\n", "a\r\nb\n", "a\u2029b", "\r\n"]), ("(?m)^$", ["", "\n\n", "a\n\nb"]),
    ("(?md)^a", ["b\na", "b\ra"]), ("(?md)a$", ["a\rb", "a\nb", "a\n"]), ("(?d)a$", ["a\n", "a\r\n"]),
    ("(?md)^", ["\n", "a\nb\n"]), ("(?md)$", ["a\r\nb\n"]), ("$", ["", "\n", "\r\n", "a\r\n"]),
    (r"a\Z", ["a", "a\n", "a\r\n", "a\n\n"]), (r"a\z", ["a", "a\n"]), (r"\Aa", ["a", "ba"]),
    (r"(?m)\Aa", ["b\na"]), (r"(?m)a\Z", ["a\nb", "a\n"]), (r"(?d)a\Z", ["a\n", "a\r"]),
    ("a\r$", ["a\r\n", "a\r"]), ("a$\n", ["a\n"]), ("a$\n?", ["a\n", "a"]), ("(a$)", ["a\n"]),
    ("(a|b$)c?", ["ac", "b", "bc", "b\n"]), ("a$|b", ["ab", "ba\n"]), ("(a$)?", ["a", "a\n"]),
    ("$a", ["a"]), ("a^", ["a"]), ("a$b", ["ab"]), ("(?m)a$^b", ["a\nb"]), ("(?m)a$\n^b", ["a\nb"]),
    ("(?:^|,)a", ["a,a"]), ("(?:,|$)", ["a,b\n"]), ("^$", ["", "\n"]), ("^|a", ["ba"]),
    (r"\Ga", ["aab", "baa"]), (r"\G\d", ["12a3"]), (r"a\G", ["a"]), (r"\G", ["ab"]),
    (".*$", ["ab\n", "a\nb"]), ("(?m)^.*$", ["ab\ncd", "a\r\nb"]), ("x*$", ["xx\n"]),
    # Predefined classes.
    (r"\d+", ["123", "a1b22", "٣"]), (r"\D+", ["abc", "a1", "٣"]), (r"\w+", ["a_1", "é", "a-b"]),
    (r"\W+", ["é-", "a"]), (r"\s+", [" \t\n\u000b\f\r", "\u00a0", "\u2003"]), (r"\S+", ["ab c", "\u00a0"]),
    (r"\h+", [" \t\u00a0\u1680\u180e\u2000\u200a\u202f\u205f\u3000", "\n"]), (r"\H", [" ", "a", "\u3000"]),
    (r"\v+", ["\n\u000b\f\r\u0085\u2028\u2029", " "]), (r"\V", ["\n", "a"]),
    (r"(?U)\d+", ["٣1", "a"]), (r"(?U)\w+", ["é_1", "a\u0301", "-"]), (r"(?U)\s+", ["\u00a0\u2003", "a"]),
    (r"(?U)\D", ["٣", "a"]), (r"(?U)\W", ["é", "-"]), (r"(?U)\S", ["\u00a0", "a"]),
    (r"[\d]", ["٣", "3"]), (r"[^\d]", ["٣", "3"]), (r"[\w-]+", ["a-b", "é"]), (r"[\s\S]", ["\n", "é"]),
    # Boundaries.
    (r"\bfoo\b", ["foo", "a foo b", "foobar", "foo_", "foo-bar", "éfoo"]), (r"\b", ["a b", "", "é", "_"]),
    (r"\B", ["a b", "", "ab", "é"]), (r"\b", ["e\u0301", "\u0301", "a\u0301b", " \u0301a", "x\u200dy"]),
    (r"\b", ["\u2167", "x²", "ⅷa", "a٣", "漢字 a"]), (r"(?U)\b", ["é", "\u2167", "x²", "x\u200dy", "a\u0301"]),
    (r"\b\w+\b", ["hello world", "naïve"]), (r"\Boo", ["foo", "oo"]), (r"(?U)\B", ["ab", "é é"]),
    (r"a\b{2}", ["a b"]), (r"[a\b]", ["a"]), (r"[\B]", ["a"]),
    # Case.
    ("(?i)abc", ["ABC", "aBc", "abd"]), ("(?i)é", ["É", "é"]), ("(?iu)é", ["É", "é"]),
    ("(?i)k", ["K", "\u212a"]), ("(?iu)k", ["K", "\u212a"]), ("(?i)s", ["S", "ſ"]), ("(?iu)s", ["ſ"]),
    ("(?iu)i", ["I", "İ", "ı"]), ("(?iu)\u212a", ["k", "K"]), ("(?i)[a-c]+", ["ABC", "abc", "D"]),
    ("(?i)[^a-c]", ["A", "d", "D"]), ("(?iu)[à-ý]+", ["ÀÝ", "ÿ"]), ("(?i)[à-ý]", ["À", "à"]),
    ("(?iu)[A-Z]", ["\u212a", "ſ", "q"]), ("(?iu)[a-z]", ["\u212a", "ſ", "Q", "ı"]),
    ("(?i)[k]", ["K", "\u212a"]), ("(?iu)[k]", ["K", "\u212a"]), ("a(?i)b", ["aB", "AB"]),
    ("a(?i:b)c", ["aBc", "aBC"]), ("(?i)a(?-i)b", ["Ab", "AB"]), ("(?i)a(?-i:b)c", ["AbC", "ABC"]),
    ("(a(?i)b)c", ["aBc", "aBC"]), ("a(?i)b|c", ["C", "aB", "A"]), ("(?i:a|b)c", ["Bc", "BC"]),
    ("(?i)(a)\\1", ["aA", "ab"]), ("(?i)(é)\\1", ["éÉ", "éé"]), ("(?iu)(é)\\1", ["éÉ"]),
    ("(a)(?i)\\1", ["aA"]), ("(?u)é", ["É"]), ("(?U)(?i)é", ["É"]), ("(?U)(?-U)(?i)é", ["É"]),
    ("(?iu)σ", ["ς", "Σ"]), ("(?iu)ǆ", ["ǅ", "Ǆ"]), ("(?iu)𐐀", ["𐐨"]), ("(?i)Z[Y-z]", ["zy", "z_", "z^"]),
    # Flags.
    ("(?i)", ["x"]), ("(?)a", ["a"]), ("(?-)a", ["a"]), ("(?i-i)a", ["A"]), ("(?i:)a", ["a"]),
    ("(?ims-x:a.b)", ["A\nB"]), ("(?x)a b # c\n d", ["abd", "a b"]), ("(?x) a | b ", ["a", "b"]),
    ("(?x)[a b]", [" ", "b"]), ("(?x)[a#b]\n]", ["b", "a"]), ("(?x)a\\ b", ["a b"]), ("(?x)a\\#", ["a#"]),
    ("(?x)a {2 , 3 }", ["aaa", "a"]), ("(?x)( ?i)a", ["A"]), ("(?x)(? i)a", ["A"]), ("(?x)a +", ["aa"]),
    ("(?x)a + ?", ["aa"]), ("(?x)a\\Q b\\Ec", ["a bc"]), ("(?x)a# \rb", ["ab", "a"]), ("(?x: a )b c", ["ab c"]),
    ("(?x)(?< n >a)", ["a"]), ("(?xd)a# \rb\nc", ["ac"]), ("(?x)a#b", ["a"]), ("(?x)\\x 41", ["A"]),
    ("(?x)[ ^a]", ["^", "b"]), ("(?x)(a)\\1 1", ["aa1"]), ("(?x)\\p{ L u }", ["A"]), ("(?x)a (?-x)b c", ["ab c"]),
    # Quotation and escapes.
    (r"\Qa.b\E", ["a.b", "axb"]), (r"\Qa.b", ["a.b"]), (r"\Q\E", [""]), (r"\Qab\E*", ["abbb", "abab"]),
    (r"a\Q\E*", ["aaa"]), (r"[\Qa-c\E]", ["b", "-", "a"]), (r"[\Q^\Ea]", ["^", "b"]), (r"[a\Q]\Eb]", ["]"]),
    (r"\Q\d\E", [r"\d", "1"]), (r"\\Q", [r"\Q"]), (r"(a)\1\Q1\E", ["aa1"]), (r"\Qé\E", ["é"]),
    (r"\Q(\E(a)\Q)\E", ["(a)"]), (r"(?\Qi\E)a", ["A"]), (r"a{\Q2\E}", ["aa"]), (r"\Q\\E", ["\\"]),
    (r"\t\n\r\f\a\e", ["\t\n\r\f\u0007\u001b"]), (r"\.\*\[\]\(\)\{\}\^\$\|\?\+\\\/\-", [".*[](){}^$|?+\\/-"]),
    (r"\<\>\_\é\ \"\'\,\;\:\!\@\%\&\=\~\`\#", ["<>_é \"',;:!@%&=~`#"]), (r"\cA\cM\c[", ["\u0001\r\u001b"]),
    (r"\ca", ["!", "\u0001"]), (r"\c?", ["\u007f"]), (r"\01", ["\u0001"]), (r"\012", ["\n"]),
    (r"\0101", ["A"]), (r"\0377", ["ÿ"]), (r"\0400", [" 0"]), (r"\0778", ["?8"]), (r"\x41", ["A"]),
    (r"\xe9", ["é"]), (r"\x{1F600}", ["😀"]), (r"\x{41}", ["A"]), (r"\x{000041}", ["A"]), (r"\u0041", ["A"]),
    (r"\ud83d\ude00", ["😀"]), (r"[\ud83d\ude00]", ["😀"]), (r"\ud83d", ["😀", "a"]), (r"[\ud800-\udfff]", ["a", "😀"]),
    (r"[^\ud800-\udfff]", ["a", "😀"]), (r"[\u0041-\u0043]+", ["ABCD"]), (r"[\x41-\x43]+", ["ABCD"]),
    (r"[\0101-\0103]", ["B"]), (r"\ud83dx", ["x"]), (r"\u0041\u0042", ["AB"]), (r"[\cA]", ["\u0001"]),
    # Classes.
    ("[abc]", ["a", "d"]), ("[^abc]", ["a", "d", "\n"]), ("[a-cx-z]", ["b", "y", "m"]), ("[]a]", ["]", "a", "b"]),
    ("[^]a]", ["]", "b"]), ("[a-]", ["-", "a", "b"]), ("[-a]", ["-"]), ("[a-z-9]", ["-", "9", "5"]),
    (r"[\d-z]", ["-", "5", "z", "y"]), ("[a-[b]]", ["-", "b", "a"]), ("[^^]", ["^", "a"]), ("[a^]", ["^"]),
    ("[[^a]b]", ["a", "b", "c"]), ("[^[a]b]", ["a", "b", "c"]), ("[a[bc]]", ["c", "d"]), ("[[a][b]]", ["b"]),
    ("[a-z&&[^aeiou]]+", ["bcd", "bad"]), ("[a-z&&def]", ["e", "a"]), ("[^a&&b]", ["b", "c", "a"]),
    ("[a-d&&c-f]", ["c", "a", "e"]), ("[a-z&&b-y&&c-x]", ["c", "b", "y"]), ("[a&&]", ["a"]), ("[&&a]", ["a", "&"]),
    ("[a&b]", ["&", "c"]), ("[a&&&c]", ["c", "&", "a"]), ("[&]", ["&"]), ("[a&]", ["&"]), ("[&a]", ["a"]),
    ("[a-z&&[b-d[x]]]", ["x", "c", "a"]), ("[a-z[A-Z]&&[aA]]", ["A", "b", "a"]), ("[^a-z&&[^A-Z]]", ["a", "A", "1"]),
    ("[a-z&&^b]", ["^", "b", "a"]), ("[[a-z]&&[^b]c]", ["b", "c", "a"]), (r"[\[^a]", ["^", "b", "["]),
    (r"[\]\\\-\^]", ["]", "\\", "-", "^"]), ("[.*+?(){}|$]", ["*", "a", "$"]), ("[#-&]", ["$", "'"]),
    (r"[\w&&[^\d_]]+", ["abc", "a1"]), (r"[^\W\d]", ["a", "1", "_"]), ("[--/]", [".", "-"]), ("[+--]", [",", "-"]),
    ("[é-ü]", ["ö", "z"]), ("[a-é]", ["z", "~", "ê"]), (r"[\v]", ["\n"]), (r"[\v-\r]", ["\f", "\n"]), (r"[\h]", ["\t"]),
    (r"[\t\n]", ["\t"]), ("[ -~]+", ["a b"]), ("[a-z]&&[b]", ["a&&b"]), ("[^\n]+", ["a\rb\n"]), ("[[[a]]]", ["a"]),
    ("[a-zA-Z0-9._%+-]+@[a-z]+", ["me.you+1@example"]), ("[ab]{2}", ["ab"]), ("[a]]", ["a]"]), ("[a&&[b]]", ["a"]),
    # Properties.
    (r"\p{L}+", ["aé漢", "1"]), (r"\pL", ["é", "1"]), (r"\PL", ["é", "1"]), (r"\P{L}", ["é", "1"]), (r"\p{Lu}", ["É", "é"]),
    (r"\p{Lower}", ["a", "é"]), (r"\p{Upper}", ["A", "É"]), (r"\p{Alpha}", ["a", "é"]), (r"\p{Digit}", ["1", "٣"]),
    (r"\p{Alnum}+", ["a1", "é"]), (r"\p{Punct}+", ["!#/:@[`{~", "«"]), (r"\p{Graph}", ["!", " "]), (r"\p{Print}", [" ", "\t"]),
    (r"\p{Blank}", ["\t", "\u00a0"]), (r"\p{Cntrl}", ["\u0001", "\u0085"]), (r"\p{XDigit}+", ["fF9", "g"]), (r"\p{Space}", ["\u000b", "\u0085"]),
    (r"\p{ASCII}", ["\u007f", "\u0080"]), (r"\p{javaLowerCase}", ["é", "É"]), (r"\p{javaUpperCase}", ["É", "é"]),
    (r"\p{javaWhitespace}", [" ", "\u00a0", "\u001c", "\u2003"]), (r"\p{javaLetterOrDigit}", ["٣", "_"]), (r"\p{javaSpaceChar}", ["\u00a0", "\t"]),
    (r"\p{javaJavaIdentifierStart}", ["$", "1", "_"]), (r"\p{javaJavaIdentifierPart}", ["1", "-"]), (r"\p{IsLatin}", ["a", "α"]),
    (r"\p{IsGreek}", ["α", "a"]), (r"\p{InGreek}", ["α", "a"]), (r"\p{InBasicLatin}", ["a", "é"]), (r"\p{InLatin-1Supplement}", ["é"]),
    (r"\p{InLATIN_1_SUPPLEMENT}", ["é"]), (r"\p{InBasic Latin}", ["a"]), (r"\p{IsAlphabetic}", ["é", "1"]), (r"\p{IsHan}", ["漢", "a"]),
    (r"\p{script=Greek}", ["α"]), (r"\p{sc=grek}", ["α"]), (r"\p{block=BasicLatin}", ["a"]), (r"\p{blk=Cyrillic}", ["я"]), (r"\p{gc=Lu}", ["A"]),
    (r"\p{general_category=Nd}", ["1"]), (r"\p{IsLu}", ["A", "a"]), (r"\p{Isalpha}", ["é"]), (r"\p{IsPunct}", ["«", "$"]), (r"\p{L1}", ["ÿ", "Ā"]),
    (r"\p{LC}", ["ǅ", "漢"]), (r"\p{LD}", ["٣"]), (r"\p{all}", ["é"]), (r"\p{IsWhite_Space}", ["\u00a0"]), (r"\p{IsDigit}", ["٣"]),
    (r"\p{IsEmoji}", ["😀"]), (r"(?U)\p{alpha}", ["é"]), (r"(?U)\p{Lower}", ["é", "É"]), (r"(?U)\p{Punct}", ["«", "$"]), (r"(?U)\p{Graph}", ["é", "\u00a0"]),
    (r"(?i)\p{Lower}", ["A", "1"]), (r"(?i)\p{Lu}", ["a"]), (r"(?i)\P{Lu}", ["a", "1"]), (r"(?i)\p{javaUpperCase}", ["é"]), (r"(?i)\p{IsUppercase}", ["é"]),
    (r"[\p{L}&&[^\p{Lu}]]", ["a", "A"]), (r"[^\p{L}]", ["1", "a"]), (r"[\P{L}a]", ["1", "a", "b"]), (r"\p{S}\p{M}?\p{Z}", ["+\u0301 "]), (r"\p{IsWord}", ["_"]),
    # Back-references and named groups.
    (r"(a)\1", ["aa", "ab"]), (r"(a)|\1b", ["b", "a"]), (r"\1(a)", ["a"]), (r"(a)\2", ["a"]), (r"(a)\2(b)", ["ab"]), (r"(a)\11", ["aa1"]),
    (r"(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)\10", ["abcdefghijj", "abcdefghija0"]), (r"(?:(a)|b)\1", ["aa", "b"]), (r"(a\1)", ["a", "aa"]),
    (r"(a|b\1)+", ["aba", "aab"]), (r"(.)\1", ["aa", "éé", "😀😀", "ab"]), (r"(\w+) \1", ["the the", "the then"]), (r"(a*)\1", ["aaaa", "aaa"]),
    (r"(?<x>a)\k<x>", ["aa", "ab"]), (r"(?<x>a)(?<y>b)\k<y>\1", ["abba"]), (r"(?<a1>x)", ["x"]), (r"(?<x>\k<x>a|b)", ["b"]), (r"(a)?\1b", ["b", "aab"]),
    (r"(?<first>\w)(\w)\2\k<first>", ["abba", "abab"]), (r"(?:(a)|(b))*\1\2", ["abab", "ab"]), (r"()\1", ["", "a"]), (r"([ab])*\1", ["abb", "aba"]),
    # Look-around and atomic groups.
    ("a(?=b)", ["ab", "ac"]), ("a(?!b)", ["ab", "ac"]), ("(?<=a)b", ["ab", "cb"]), ("(?<!a)b", ["ab", "cb", "b"]), ("(?=(a))ab", ["ab"]),
    ("(?=.*\\d)(?=.*[a-z]).{4,}", ["abc1", "abcd", "a1"]), ("^(?!.*foo).*$", ["bar", "a foo"]), ("(?>a|ab)c", ["abc", "ac"]), ("(?>a*)a", ["aaa"]),
    ("(?>a*)b", ["aab"]), ("(?>(a+))b", ["aab"]), ("(?<=a|bc)d", ["bcd", "ad", "cd"]), ("(?<=a{1,3})b", ["aaab", "b"]), ("(?<=^|,)x", ["x,x", "ax"]),
    ("(?<=\\d{3})x", ["123x", "12x"]), ("(?<=a*)b", ["aab", "b"]), ("(?<!a*)b", ["aab"]), ("(?<=(a+))b", ["aab"]), ("(?<=(a)(b)?)c", ["abc", "ac"]),
    ("(?<=é)x", ["éx", "ex"]), ("(?<=😀)x", ["😀x"]), ("(?<=.)x", ["😀x", "x"]), ("(?<![a-z])\\d+", ["a1 2", "12"]), ("(?=a|b)(?!a).", ["b", "a"]),
    ("(?!a)(?!b).", ["c", "a"]), ("(?=(?=a)a)a", ["a"]), ("(?<=(?<!a)b)c", ["bc", "abc"]), ("(?!(a))b", ["b"]), ("(?:(?!(a))b|a)", ["a", "b"]),
    ("(?<=a(?=b))b", ["ab"]), ("(?<=\\R)a", ["\r\na", "\na"]), ("(?<=(?:a+)?)b", ["ab"]), ("(?<=(?>a*))b", ["ab"]), ("(?<=x*y*)b", ["xyb", "b"]),
    ("(?<=a+a)b", ["aab", "ab"]), (r"(?<=\b)a", ["a", "ba"]), ("(?=a)b", ["b"]), ("x(?<=x)", ["x"]), ("(?i)(?<=A)b", ["ab"]), ("(?=a)", ["aa"]),
    (r"\X", ["e\u0301", "a", "\r\n", "🇩🇪🇫", "👩‍👩‍👧", "각", ""]), (r"\X{2}", ["e\u0301a"]), (r"a\X", ["a\u0301"]), (r"(\X)\u0301", ["e\u0301"]),
    # Beyond this crate.
    (r"\N{LATIN SMALL LETTER A}", ["a"]), ("(?c)a", ["a"]), (r"\p{javaMirrored}", ["("]), (r"\b{g}", ["ab"]), ("((a)b)*abc", ["ababc"]), ("(?:(a)*b)*", ["aabab"]), ("(?iu)ß", ["ẞ"]), (r"[\da&&]", ["a"]),
    # Patterns of API definitions.
    (r"4\d{2}", ["404"]), (r".*Task timed out after \d+\.\d+ seconds", ["x Task timed out after 3.00 seconds"]), (r"\[BadRequest\].*", ["[BadRequest] x"]),
    (r'.*"status"\s*:\s*"?[45]\d\d.*', ['{"status": 404}', '{"status":"500"}', '{"status": 200}']), (r".*\berror\b.*", ["an error!", "terror"]), (r"^Bearer [-0-9a-zA-Z._]*$", ["Bearer a.b-c", "Basic x"]),
    (r"^[\w-]+\.[\w-]+\.[\w-]+$", ["a.b.c", "a.b"]), (r"(2\d{2}|3\d{2})", ["200", "404"]), (r"[^a-zA-Z0-9]", ["a-b c"]), ("^(?!unauthorized)[A-Z].*", ["Ok", "ok"]), ("-", ["a-b"]),
]

# Patterns that Java refuses, or nearly.
SYNTAX = [
    "{abc}", "a{,3}", "a{ 2}", "a{2", "a{2,", "a{2,x}", "a{3,2}", "a{99999999999}", "a{2147483648}", "a{1,2147483647}", "x{", "*a", "+", "?", "a**", "a*+*", "a+++", "a???", "a|*",
    "(*)", "(a", "((a)", "a)", "(", ")", "(?", "(?a)", "(?z)a", "(?--i)a", "(?:", "(?=", "(?<", "(?<=", "(?<a", "(?<a>", "(?<>a)", "(?<1a>x)", "(?<a-b>x)", "(?<a_b>x)", "(?<é>x)", "(?<a>x)(?<a>y)",
    "(?P<a>x)", "(?'a'x)", "(?#c)a", "(?|a)", "(?>a", "(?i", "(?i-", "(?i;a)", r"\k<nope>", r"\k", r"\ka", r"\k<", r"\k<a", r"(?<a>x)\k<a", r"\k<a>(?<a>x)", r"\k{a}", "[", "[a", "[]", "[^]", "[^", "[a-", "[z-a]", "[a-\\d]",
    "[a-\\Q", "[a&&", "[&&]", "[a&&&&b]", "[a[b]", "[[a]", "[a-b-c]", "[[:alpha:]]", "[é-a]", "\\", "a\\", "\\y", "\\i", "\\j", "\\l", "\\m", "\\o", "\\q", "\\C", "\\E", "\\F", "\\I", "\\J", "\\K", "\\L", "\\M", "\\O", "\\T", "\\U", "\\Y",
    "[\\A]", "[\\G]", "[\\Z]", "[\\z]", "[\\R]", "[\\X]", "[\\k]", "[\\1]", "[\\y]", r"\0", r"\08", r"\x", r"\x4", r"\xg", r"\x{}", r"\x{g}", r"\x{41", r"\x{110000}", r"\x{10FFFF}", r"\u", r"\u12", r"\u12g4", r"\ud83d\u", r"\c", r"\N", r"\N{", r"\p", r"\p{", r"\p{L",
    r"\p{}", r"\p{Nope}", r"\p{InNope}", r"\p{IsNope}", r"\p{x=y}", r"\p{gc=Nope}", r"\p{sc=Nope}", r"\p{alpha}", r"\p{Letter}", r"\p{isLatin}", r"\p{Latin}", r"\p{L&}", r"\p{^L}", r"\p^L", r"\P{Nope}", r"\pX", r"[\p{Nope}]", r"\p{InGreek", r"\p{InLatin1Supplement}",
    "(?<=(?:ab)*)c", "(?<=(a|b)*)c", "(?<=(?:ab)+)c", "(?<=(?:a+){2})b", "(?<=(?:a|bc){1,3})b", r"(?<=\R*)b", r"(a)(?<=\1)b", "(?<!(?:ab)*)b", "(?<=(?:a{1,2000000000}){3})b", r"\b{", r"\b{2}", r"\b{x}", "a{2}{", "a{1}{2}{3}", "^*", "$+", "^{2}", "(?=a)+", "(?<!a)?", "(?i)*",
    "(?<!a(?:1)+)b", "(?<=a1+)b", "(?<=(?:1|2)(?:c*+))b", "(?<=(b+a|a{2,}11){2,}+a)c", "(?<=(?:a)*)b", "(?<=a|b{2,3}?c{0,9})d", "(?<=(?:ab)?(?:cd){2})e", "(?<=(?:a|b)?c*+)d", r"(?<=\X)b", r"(?<=a?\X)b", r"(?<=(\X)*)b", r"(?<=\X{1,2}?)b", r"(?<=(a\X){2})b",
    "a||b", "|", "||", "()", "(|)", "(?:)", "(?:)*", "[a-a]", "[-]", "[--]", "[---]", "[a--]", "[^-]", "]", "[]]", "[[]]", "{", "}", "a}", "{}", "a{}", "{1}", "x{1}{", "\\{", "\\}", "a\\{2}", r"\Q", r"\Q\E", r"\E", r"\Qa\E\E", r"[\Q]\E]", r"[\Q\E]", r"\p{\QL\E}",
]

# Pattern, text, replacement.
REPLACEMENTS = [
    ("a", "banana", "o"), ("a", "banana", ""), ("x", "banana", "o"), ("", "abc", "-"), ("a*", "baac", "-"), ("b*", "abc", "-"), ("(a)(n)", "banana", "$2$1"), ("(a)(n)", "banana", "$0$0"), ("(a)(n)", "banana", "$12"), ("(a)(n)", "banana", "$10"), ("(a)(n)", "banana", "$3"),
    ("(a)(n)", "bbb", "$3"), ("a", "banana", "$"), ("x", "banana", "$"), ("a", "banana", "\\"), ("a", "banana", "x\\"), ("a", "banana", r"\$1"), ("a", "banana", r"\\"), ("a", "banana", r"\a\é"), ("a", "banana", "$a"), ("a", "banana", "${a}"), ("(?<v>a)", "banana", "<${v}>"),
    ("(?<v>a)", "banana", "${w}"), ("(?<v>a)", "banana", "${v"), ("(?<v>a)", "banana", "${}"), ("(?<v>a)", "banana", "${1}"), ("(?<v>a)", "banana", "${v-}"), ("(?<v>a)|n", "banana", "[${v}]"), ("(a)|(n)", "banana", "[$1,$2]"), ("(a)?n", "nan", "<$1>"), ("$", "a\n", "!"), ("a$", "a\n", "!"),
    ("^", "abc", ">"), ("(?m)^", "a\nb\nc", "> "), ("(?m)$", "a\r\nb", ";"), (r"\s+", " a  b ", "_"), ("[aeiou]", "hello", "*"), (r"(\w+) (\w+)", "hello world", "$2 $1"), (r"\\'", r"it\'s", "'"), ("é", "été", "e"), ("😀", "a😀b", "é"), (".", "a\nb", "x"), (r"\b", "ab cd", "|"), (r"\B", "abc", "-"),
    (r"(?<=a)b", "abab", "X"), (r"(\d)(?=(\d{3})+$)", "1234567", "$1,"), (r"(.)\1+", "aaabbc", "$1"), ("(a)", "a", "$1$1$1"), ("(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)(k)", "abcdefghijk", "$11-$10-$1"), ("(a)", "a", "$011"), ("(a)", "a", "$00"), ("a", "a", "$0$"), ("a", "aa", "é$0"), ("a|", "ab", "x"),
    ("x*", "xxaxx", "-"), ("(x*)", "xxaxx", "<$1>"), (r"\G\d", "12a3", "#"), (r"\R", "a\r\nb\nc", " "), ("[.]", "a.b", r"\."), (r"\.", "a.b.c", "$0$0"), ("(?i)A", "aA", "b"), ("%", "100%", "$0%"), ('"', 'say "hi"', '\\\\"'), ("\n", "a\nb", "\\\\n"),
]

# Pattern, text; each with several limits.
SPLITS = [
    (",", "a,b,,c,,"), (",", ""), (",", ","), (",", ",,"), (",", ",a"), (",", "abc"), ("", "abc"), ("", ""), ("", "éa"), (r"\s*", "a b  c"), (r"\s+", " a b "), (r"\s*,\s*", "a , b,c ,"), ("o", "boo:and:foo"), (":", "boo:and:foo"), ("b", "b"), ("a*", "baac"), ("^", "abc"), ("$", "abc\n"), ("(?=b)", "abab"), ("(?=a)", "abab"),
    ("(?<=,)", "a,b,c"), ("(?!^)", "abc"), ("(?m)^", "a\nb\nc"), (r"\R", "a\r\nb\n\nc\n"), (r"[,;]", "a,b;c"), ("|", "a|b"), (r"\|", "a|b"), (".", "abc"), (r"\.", "a.b.c."), ("(,)(-)?", "a,b,-c"), ("é", "aébéc"), (r"\b", "ab cd"), ("x|", "axb"), ("\\d+", "a1b22c333"), ("(?i)x", "aXbxc"), (", ?", "a, b,c"), ("=", "k=v=w"), ("&", "a=1&b=2&"),
]
LIMITS = [0, -1, 1, 2, 3]

# Where this crate does otherwise on purpose.
DIFFERENCES = {
    r"\N{LATIN SMALL LETTER A}": "characters by name are not supported",
    "(?c)a": "canonical equivalence is not supported",
    r"\p{javaMirrored}": "the Unicode tables at hand have no Bidi_Mirrored",
    r"\b{g}": "grapheme boundaries depend on the state of the matcher in Java",
    "(?:(a)*b)*": "Java keeps what the first round of the outer repetition left in group 1",
    "((a)b)*abc": "Java leaves group 2 in an iteration that it has given back",
    "(?iu)ß": "Java takes U+1E9E for ß within a longer literal only",
    r"[\da&&]": "Java throws NullPointerException when it matches",
}


def generated(count):
    """Random patterns over all constructs, the same each time."""
    choose = random.Random(17)

    def member(depth):
        if depth < 2 and choose.random() < 0.15:
            return char_class(depth + 1)
        return choose.choice(["a", "b", "a-c", "A-B", r"\d", r"\w", r"\s", "é", "1", "-", "^", " ", r"\n", r"\]", ".", r"\p{L}", r"\P{Lu}", r"\Qa^\E"])

    def char_class(depth=0):
        members = "".join(member(depth) for _ in range(choose.randint(1, 3)))
        negation = "^" if choose.random() < 0.25 else ""
        and_also = "&&" + choose.choice(["[^a]", "a-b", "[a-z]", r"\w", "^a"]) if choose.random() < 0.15 else ""
        return f"[{negation}{members}{and_also}]"

    def atom(depth):
        kind = choose.random()
        if kind < 0.40:
            return choose.choice(["a", "b", "c", "A", "é", "1", "x", r"\n", r"\r", r"\u0061", r"\Qa.b\E"])
        if kind < 0.50:
            return choose.choice([".", ".", r"\d", r"\w", r"\s", r"\W", r"\h", r"\v", r"\R", r"\X"])
        if kind < 0.56:
            return char_class()
        if kind < 0.63:
            return choose.choice(["^", "$", r"\b", r"\B", r"\A", r"\z", r"\Z", r"\G", r"\1", r"\2"])
        if depth == 0:
            return "a"
        opening = choose.choice(["(", "(", "(", "(?:", "(?i:", "(?s:", "(?m:", "(?x:", "(?=", "(?!", "(?>", "(?<=", "(?<!"])
        return opening + alternation(depth - 1) + ")"

    def sequence(depth):
        parts = []
        for _ in range(choose.randint(1, 3)):
            parts.append(atom(depth))
            if choose.random() < 0.3:
                parts.append(choose.choice(["*", "+", "?", "{2}", "{1,2}", "{0,2}", "{2,}"]) + choose.choice(["", "", "?", "+"]))
        return "".join(parts)

    def alternation(depth):
        return "|".join(sequence(depth) for _ in range(choose.choice([1, 1, 2, 3])))

    def text():
        return "".join(choose.choice("aabbcAB1 \n\r_-&^é\u2028x") for _ in range(choose.randint(0, 8)))

    cases = []
    while len(cases) < count:
        pattern = alternation(2)
        if len(pattern) <= 40:
            replacement = choose.choice([None, "<$0>", "-"])
            cases.append((pattern, text(), replacement, choose.choice([None, 0, -1, 2])))
    return cases


def listed():
    cases = [(pattern, text, None, None) for pattern, texts in MATCHES for text in texts]
    cases += [(pattern, text, None, None) for pattern in SYNTAX for text in ["", "a1b{2}-x"]]
    cases += [(pattern, text, replacement, None) for pattern, text, replacement in REPLACEMENTS]
    cases += [(pattern, text, None, limit) for pattern, text in SPLITS for limit in LIMITS]
    return cases


def ask_java(cases):
    java = pathlib.Path(os.environ["JAVA_HOME"]) / "bin"

    def encoded(text):
        return "-" if text is None else text.encode().hex()

    lines = "".join(
        "\t".join([encoded(pattern), encoded(text), encoded(replacement), "-" if limit is None else str(limit)]) + "\n"
        for pattern, text, replacement, limit in cases
    )
    with tempfile.TemporaryDirectory() as classes:
        subprocess.run([java / "javac", "-d", classes, HERE / "Oracle.java"], check=True)
        answers = subprocess.run([java / "java", "-cp", classes, "Oracle"], input=lines.encode(), capture_output=True, check=True)
    return [json.loads(line) for line in answers.stdout.decode().splitlines()]


def main():
    cases = list(dict.fromkeys(listed() + generated(700)))
    with TABLE.open("w", encoding="utf-8") as table:
        for (pattern, text, replacement, limit), java in zip(cases, ask_java(cases), strict=True):
            case = {"pattern": pattern, "text": text}
            if replacement is not None:
                case["replacement"] = replacement
            if limit is not None:
                case["limit"] = limit
            case["java"] = java
            if pattern in DIFFERENCES:
                case["differs"] = DIFFERENCES[pattern]
            table.write(json.dumps(case, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
