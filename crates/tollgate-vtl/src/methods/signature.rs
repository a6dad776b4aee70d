//! The parameters of the methods each kind of value has.

use super::class::Type;
use super::class::Type::{
    BigInteger, Bool, BoxedBool, BoxedChar, BoxedDouble, BoxedInt, BoxedLong, Char, CharArray,
    Chars, CharsArray, Collection, Double, Int, Iterable, Locale, Long, Map, Object, Objects, Str,
};
use super::name::Name;
use crate::value::{IntClass, Kind, ListStyle, Value, View};

/// The overloads of one method.
type Overloads = &'static [&'static [Type]];

const NONE: Overloads = &[];
const BARE: Overloads = &[&[]];

/// The overloads of a method of a value; empty if it has none.
pub(super) fn overloads(receiver: &Value<'_>, name: Name) -> Overloads {
    let own = match receiver {
        Value::Null | Value::Object(_) => NONE,
        Value::Str(_) => of_string(name),
        Value::Char(_) => of_char(name),
        Value::Bool(_) => of_bool(name),
        Value::Int(number) => match number.class() {
            IntClass::Integer => of_integer(name),
            IntClass::Long => of_long(name),
            IntClass::Big => of_big_integer(name),
        },
        Value::Double(_) => of_double(name),
        Value::Decimal(_) => of_decimal(name),
        Value::List(list) => match list.kind() {
            Kind::List if name == Name::Clone => BARE,
            // The developer guide counts the lists of a JSON document so, beside `size`.
            Kind::List if name == Name::Count && list.style() == ListStyle::Json => BARE,
            Kind::List | Kind::Range | Kind::Part(..) => of_list(name),
            Kind::Array => of_array(name),
            Kind::View(View::Keys | View::Values | View::Entries, _) => of_collection(name),
            Kind::Iterator => of_iterator(name),
        },
        Value::Map(_) => of_map(name),
        Value::Entry(_) => of_entry(name),
    };
    match own {
        [] => of_any(name),
        own => own,
    }
}

/// What every object has.
fn of_any(name: Name) -> Overloads {
    match name {
        Name::ToString | Name::HashCode | Name::GetClass => BARE,
        Name::Equals => &[&[Object]],
        _ => NONE,
    }
}

fn of_string(name: Name) -> Overloads {
    match name {
        Name::Length
        | Name::IsEmpty
        | Name::IsBlank
        | Name::Trim
        | Name::Strip
        | Name::StripLeading
        | Name::StripTrailing
        | Name::Lines
        | Name::Intern
        | Name::ToCharArray => BARE,
        Name::CharAt | Name::CodePointAt | Name::CodePointBefore | Name::Repeat | Name::Indent => {
            &[&[Int]]
        }
        Name::CodePointCount | Name::SubSequence => &[&[Int, Int]],
        Name::Substring => &[&[Int], &[Int, Int]],
        Name::CompareTo => &[&[Str], &[Object]],
        Name::Concat
        | Name::CompareToIgnoreCase
        | Name::EndsWith
        | Name::EqualsIgnoreCase
        | Name::Matches => &[&[Str]],
        Name::Contains | Name::ContentEquals => &[&[Chars]],
        Name::StartsWith => &[&[Str], &[Str, Int]],
        Name::IndexOf | Name::LastIndexOf => &[&[Int], &[Int, Int], &[Str], &[Str, Int]],
        Name::RegionMatches => &[&[Bool, Int, Str, Int, Int], &[Int, Str, Int, Int]],
        Name::Replace => &[&[Char, Char], &[Chars, Chars]],
        Name::ReplaceAll | Name::ReplaceFirst => &[&[Str, Str]],
        Name::Split => &[&[Str], &[Str, Int]],
        Name::ToLowerCase | Name::ToUpperCase => &[&[], &[Locale]],
        Name::Format => &[&[Str, Objects]],
        Name::Formatted => &[&[Objects]],
        Name::Join => &[&[Chars, CharsArray], &[Chars, Iterable]],
        Name::ValueOf => &[
            &[Object],
            &[Bool],
            &[Char],
            &[CharArray],
            &[Int],
            &[Long],
            &[Type::Float],
            &[Double],
        ],
        Name::CopyValueOf => &[&[CharArray]],
        _ => NONE,
    }
}

fn of_char(name: Name) -> Overloads {
    match name {
        Name::CharValue => BARE,
        Name::ToString => &[&[], &[Char], &[Int]],
        Name::HashCode => &[&[], &[Char]],
        Name::CompareTo => &[&[BoxedChar], &[Object]],
        Name::Compare => &[&[Char, Char]],
        Name::ValueOf => &[&[Char]],
        Name::IsDigit
        | Name::IsLetter
        | Name::IsLetterOrDigit
        | Name::IsLowerCase
        | Name::IsUpperCase
        | Name::IsWhitespace
        | Name::IsSpaceChar
        | Name::ToLowerCase
        | Name::ToUpperCase
        | Name::GetNumericValue => &[&[Char], &[Int]],
        Name::IsAlphabetic => &[&[Int]],
        Name::Digit => &[&[Char, Int], &[Int, Int]],
        Name::ForDigit => &[&[Int, Int]],
        _ => NONE,
    }
}

fn of_bool(name: Name) -> Overloads {
    match name {
        Name::BooleanValue => BARE,
        Name::ToString | Name::HashCode => &[&[], &[Bool]],
        Name::CompareTo => &[&[BoxedBool], &[Object]],
        Name::Compare | Name::LogicalAnd | Name::LogicalOr | Name::LogicalXor => &[&[Bool, Bool]],
        Name::ParseBoolean => &[&[Str]],
        Name::ValueOf => &[&[Str], &[Bool]],
        _ => NONE,
    }
}

/// What all classes of numbers have.
fn of_number(name: Name) -> Overloads {
    match name {
        Name::IntValue
        | Name::LongValue
        | Name::DoubleValue
        | Name::FloatValue
        | Name::ShortValue
        | Name::ByteValue => BARE,
        _ => NONE,
    }
}

fn of_integer(name: Name) -> Overloads {
    match name {
        Name::ToString => &[&[], &[Int], &[Int, Int]],
        Name::HashCode => &[&[], &[Int]],
        Name::CompareTo => &[&[BoxedInt], &[Object]],
        Name::ParseInt => &[&[Str], &[Str, Int]],
        Name::ValueOf => &[&[Str], &[Str, Int], &[Int]],
        Name::Decode => &[&[Str]],
        Name::Max | Name::Min | Name::Sum | Name::Compare | Name::CompareUnsigned => &[&[Int, Int]],
        Name::ToBinaryString
        | Name::ToHexString
        | Name::ToOctalString
        | Name::Signum
        | Name::BitCount
        | Name::Reverse
        | Name::HighestOneBit
        | Name::LowestOneBit
        | Name::NumberOfLeadingZeros
        | Name::NumberOfTrailingZeros => &[&[Int]],
        _ => of_number(name),
    }
}

fn of_long(name: Name) -> Overloads {
    match name {
        Name::ToString => &[&[], &[Long], &[Long, Int]],
        Name::HashCode => &[&[], &[Long]],
        Name::CompareTo => &[&[BoxedLong], &[Object]],
        Name::ParseLong => &[&[Str], &[Str, Int]],
        Name::ValueOf => &[&[Str], &[Str, Int], &[Long]],
        Name::Decode => &[&[Str]],
        Name::Max | Name::Min | Name::Sum | Name::Compare | Name::CompareUnsigned => {
            &[&[Long, Long]]
        }
        Name::ToBinaryString
        | Name::ToHexString
        | Name::ToOctalString
        | Name::Signum
        | Name::BitCount
        | Name::Reverse
        | Name::HighestOneBit
        | Name::LowestOneBit
        | Name::NumberOfLeadingZeros
        | Name::NumberOfTrailingZeros => &[&[Long]],
        _ => of_number(name),
    }
}

fn of_big_integer(name: Name) -> Overloads {
    match name {
        Name::ToString => &[&[], &[Int]],
        Name::CompareTo => &[&[BigInteger], &[Object]],
        Name::Abs
        | Name::Negate
        | Name::Not
        | Name::Signum
        | Name::BitLength
        | Name::BitCount
        | Name::GetLowestSetBit
        | Name::IntValueExact
        | Name::LongValueExact => BARE,
        Name::Add
        | Name::Subtract
        | Name::Multiply
        | Name::Divide
        | Name::Remainder
        | Name::Mod
        | Name::Gcd
        | Name::Max
        | Name::Min
        | Name::And
        | Name::Or
        | Name::Xor => &[&[BigInteger]],
        Name::Pow | Name::ShiftLeft | Name::ShiftRight => &[&[Int]],
        Name::ValueOf => &[&[Long]],
        _ => of_number(name),
    }
}

fn of_double(name: Name) -> Overloads {
    match name {
        Name::ToString | Name::HashCode => &[&[], &[Double]],
        Name::CompareTo => &[&[BoxedDouble], &[Object]],
        Name::Compare | Name::Max | Name::Min | Name::Sum => &[&[Double, Double]],
        Name::IsNaN | Name::IsInfinite => &[&[], &[Double]],
        Name::IsFinite | Name::DoubleToLongBits => &[&[Double]],
        Name::LongBitsToDouble => &[&[Long]],
        Name::ParseDouble => &[&[Str]],
        Name::ValueOf => &[&[Str], &[Double]],
        _ => of_number(name),
    }
}

fn of_decimal(name: Name) -> Overloads {
    match name {
        Name::Signum | Name::Negate | Name::Abs | Name::Scale | Name::ToBigInteger => BARE,
        _ => of_number(name),
    }
}

fn of_list(name: Name) -> Overloads {
    match name {
        Name::Get => &[&[Int]],
        Name::Set => &[&[Int, Object]],
        Name::Add => &[&[Object], &[Int, Object]],
        Name::AddAll => &[&[Collection], &[Int, Collection]],
        Name::Remove => &[&[Int], &[Object]],
        Name::IndexOf | Name::LastIndexOf => &[&[Object]],
        Name::SubList => &[&[Int, Int]],
        Name::ListIterator => &[&[], &[Int]],
        Name::Sort => &[&[Type::Other]],
        _ => of_collection(name),
    }
}

/// Arrays have what Velocity wraps around them.
fn of_array(name: Name) -> Overloads {
    match name {
        Name::ToString => NONE,
        _ => of_list(name),
    }
}

fn of_collection(name: Name) -> Overloads {
    match name {
        Name::Size | Name::IsEmpty | Name::Clear | Name::Iterator | Name::ToArray => BARE,
        Name::Contains | Name::Add | Name::Remove => &[&[Object]],
        Name::ContainsAll | Name::AddAll | Name::RemoveAll | Name::RetainAll => &[&[Collection]],
        _ => NONE,
    }
}

/// Iterators, and the lines of a string, which Java gives as a stream.
fn of_iterator(name: Name) -> Overloads {
    match name {
        Name::HasNext | Name::Next | Name::Iterator | Name::Count | Name::ToList => BARE,
        _ => NONE,
    }
}

fn of_map(name: Name) -> Overloads {
    match name {
        Name::Size
        | Name::IsEmpty
        | Name::Clear
        | Name::Clone
        | Name::KeySet
        | Name::Values
        | Name::EntrySet => BARE,
        Name::Get | Name::ContainsKey | Name::ContainsValue => &[&[Object]],
        Name::GetOrDefault | Name::Put | Name::PutIfAbsent => &[&[Object, Object]],
        Name::Remove => &[&[Object], &[Object, Object]],
        Name::Replace => &[&[Object, Object], &[Object, Object, Object]],
        Name::PutAll => &[&[Map]],
        _ => NONE,
    }
}

fn of_entry(name: Name) -> Overloads {
    match name {
        Name::GetKey | Name::GetValue => BARE,
        _ => NONE,
    }
}
