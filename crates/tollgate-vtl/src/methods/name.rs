//! The names of Java's methods, as numbers.

macro_rules! names {
    ($($variant:ident = $text:literal,)*) => {
        /// The name of a method that some value has.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Name {
            $(#[doc = $text] $variant,)*
        }

        /// All names with their spelling, in order of it.
        const SPELLED: &[(&str, Name)] = &[$(($text, Name::$variant),)*];
    };
}

names! {
    Abs = "abs",
    Add = "add",
    AddAll = "addAll",
    And = "and",
    BitCount = "bitCount",
    BitLength = "bitLength",
    BooleanValue = "booleanValue",
    ByteValue = "byteValue",
    CharAt = "charAt",
    CharValue = "charValue",
    Clear = "clear",
    Clone = "clone",
    CodePointAt = "codePointAt",
    CodePointBefore = "codePointBefore",
    CodePointCount = "codePointCount",
    Compare = "compare",
    CompareTo = "compareTo",
    CompareToIgnoreCase = "compareToIgnoreCase",
    CompareUnsigned = "compareUnsigned",
    Concat = "concat",
    Contains = "contains",
    ContainsAll = "containsAll",
    ContainsKey = "containsKey",
    ContainsValue = "containsValue",
    ContentEquals = "contentEquals",
    CopyValueOf = "copyValueOf",
    Count = "count",
    Decode = "decode",
    Digit = "digit",
    Divide = "divide",
    DoubleToLongBits = "doubleToLongBits",
    DoubleValue = "doubleValue",
    EndsWith = "endsWith",
    EntrySet = "entrySet",
    Equals = "equals",
    EqualsIgnoreCase = "equalsIgnoreCase",
    FloatValue = "floatValue",
    ForDigit = "forDigit",
    Format = "format",
    Formatted = "formatted",
    Gcd = "gcd",
    Get = "get",
    GetClass = "getClass",
    GetKey = "getKey",
    GetLowestSetBit = "getLowestSetBit",
    GetNumericValue = "getNumericValue",
    GetOrDefault = "getOrDefault",
    GetValue = "getValue",
    HasNext = "hasNext",
    HashCode = "hashCode",
    HighestOneBit = "highestOneBit",
    Indent = "indent",
    IndexOf = "indexOf",
    IntValue = "intValue",
    IntValueExact = "intValueExact",
    Intern = "intern",
    IsAlphabetic = "isAlphabetic",
    IsBlank = "isBlank",
    IsDigit = "isDigit",
    IsEmpty = "isEmpty",
    IsFinite = "isFinite",
    IsInfinite = "isInfinite",
    IsLetter = "isLetter",
    IsLetterOrDigit = "isLetterOrDigit",
    IsLowerCase = "isLowerCase",
    IsNaN = "isNaN",
    IsSpaceChar = "isSpaceChar",
    IsUpperCase = "isUpperCase",
    IsWhitespace = "isWhitespace",
    Iterator = "iterator",
    Join = "join",
    KeySet = "keySet",
    LastIndexOf = "lastIndexOf",
    Length = "length",
    Lines = "lines",
    ListIterator = "listIterator",
    LogicalAnd = "logicalAnd",
    LogicalOr = "logicalOr",
    LogicalXor = "logicalXor",
    LongBitsToDouble = "longBitsToDouble",
    LongValue = "longValue",
    LongValueExact = "longValueExact",
    LowestOneBit = "lowestOneBit",
    Matches = "matches",
    Max = "max",
    Min = "min",
    Mod = "mod",
    Multiply = "multiply",
    Negate = "negate",
    Next = "next",
    Not = "not",
    NumberOfLeadingZeros = "numberOfLeadingZeros",
    NumberOfTrailingZeros = "numberOfTrailingZeros",
    Or = "or",
    ParseBoolean = "parseBoolean",
    ParseDouble = "parseDouble",
    ParseInt = "parseInt",
    ParseLong = "parseLong",
    Pow = "pow",
    Precision = "precision",
    Put = "put",
    PutAll = "putAll",
    PutIfAbsent = "putIfAbsent",
    RegionMatches = "regionMatches",
    Remainder = "remainder",
    Remove = "remove",
    RemoveAll = "removeAll",
    Repeat = "repeat",
    Replace = "replace",
    ReplaceAll = "replaceAll",
    ReplaceFirst = "replaceFirst",
    RetainAll = "retainAll",
    Reverse = "reverse",
    Scale = "scale",
    Set = "set",
    SetScale = "setScale",
    ShiftLeft = "shiftLeft",
    ShiftRight = "shiftRight",
    ShortValue = "shortValue",
    Signum = "signum",
    Size = "size",
    Sort = "sort",
    Split = "split",
    StartsWith = "startsWith",
    Strip = "strip",
    StripLeading = "stripLeading",
    StripTrailing = "stripTrailing",
    StripTrailingZeros = "stripTrailingZeros",
    SubList = "subList",
    SubSequence = "subSequence",
    Substring = "substring",
    Subtract = "subtract",
    Sum = "sum",
    ToArray = "toArray",
    ToBigInteger = "toBigInteger",
    ToBinaryString = "toBinaryString",
    ToCharArray = "toCharArray",
    ToHexString = "toHexString",
    ToList = "toList",
    ToLowerCase = "toLowerCase",
    ToOctalString = "toOctalString",
    ToPlainString = "toPlainString",
    ToString = "toString",
    ToUpperCase = "toUpperCase",
    Trim = "trim",
    UnscaledValue = "unscaledValue",
    ValueOf = "valueOf",
    Values = "values",
    Xor = "xor",
}

impl Name {
    /// The name spelled like this; none if no value of the language has such a method.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let found = SPELLED.binary_search_by_key(&text, |(spelling, _)| spelling);
        found.ok().map(|index| SPELLED[index].1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_found() {
        for (spelling, name) in SPELLED {
            assert_eq!(Name::parse(spelling), Some(*name), "{spelling}");
        }
        assert_eq!(Name::parse("getclass"), None);
    }
}
